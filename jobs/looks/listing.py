"""Jobs of queues and of arrays, as ListJobs sums them up.

Source: ListJobs, AWS Batch API Reference: a state at a time, RUNNING where none is named; a filter, which takes every
state, hides jobStatus.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from cloud.pages import list_all
from cloud.session import Cloud
from jobs.model.listed import UNFINISHED, Listed, read


def list_since(cloud: Cloud, queue: str, since: datetime) -> list[Listed]:
    """List the jobs of a queue (its name) that were submitted since, in whatever state, newest first.

    AWS Batch counts milliseconds from 1970 on; what lies before is all the same to it.
    """
    milliseconds = str(max(0, int(since.timestamp() * 1000)))
    filters = [{"name": "AFTER_CREATED_AT", "values": [milliseconds]}]
    return _listed(cloud, queue, jobQueue=queue, filters=filters)


def list_in(cloud: Cloud, queue: str, states: Sequence[str]) -> list[Listed]:
    """List the jobs of a queue in these states."""
    return [job for state in states for job in _listed(cloud, queue, jobQueue=queue, jobStatus=state)]


def list_recent(cloud: Cloud, queue: str, since: datetime) -> list[Listed]:
    """List what was submitted since, and what is not over however old it is; newest first."""
    jobs = {job.id: job for job in (*list_since(cloud, queue, since), *list_in(cloud, queue, UNFINISHED))}
    return sort(jobs.values())


def list_children(cloud: Cloud, parent: str, state: str) -> list[Listed]:
    """List the children of an array that are in a state."""
    return _listed(cloud, "", arrayJobId=parent, jobStatus=state)


def list_named(cloud: Cloud, queue: str, begin: str) -> list[Listed]:
    """List the jobs of a queue whose names begin so, in whatever state."""
    return _listed(cloud, queue, jobQueue=queue, filters=[{"name": "JOB_NAME", "values": [f"{begin}*"]}])


def sort(jobs: Iterable[Listed]) -> list[Listed]:
    """Sort them newest first, and by id where they came at once."""
    return sorted(jobs, key=lambda job: (-(job.created.timestamp() if job.created else 0.0), job.id))


def _listed(cloud: Cloud, name: str, **query: object) -> list[Listed]:
    return [read(summary, name) for summary in list_all(cloud.client("batch"), "list_jobs", "jobSummaryList", **query)]
