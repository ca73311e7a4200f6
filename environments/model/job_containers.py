"""The container of a job, whatever kind of job it is, at the place where DescribeJobs has that of a plain one (pure).

A job of ecsProperties has an empty `container`: what it runs stands with its task, and that of a job on EKS with its
pod; a multi-node job's parent has that of its first range of nodes. The attempts have it in the same ways.
Sources: JobDetail, EcsTaskDetails, AttemptEcsTaskDetails, EksContainerDetail, EksAttemptDetail and NodeRangeProperty,
AWS Batch API Reference.
"""

from collections.abc import Mapping
from typing import Any

Described = Mapping[str, Any]
_OF_TASK = ("taskArn", "containerInstanceArn")
_OF_POD = {"cpu": "VCPU", "memory": "MEMORY", "nvidia.com/gpu": "GPU"}


def with_container(job: Described) -> dict[str, Any]:
    """Give a job of DescribeJobs with its `container`, and with that of all its attempts."""
    attempts = [
        {**attempt, "container": _of_tasks(attempt) or attempt.get("container") or {}}
        for attempt in job.get("attempts") or ()
    ]
    of_pods = [
        {**attempt, "container": _choose(attempt.get("containers") or ())} for attempt in job.get("eksAttempts") or ()
    ]
    # A job that says so may have a container beside it, with nothing but empty lists.
    return {**job, "container": _of_job(job) or job.get("container") or {}, "attempts": attempts or of_pods}


def _of_job(job: Described) -> Described:
    if job.get("ecsProperties"):
        return _of_tasks(job["ecsProperties"])
    if job.get("eksProperties"):
        return _of_pod(job["eksProperties"])
    ranges = (job.get("nodeProperties") or {}).get("nodeRangeProperties") or ()
    return (ranges[0].get("container") or _of_job(ranges[0])) if ranges else {}


def _of_tasks(properties: Described) -> Described:
    """The essential container of the first task, and where that is."""
    tasks = properties.get("taskProperties") or ()
    if not tasks:
        return {}
    place = {name: tasks[0][name] for name in _OF_TASK if tasks[0].get(name)}
    return {**_choose(tasks[0].get("containers") or ()), **place}


def _of_pod(properties: Described) -> Described:
    container = _choose((properties.get("podProperties") or {}).get("containers") or ())
    resources = container.get("resources") or {}
    asked = {**(resources.get("requests") or {}), **(resources.get("limits") or {})}
    requirements = [  # memory is in MiB there too: EksContainerResourceRequirements, AWS Batch API Reference
        {"type": _OF_POD[name], "value": str(value).removesuffix("Mi")}
        for name, value in asked.items()
        if name in _OF_POD
    ]
    words = [*(container.get("command") or ()), *(container.get("args") or ())]
    logs = {"logDriver": "the logs of its pod"}
    return {**container, "command": words, "resourceRequirements": requirements, "logConfiguration": logs}


def _choose(containers: Any) -> Described:
    """The first container that is essential; every one is where nothing else is said."""
    return next((container for container in containers if container.get("essential", True)), {})


def read_number(given: Any) -> float:
    """Read how many vCPUs a job asks for: 0.25 or 2, never 2.0; 0 where it does not say."""
    number = float(given or 0)
    return int(number) if number.is_integer() else number
