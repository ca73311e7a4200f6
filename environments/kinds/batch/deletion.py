"""Taking queues and compute environments away: step by step, by what Batch says of them, so that any run can go on.

Sources: DeleteJobQueue, DeleteComputeEnvironment (both DISABLED first; a compute environment must be in no queue), AWS
Batch API Reference; "INVALID compute environment", AWS Batch User Guide: what is INVALID for its role cannot be deleted
before the role is back.
"""

from collections.abc import Sequence
from typing import Any

from cloud import propagation, wait
from cloud.session import Cloud
from environments.kinds.batch import jobs
from environments.kinds.batch import waiting as settle
from environments.kinds.iam import repair


def close_queues(cloud: Cloud, names: Sequence[str]) -> list[jobs.Job]:
    """Close these queues, so that no more jobs come; returns those that are in them and not over."""
    for name in names:
        close_queue(cloud, name)
    return jobs.unfinished(cloud, names)


def close_queue(cloud: Cloud, name: str) -> None:
    """Disable a queue, and wait until it takes no jobs any more."""
    batch = cloud.client("batch")

    def probe() -> bool | None:
        found = batch.describe_job_queues(jobQueues=[name])["jobQueues"]
        if not found or (found[0]["state"] == "DISABLED" and found[0]["status"] not in settle.MOVING):
            return True
        if found[0]["status"] not in settle.MOVING:
            batch.update_job_queue(jobQueue=name, state="DISABLED")
        return None

    wait.until(probe, what=f"the closing of the queue {name}", timeout=settle.LONGEST)


def delete_queue(cloud: Cloud, name: str) -> None:
    """Disable it, delete it, and wait until it is gone. AWS Batch ends its jobs."""
    batch = cloud.client("batch")

    def probe() -> bool | None:
        found = batch.describe_job_queues(jobQueues=[name])["jobQueues"]
        if not found or found[0]["status"] == "DELETED":
            return True
        if found[0]["status"] not in settle.MOVING:
            if found[0]["state"] == "ENABLED":
                batch.update_job_queue(jobQueue=name, state="DISABLED")
            else:
                batch.delete_job_queue(jobQueue=name)
        return None

    wait.until(probe, what=f"the deletion of the queue {name}", timeout=settle.LONGEST)


def delete_environment(cloud: Cloud, owner: str, name: str) -> None:
    """Bring it to no vCPUs, disable it, delete it, and wait until it is gone; `owner` is the environment whose it is.

    One whose service role is not there any more gets it back first. Raises UserError where that cannot be.
    """
    batch, began = cloud.client("batch"), wait.now()

    def probe() -> bool | None:
        found = batch.describe_compute_environments(computeEnvironments=[name])["computeEnvironments"]
        if not found or found[0]["status"] == "DELETED":
            return True
        if found[0]["status"] not in settle.MOVING:
            _next(cloud, owner, found[0], wait.now() - began)
        return None

    wait.until(probe, what=f"the deletion of the compute environment {name}", timeout=settle.LONGEST)


def _next(cloud: Cloud, owner: str, found: dict[str, Any], waited: float) -> None:
    """The next step for one at rest."""
    batch, name = cloud.client("batch"), found["computeEnvironmentName"]
    if repair.is_needed(found):
        if waited > propagation.SECONDS:
            raise settle.invalid(found)
        repair.service_role(cloud, owner, found)
        batch.update_compute_environment(computeEnvironment=name, state="DISABLED")
    elif found["state"] != "DISABLED":
        keeps = (found.get("computeResources") or {}).get("minvCpus")
        sizes = {"computeResources": {"minvCpus": 0}} if keeps else {}  # instances stay on one that is DISABLED
        batch.update_compute_environment(computeEnvironment=name, state="DISABLED", **sizes)
    elif (found.get("computeResources") or {}).get("minvCpus"):
        batch.update_compute_environment(computeEnvironment=name, computeResources={"minvCpus": 0})
    else:
        batch.delete_compute_environment(computeEnvironment=name)
