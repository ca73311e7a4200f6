"""How a compute environment passes from one status to the next.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeEnvironmentDetail.html (status, statusReason),
https://docs.aws.amazon.com/batch/latest/userguide/invalid_compute_environment.html
"""

from sandbox.batch.compute_environments import clusters, draining, health
from sandbox.batch.machines import ending
from sandbox.batch.model import account
from sandbox.batch.model.records import Environment, Records
from sandbox.batch.model.waking import wake
from sandbox.world.world import current

_LOOK_AGAIN = 1.0  # seconds, while machines end


def move(environment: Environment, status: str, reason: str) -> None:
    """Bring a compute environment into a status, from now on."""
    environment.status, environment.reason, environment.checked = status, reason, current().clock.now()


def finish_making(records: Records, environment: Environment) -> None:
    """End CREATING or UPDATING: what $Latest and $Default mean is settled now."""
    wanted = environment.resources.get("launchTemplate")
    template = account.find_template(records.region_name, wanted) if wanted else None
    if environment.template_version is None and template is not None and wanted is not None:
        version = account.find_template_version(template, wanted.get("version"))
        environment.template_version = version.number if version is not None else None
    _judge(records, environment)


def _recheck(records: Records, environment: Environment, checked: float) -> None:
    """Look again at an environment at rest: what it uses may be gone by now, or be back.

    Batch does so whenever it uses the account for an environment; the sandbox does it by the clock. That an AMI of an
    environment at work is gone, Batch learns when a launch fails: then its jobs wait, and the environment stays VALID.
    """
    if records.environments.get(environment.name) is not environment or environment.checked != checked:
        return
    at_work = any(environment.arn in queue.environments() for queue in records.queues.values())
    _judge(records, environment, but_image=at_work and environment.status == "VALID")


def _judge(records: Records, environment: Environment, *, but_image: bool = False) -> None:
    """Say whether an environment is usable, now and again after a while."""
    wrong = health.find_reason(environment, records.region_name, but_image=but_image)
    move(environment, "INVALID" if wrong else "VALID", wrong or health.HEALTHY)
    checked = environment.checked
    current().later(current().delays.batch_recheck, lambda: _recheck(records, environment, checked))
    wake(records)


def finish_deleting(records: Records, environment: Environment) -> None:
    """Delete a compute environment with its cluster, once its machines are gone; INVALID when Batch can assume no role
    for that.
    """
    wrong = health.find_role_reason(environment)
    if wrong:
        move(environment, "INVALID", f"CLIENT_ERROR - {wrong}")
        return
    draining.end_all(records, environment)
    if ending.has_machines(records, environment):
        current().later(_LOOK_AGAIN, lambda: finish_deleting(records, environment))
        return
    clusters.delete(records.region_name, environment.cluster)
    records.environments.pop(environment.name, None)
