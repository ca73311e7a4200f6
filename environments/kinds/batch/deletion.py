"""Taking queues and compute environments away: step by step, by what Batch says of them, so that any run can go on.

Sources: DeleteJobQueue, DeleteComputeEnvironment (both DISABLED first; a compute environment must be in no queue), AWS
Batch API Reference; "INVALID compute environment", AWS Batch User Guide: what is INVALID for its role cannot be deleted
before the role is back.
"""

from collections.abc import Sequence
from typing import Any

from cloud import propagation, wait
from cloud.session import Cloud
from environments.kinds.batch import jobs, waiting
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
        queues = batch.describe_job_queues(jobQueues=[name])["jobQueues"]
        if not queues or (queues[0]["state"] == "DISABLED" and queues[0]["status"] not in waiting.MOVING):
            return True
        if queues[0]["status"] not in waiting.MOVING:
            batch.update_job_queue(jobQueue=name, state="DISABLED")
        return None

    wait.until(probe, what=f"the closing of the queue {name}", timeout=waiting.LONGEST)


def delete_queue(cloud: Cloud, name: str) -> None:
    """Disable it, delete it, and wait until it is gone. AWS Batch ends its jobs."""
    batch = cloud.client("batch")

    def probe() -> bool | None:
        queues = batch.describe_job_queues(jobQueues=[name])["jobQueues"]
        if not queues or queues[0]["status"] == "DELETED":
            return True
        if queues[0]["status"] not in waiting.MOVING:
            if queues[0]["state"] == "ENABLED":
                batch.update_job_queue(jobQueue=name, state="DISABLED")
            else:
                batch.delete_job_queue(jobQueue=name)
        return None

    wait.until(probe, what=f"the deletion of the queue {name}", timeout=waiting.LONGEST)


def delete_environment(cloud: Cloud, owner: str, name: str) -> None:
    """Bring it to no vCPUs, disable it, delete it, and wait until it is gone; `owner` is the environment whose it is.

    One whose service role is not there any more gets it back first. Raises UserError where that cannot be.
    """
    batch, began = cloud.client("batch"), wait.now()

    def probe() -> bool | None:
        environments = batch.describe_compute_environments(computeEnvironments=[name])["computeEnvironments"]
        if not environments or environments[0]["status"] == "DELETED":
            return True
        if environments[0]["status"] not in waiting.MOVING:
            _next(cloud, owner, environments[0], wait.now() - began)
        return None

    wait.until(probe, what=f"the deletion of the compute environment {name}", timeout=waiting.LONGEST)


def _next(cloud: Cloud, owner: str, environment: dict[str, Any], waited: float) -> None:
    """The next step for one at rest."""
    batch, name = cloud.client("batch"), environment["computeEnvironmentName"]
    if repair.is_needed(environment):
        if waited > propagation.SECONDS:
            raise waiting.invalid(environment)
        repair.service_role(cloud, owner, environment)
        batch.update_compute_environment(computeEnvironment=name, state="DISABLED")
    elif environment["state"] != "DISABLED":
        keeps = (environment.get("computeResources") or {}).get("minvCpus")
        sizes = {"computeResources": {"minvCpus": 0}} if keeps else {}  # instances stay on one that is DISABLED
        batch.update_compute_environment(computeEnvironment=name, state="DISABLED", **sizes)
    elif (environment.get("computeResources") or {}).get("minvCpus"):
        batch.update_compute_environment(computeEnvironment=name, computeResources={"minvCpus": 0})
    else:
        batch.delete_compute_environment(computeEnvironment=name)
