"""Waiting until AWS Batch has finished with compute environments and queues, by asking."""

from collections.abc import Sequence
from typing import Any

from cloud import propagation, wait
from cloud.session import Cloud
from environments.kinds.batch import reasons
from kiln.errors import UserError

MOVING = frozenset({"CREATING", "UPDATING", "DELETING"})
LONGEST = 1800.0  # seconds; AWS Batch needs a few minutes for an infrastructure update
Described = dict[str, Any]


def environments_valid(cloud: Cloud, names: Sequence[str]) -> dict[str, Described]:
    """The compute environments as they are once all are VALID; by name (in AWS).

    One that is INVALID because a new role is not known everywhere yet is shown to AWS Batch again, for
    propagation.SECONDS. Raises UserError for one that stays INVALID.
    """
    batch, began = cloud.client("batch"), wait.now()

    def probe() -> dict[str, Described] | None:
        environments = _described(batch, names)
        if any(environment["status"] in MOVING for environment in environments.values()):
            return None
        wrong = [environment for environment in environments.values() if environment["status"] == "INVALID"]
        for environment in wrong:
            waited = wait.now() - began
            if not reasons.explain(environment.get("statusReason", "")).may_pass or waited > propagation.SECONDS:
                raise invalid(environment)
            batch.update_compute_environment(
                computeEnvironment=environment["computeEnvironmentName"], state=environment["state"]
            )
        return None if wrong else environments

    if not names:
        return {}
    return wait.until(probe, what=f"VALID: {', '.join(names)}", timeout=LONGEST)


def _described(batch: Any, names: Sequence[str]) -> dict[str, Described]:
    answer = batch.describe_compute_environments(computeEnvironments=list(names))
    environments = {environment["computeEnvironmentName"]: environment for environment in answer["computeEnvironments"]}
    if gone := [name for name in names if name not in environments]:
        raise UserError(f"{', '.join(gone)} disappeared", "somebody deleted it", "Run invoke register-env again.")
    return environments


def environment_at_rest(cloud: Cloud, name: str) -> Described | None:
    """The compute environment once AWS Batch does nothing with it; None where it is gone."""
    batch, gone = cloud.client("batch"), object()

    def probe() -> Any:
        environments = batch.describe_compute_environments(computeEnvironments=[name])["computeEnvironments"]
        if not environments or environments[0]["status"] == "DELETED":
            return gone
        return None if environments[0]["status"] in MOVING else environments[0]

    answer = wait.until(probe, what=f"rest of {name}", timeout=LONGEST)
    return None if answer is gone else answer


def invalid(described: Described) -> UserError:
    """The error that says why a compute environment is INVALID, and what to do."""
    status_reason = described.get("statusReason", "")
    reason = reasons.explain(status_reason)
    return UserError(
        f"the compute environment {described['computeEnvironmentName']} is INVALID",
        reason.why,
        reason.hint,
        output=status_reason,
    )


def queues_valid(cloud: Cloud, names: Sequence[str]) -> dict[str, Described]:
    """Wait until these queues are VALID; returns them by name, as they are then.

    Raises UserError for one that is INVALID.
    """
    batch = cloud.client("batch")

    def probe() -> dict[str, Described] | None:
        queues = batch.describe_job_queues(jobQueues=list(names))["jobQueues"]
        for queue in queues:
            if queue["status"] == "INVALID":
                raise UserError(f"the job queue {queue['jobQueueName']} is INVALID", queue.get("statusReason", ""))
        moving = any(queue["status"] in MOVING for queue in queues)
        return None if moving else {queue["jobQueueName"]: queue for queue in queues}

    return wait.until(probe, what=f"VALID: {', '.join(names)}", timeout=LONGEST) if names else {}
