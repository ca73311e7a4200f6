"""The head jobs of a run, as AWS Batch tells of them; whether the run lives."""

from collections.abc import Sequence
from dataclasses import dataclass

from cloud.session import Cloud
from environments.kinds.batch import jobs as batch
from jobs.looks import listing
from jobs.model.job import Job, read
from jobs.model.listed import UNFINISHED
from nextflow.runs.looks import lock
from nextflow.runs.looks.lock import Lock
from nextflow.runs.places import Places
from nextflow.runs.record import RunRecord
from nextflow.runs.request import name_job


@dataclass(frozen=True)
class Head:
    """`jobs` are the head jobs in order, those that AWS Batch has forgotten left out; `lock` is the run's."""

    jobs: tuple[Job, ...] = ()
    lock: Lock | None = None

    @property
    def last(self) -> Job | None:
        return self.jobs[-1] if self.jobs else None

    @property
    def live(self) -> Job | None:
        """The head job that is not over."""
        return next((job for job in reversed(self.jobs) if not job.is_over), None)

    @property
    def lives_elsewhere(self) -> bool:
        """Whether a head outside AWS Batch has renewed the lock lately."""
        return self.live is None and self.lock is not None and not self.lock.job and self.lock.is_fresh

    @property
    def is_alive(self) -> bool:
        return self.live is not None or self.lives_elsewhere


def look(cloud: Cloud, places: Places, record: RunRecord | None, queue: str) -> Head:
    """Look at a run's head jobs, by its record, its lock, and the name of jobs in the heads' queue.

    `queue` is "" where there is none any more.

    A head that was sent by somebody whose computer died before the record was written is known by its name alone.
    """
    locked = lock.read(cloud, places)
    ids = list(record.jobs) if record else []
    ids += [locked.job] if locked and locked.job else []
    wanting = listing.list_named(cloud, queue, name_job(places.name)) if queue else []
    ids += [job.id for job in reversed(wanting) if job.name == name_job(places.name) and job.status in UNFINISHED]
    return Head(tuple(describe(cloud, ids)), locked)


def describe(cloud: Cloud, ids: Sequence[str]) -> list[Job]:
    """Describe jobs, in the order of the ids, those left out that AWS Batch has forgotten."""
    ordered = list(dict.fromkeys(ids))
    described = {job["jobId"]: read(job) for job in batch.described(cloud, ordered)} if ordered else {}
    return [described[job_id] for job_id in ordered if job_id in described]
