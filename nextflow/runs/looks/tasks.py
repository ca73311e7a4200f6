"""Jobs of runs, known by the tag kiln:run: those of a run by state, and those of all runs of an environment's queues.

ListJobs tells no tags, so jobs are described once; what a job is called or tagged does not change.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cloud.session import Cloud
from environments.kinds.batch import jobs as batch
from jobs.looks import listing
from jobs.model.job import Job, read
from jobs.model.listed import UNFINISHED, Listed
from nextflow.runs.request import HEAD, RUN, RUN_NAME


@dataclass(frozen=True)
class Tagged:
    """A job with the run that its tags name: `run` is the run's id, `name` the run's name where the tags tell it."""

    job: Job
    run: str
    name: str = ""
    is_head: bool = False


@dataclass
class Tasks:
    """The tasks of the run `run`, look by look; a job is described when it is first listed, and when it is over."""

    cloud: Cloud
    run: str
    queues: Sequence[str]
    since: datetime
    _mine: dict[str, bool] = field(default_factory=dict)

    def count(self) -> dict[str, int]:
        """Count the run's tasks by state; an array counts as its children do."""
        counts: dict[str, int] = {}
        for job in self.list():
            for state, number in job.array.counts if job.array and job.array.counts else ((job.status, 1),):
                counts[state] = counts.get(state, 0) + number
        return counts

    def list(self) -> Sequence[Listed]:
        """List the run's tasks, newest first."""
        jobs = [job for queue in self.queues for job in listing.list_since(self.cloud, queue, self.since)]
        unknown = [job.id for job in jobs if job.id not in self._mine]
        for tagged in describe(self.cloud, unknown):
            self._mine[tagged.job.id] = tagged.run == self.run and not tagged.is_head
        return [job for job in jobs if self._mine.get(job.id)]


def describe(cloud: Cloud, ids: Sequence[str]) -> Iterator[Tagged]:
    """Describe jobs with what their tags tell."""
    for described in batch.described(cloud, ids) if ids else ():
        tags: Mapping[str, str] = described.get("tags") or {}
        yield Tagged(read(described), tags.get(RUN, ""), tags.get(RUN_NAME, ""), HEAD in tags)


def list_of(cloud: Cloud, run: str, queues: Sequence[str], since: datetime) -> list[Job]:
    """List the tasks of a run with all that AWS Batch tells of them, oldest first; of an array its children."""
    ids = [job.id for queue in queues for job in listing.list_since(cloud, queue, since)]
    jobs = [tagged.job for tagged in describe(cloud, ids) if tagged.run == run and not tagged.is_head]
    children = [f"{job.id}:{index}" for job in jobs if job.array for index in range(job.array.size)]
    jobs = [job for job in jobs if not job.is_array] + [tagged.job for tagged in describe(cloud, children)]
    return sorted(jobs, key=lambda job: (job.created.timestamp() if job.created else 0.0, job.id))


def list_unfinished(cloud: Cloud, queues: Sequence[str]) -> list[Tagged]:
    """List the jobs of these queues that are not over and belong to some run, heads too."""
    jobs = [job.id for queue in queues for job in listing.list_in(cloud, queue, UNFINISHED)]
    known = list(dict.fromkeys(jobs))  # a job that moves on meanwhile is listed in two states
    return [tagged for tagged in describe(cloud, known) if tagged.run and not tagged.job.is_over]
