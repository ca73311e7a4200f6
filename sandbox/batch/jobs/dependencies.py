"""Jobs that wait for others: on a whole job, of an array one child after the other, or child for child.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html (dependsOn: "A job can depend upon a
maximum of 20 jobs … SEQUENTIAL … without specifying a job ID … N_TO_N … each index child of this job must wait for the
corresponding index child of each dependency"), …/API_CancelJob.html ("A PENDING job is cancelled after all dependency
jobs are completed").

What an array waits for as a whole its parent waits for; a child that waits for that has its parent's id in `waits_for`.
"""

from collections.abc import Iterator
from itertools import pairwise

from sandbox.batch.jobs.arrays import list_children
from sandbox.batch.jobs.moves import OVER, move
from sandbox.batch.model.errors import executing
from sandbox.batch.model.job import Fields, Job
from sandbox.batch.model.records import Records

FAILED = "Dependent Job failed"
_AT_MOST = 20
_PLAIN, _SEQUENTIAL, _CHILD_BY_CHILD = None, "SEQUENTIAL", "N_TO_N"
End = tuple[Job, str, str]


def check(records: Records, asked: list[Fields], size: int) -> None:
    """Refuse what a job (an array of `size`, or none: 0) cannot depend on."""
    if len(asked) > _AT_MOST:
        raise executing(f"Job cannot have more than {_AT_MOST} dependencies")
    for dependency in asked:
        job_id, kind = dependency.get("jobId"), dependency.get("type")
        if kind is not _PLAIN and not size:
            raise executing(f"dependsOn: type {kind} is for array jobs only.")
        if not job_id and kind != _SEQUENTIAL:
            raise executing("dependsOn: jobId must be specified.")
        job = records.jobs.get(job_id) if job_id else None
        if job_id and job is None:
            raise executing(f"dependsOn: job {job_id} does not exist.")
        if kind == _CHILD_BY_CHILD and job is not None and job.size != size:
            raise executing(f"dependsOn: type N_TO_N needs array jobs of the same size: {size}, not {job.size or 1}.")


def connect(records: Records, job: Job, children: list[Job], asked: list[Fields]) -> None:
    """Note what a new job and its children wait for; what has failed already dooms them."""
    for dependency in asked:
        job_id, kind = dependency.get("jobId"), dependency.get("type")
        if kind == _CHILD_BY_CHILD:
            for child in children:
                _wait(records, child, records.jobs[f"{job_id}:{child.index}"])
        elif job_id:
            _wait(records, job, records.jobs[job_id])
        if kind == _SEQUENTIAL:
            for before, after in pairwise(children):
                _wait(records, after, before)
    for child in children if job.waits_for else ():
        child.waits_for.add(job.id)


def _wait(records: Records, job: Job, other: Job) -> None:
    if other.status == "FAILED":
        job.doomed = FAILED
    elif other.status not in OVER and other.id not in job.waits_for:
        job.waits_for.add(other.id)
        records.dependents[other.id].append(job)


def look_at(records: Records, job: Job) -> Iterator[tuple[Job, str]]:
    """Let a new job, or an array with its children, leave SUBMITTED; yields which of them fail at once, and why."""
    children = list_children(records, job)
    if children and not job.doomed:
        move(records, job, "PENDING")
    for waiting in children or [job]:
        doomed = job.doomed or waiting.doomed
        if doomed:
            yield waiting, doomed
        elif waiting.status == "SUBMITTED":
            move(records, waiting, "PENDING" if waiting.waits_for else "RUNNABLE")


def list_ends(records: Records, ended: Job) -> list[End]:
    """Release the jobs that waited for this one to end; those that end with it, with status and reason."""
    ends = []
    for job in records.dependents.pop(ended.id, ()):
        job.waits_for.discard(ended.id)
        if job.status in OVER:
            continue
        if ended.status == "FAILED" and not job.cancelled:
            ends += _doom(records, job)
        elif not job.waits_for:
            ends += _release(records, job)
    return ends


def _doom(records: Records, job: Job) -> list[End]:
    """Let a job fail with what it depended on; a new one when Batch comes to look at it."""
    job.doomed = FAILED
    if job.status == "SUBMITTED":
        return []
    return [(failing, "FAILED", FAILED) for failing in list_children(records, job) or [job]]


def _release(records: Records, job: Job) -> list[End]:
    """Let a job go on that waits for nothing any more, or end where it was cancelled meanwhile."""
    if job.size:
        ends = []
        for child in list_children(records, job):
            child.waits_for.discard(job.id)
            ends += [] if child.waits_for or child.status in OVER else _release(records, child)
        return ends
    if job.status == "PENDING" and job.cancelled:
        return [(job, "FAILED", job.wish)]
    if job.status == "PENDING":
        move(records, job, "RUNNABLE")
    return []
