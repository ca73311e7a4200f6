"""The attempts of a job: begun on a machine, RUNNING, ended, and followed by another or by the job's end.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_states.html, …/job_timeouts.html ("the timeout … counts
from the startedAt of the job attempt"; TERM, and KILL after 30 seconds, is the agent's part)
"""

from functools import partial

from sandbox.batch.jobs import ends, retries
from sandbox.batch.jobs.endings import TIMED_OUT, Ending
from sandbox.batch.jobs.moves import PLACED, move, tell_milliseconds
from sandbox.batch.model.job import Attempt, Job
from sandbox.batch.model.records import Records
from sandbox.world.world import current


def begin(records: Records, job: Job, environment: str, instance: str) -> Attempt:
    """Let a RUNNABLE job be STARTING on a container instance; both are given by ARN."""
    job.attempt = Attempt(environment, instance, scheduled=tell_milliseconds())
    job.stopped = None
    move(records, job, "STARTING")
    return job.attempt


def run(records: Records, job: Job, started: int, log_stream: str) -> None:
    """Let a STARTING job be RUNNING since then (milliseconds); its time is counted from there."""
    if job.status != "STARTING" or job.attempt is None:
        return
    job.attempt.started, job.attempt.log_stream = started, log_stream
    move(records, job, "RUNNING")
    seconds = (job.fields.get("timeout") or {}).get("attemptDurationSeconds")
    if seconds:
        left = started / 1000 + seconds - current().clock.now()
        current().later(max(0.0, left), partial(_time_out, records, job, job.attempt))


def _time_out(records: Records, job: Job, attempt: Attempt) -> None:
    if job.attempt is attempt and job.status == "RUNNING":
        attempt.timed_out = True
        stop(records, job, TIMED_OUT)


def stop(records: Records, job: Job, reason: str) -> None:
    """Ask for the end of what runs, which comes when its agent tells of it."""
    attempt = job.attempt
    if attempt is not None and attempt.stop is not None:
        attempt.stop(reason)
    elif attempt is not None:
        finish(records, job, Ending(reason, may_be_retried=False))


def finish(records: Records, job: Job, ending: Ending, stopped: int | None = None) -> None:
    """End the attempt of a job, at that time (milliseconds) or now: another follows, or the job has ended."""
    attempt = job.attempt
    if job.status not in PLACED or attempt is None:
        return
    attempt.stopped = tell_milliseconds() if stopped is None else stopped
    attempt.exit_code, attempt.reason = ending.exit_code, ending.reason
    attempt.container_reason = ending.container_reason
    attempt.stop = None
    job.ended.append(attempt)
    records.by_task.pop(attempt.task, None)
    if ending.succeeded:
        ends.end(records, job, "SUCCEEDED", ending.reason, attempt.stopped)
    elif retries.decides_to_retry(job.fields.get("retryStrategy"), len(job.ended), ending):
        move(records, job, "RUNNABLE")
    else:
        ends.end(records, job, "FAILED", ending.reason, attempt.stopped)
