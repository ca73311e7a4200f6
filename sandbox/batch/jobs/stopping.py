"""CancelJob and TerminateJob.

Sources: https://docs.aws.amazon.com/batch/latest/APIReference/API_CancelJob.html ("Jobs that are in a SUBMITTED,
PENDING, or RUNNABLE state are cancelled … A PENDING job is cancelled after all dependency jobs are completed … The
array parent job is cancelled when all child jobs are completed … Jobs that progressed to the STARTING or RUNNING state
aren't cancelled. However, the API operation still succeeds"), …/API_TerminateJob.html ("Jobs that have not progressed
to the STARTING state are cancelled"; a reason "has a limit of 1024 characters").
"""

from typing import Any

from sandbox.batch.jobs import arrays, attempts, ends
from sandbox.batch.jobs.moves import OVER, PLACED
from sandbox.batch.model.errors import executing, refused
from sandbox.batch.model.job import Fields, Job
from sandbox.batch.model.records import Records

_LONGEST = 1024


def cancel(records: Records, request: Fields) -> Fields:
    job, reason = _find(records, request["jobId"]), _read_reason(request)
    if job.status in (*OVER, *PLACED):
        return {}
    job.cancelled, job.wish = True, reason
    for child in reversed(arrays.list_children(records, job)):  # so that none fails with the one before it
        if child.status not in (*OVER, *PLACED):
            child.cancelled, child.wish = True, reason
            _end_waiting(records, child, reason)
    if not job.size:
        _end_waiting(records, job, reason)
    return {}


def _end_waiting(records: Records, job: Job, reason: str) -> None:
    if job.status != "PENDING" or not job.waits_for:
        ends.fail(records, job, reason)


def terminate(records: Records, request: Fields) -> Fields:
    job, reason = _find(records, request["jobId"]), _read_reason(request)
    end_by_force(records, job, reason)
    return {}


def end_by_force(records: Records, job: Job, reason: str) -> None:
    """Terminate a job in any status; an array with all of its children. One that has ended stays as it is."""
    if job.status in OVER or (job.terminated and job.status in PLACED):
        return
    job.terminated, job.wish = True, reason
    if job.status in PLACED:
        attempts.stop(records, job, reason)
    elif not job.size:
        ends.fail(records, job, reason)
    for child in reversed(arrays.list_children(records, job)):
        end_by_force(records, child, reason)


def _find(records: Records, job_id: Any) -> Job:
    job = records.jobs.get(str(job_id))
    if job is None:
        raise refused(f"Job {job_id} does not exist")
    return job


def _read_reason(request: Fields) -> str:
    reason = str(request["reason"])
    if len(reason) > _LONGEST:
        raise executing(f"reason must be at most {_LONGEST} characters long.")
    return reason
