"""The filters of ListJobs.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html (one at a time; a job's name in any
case, a job definition's in its own; "*" at the end of either matches what begins so, but not of an ARN; times are
milliseconds)
"""

from sandbox.batch.model.errors import executing
from sandbox.batch.model.job import Fields, Job

_NAMES = ("JOB_NAME", "JOB_DEFINITION", "BEFORE_CREATED_AT", "AFTER_CREATED_AT", "SHARE_IDENTIFIER")


def choose(jobs: list[Job], filters: list[Fields]) -> list[Job]:
    """Choose the jobs that the filter takes; more than a single filter, or an unknown one, is refused."""
    if len(filters) != 1 or filters[0].get("name") not in _NAMES:
        raise executing(f"Exactly one filter is expected, of {', '.join(_NAMES)}.")
    name, values = filters[0]["name"], filters[0].get("values") or []
    if not values:
        raise executing("The values of a filter can not be empty.")
    if name == "SHARE_IDENTIFIER":
        return []  # a FIFO queue's jobs have none
    if name.endswith("CREATED_AT"):
        return [job for job in jobs if _is_in_time(job, name, values[0])]
    is_named = _has_name if name == "JOB_NAME" else _has_definition
    return [job for job in jobs if any(is_named(job, value) for value in values)]


def _is_in_time(job: Job, name: str, value: str) -> bool:
    if not value.isdecimal():
        raise executing(f"The value '{value}' of {name} is no time in milliseconds.")
    return job.created < int(value) if name.startswith("BEFORE") else job.created > int(value)


def _has_name(job: Job, pattern: str) -> bool:
    name, pattern = job.name.lower(), pattern.lower()
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def _has_definition(job: Job, pattern: str) -> bool:
    if pattern.startswith("arn:"):
        return job.definition == pattern
    name = job.definition.rpartition("/")[2].rpartition(":")[0]
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern
