"""How a compute environment passes from one status to the next.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeEnvironmentDetail.html (status, statusReason),
https://docs.aws.amazon.com/batch/latest/userguide/invalid_compute_environment.html
"""

from sandbox.batch.compute_environments import clusters, draining, health
from sandbox.batch.model import account
from sandbox.batch.model.records import Environment, Records
from sandbox.world.world import current


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


def recheck(records: Records) -> None:
    """Look again at environments at rest: what they use may be gone by now, or be back.

    Batch does so whenever it uses the account for an environment; the sandbox does it by the clock.
    """
    now, interval = current().clock.now(), current().delays.batch_recheck
    for environment in records.environments.values():
        if environment.status in ("VALID", "INVALID") and now - environment.checked >= interval:
            _judge(records, environment)


def _judge(records: Records, environment: Environment) -> None:
    wrong = health.find_reason(environment, records.region_name)
    move(environment, "INVALID" if wrong else "VALID", wrong or health.HEALTHY)


def finish_deleting(records: Records, environment: Environment) -> None:
    """Delete a compute environment with its cluster and instances; INVALID when Batch can assume no role for that."""
    wrong = health.find_role_reason(environment)
    if wrong:
        move(environment, "INVALID", f"CLIENT_ERROR - {wrong}")
        return
    draining.end_all(records, environment)
    clusters.delete(records.region_name, environment.cluster)
    records.environments.pop(environment.name, None)
