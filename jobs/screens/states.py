"""What became of a job, and when (pure)."""

from collections.abc import Iterator
from datetime import datetime

from environments.kinds.batch import endings
from jobs.looks.whole import Whole
from jobs.model.job import Job
from jobs.screens.times import render_span, render_time


def render_life(whole: Whole, now: datetime) -> Iterator[str]:
    """The states that it went through, as far as anybody tells when."""
    yield "  life"
    for moment, what in list_states(whole, now):
        yield f"    {render_time(moment):<20}  {what}"


def list_states(whole: Whole, now: datetime) -> list[tuple[datetime, str]]:
    """List what became of the job and when, in the order of time."""
    job = whole.job
    states: list[tuple[datetime | None, str]] = [(job.created, "SUBMITTED")]
    for attempt in job.attempts:
        behind = f" (attempt {attempt.number})" if len(job.attempts) > 1 else ""
        times = whole.times.get(attempt.task)
        if times:
            took = render_span(times.pull_started, times.pull_stopped, now)
            pulled = f"; its image took {took}" if times.pull_started else ""
            states.append((times.placed, f"STARTING on a machine{behind}{pulled}"))
        states.append((attempt.started, f"RUNNING{behind}"))
        if attempt.over and attempt is not job.attempts[-1]:
            states.append((attempt.stopped, f"attempt {attempt.number} ended: {attempt.reason}"))
    if job.is_over:
        took = "" if job.is_array else f", {_took(job, now)}"  # an array's children run, never it itself
        states.append((job.stopped, f"{job.status}{took}"))
    return [(moment, what) for moment, what in states if moment]


def _took(job: Job, now: datetime) -> str:
    ran = render_span(job.started, job.stopped, now)
    return f"after {ran}" if ran else "without having run"


def meaning_of(job: Job) -> str:
    """What it means that a job FAILED without an attempt; "" for any other."""
    if job.status != "FAILED" or job.attempts:
        return ""
    ending = endings.explain(job.reason)
    return f"{ending.meaning}; {ending.hint}" if ending else ""
