"""What Batch refuses of a job queue at once.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateJobQueue.html ("All of the compute environments
must be in the VALID state before you can associate them with a job queue. You can associate up to three compute
environments with a job queue … All compute environments that are associated with a job queue must share the same
architecture").
"""

from typing import Any

from sandbox.batch.model import instance_types, names
from sandbox.batch.model.errors import executing, refused
from sandbox.batch.model.records import Environment, Fields, Records

AT_MOST = 3
# https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
REASONS = (
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
)


def read_order(records: Records, given: list[Fields], already: list[str]) -> list[Fields]:
    """Read computeEnvironmentOrder, by ARN and ascending; what the queue has `already` need not be VALID."""
    if not given:
        raise executing("computeEnvironmentOrder can not be null or empty.")
    if len(given) > AT_MOST:
        raise executing(f"At most {AT_MOST} compute environments can be associated with a job queue.")
    found = [(entry["order"], _find_environment(records, entry["computeEnvironment"], already)) for entry in given]
    if len({number for number, _ in found}) < len(found):
        raise executing("The order of compute environments must be unique.")
    if len({environment.name for _, environment in found}) < len(found):
        raise executing("A compute environment can be associated with a job queue once only.")
    _check_architectures([environment for _, environment in found])
    found.sort(key=lambda pair: pair[0])
    return [{"order": number, "computeEnvironment": environment.arn} for number, environment in found]


def _find_environment(records: Records, named: Any, already: list[str]) -> Environment:
    found = names.find(records.environments, named, records.arn("compute-environment", ""))
    if found is None:
        raise executing(f"computeEnvironment {named} does not exist.")
    if found.arn not in already and found.status != "VALID":
        raise refused(f"computeEnvironment {named} is not valid: its status is {found.status}, and must be VALID")
    if found.status == "DELETING":
        raise refused(f"computeEnvironment {named} is being deleted")
    return found


def _check_architectures(environments: list[Environment]) -> None:
    kinds = {
        kind
        for environment in environments
        for kind in instance_types.list_architectures(environment.resources.get("instanceTypes") or [])
    }
    if len(kinds) > 1:
        raise executing("All compute environments of a job queue must have the same architecture.")


def check_priority(priority: int) -> None:
    if priority < 0:
        raise executing("Priority must not be negative.")


def check_limits(actions: list[Fields]) -> None:
    """Refuse jobStateTimeLimitActions other than 600 to 86,400 seconds, CANCEL, and AWS's own reasons.

    Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_JobStateTimeLimitAction.html
    """
    for action in actions:
        if action["reason"] not in REASONS:
            raise executing("Invalid job reason")
        if not 600 <= action["maxTimeSeconds"] <= 86400:
            raise executing("maxTimeSeconds must be between 600 and 86400")
        if action["action"] != "CANCEL":
            raise executing("Invalid job action. The only supported value is CANCEL")
    if len({action["reason"] for action in actions}) < len(actions):
        raise executing("jobStateTimeLimitActions must not have the same reason twice.")
