"""The list of jobs in words (pure)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from environments.screens.environment import render_table
from jobs.model.job import Array
from jobs.model.listed import Listed
from jobs.screens.times import render_span
from kiln import typed, words

MOST = 200  # lines on a screen; --json has all
_WIDTH = 32
_HEAD = ("JOB", "NAME", "QUEUE", "STATE", "SUBMITTED", "RAN", "WHAT")


def render(jobs: Sequence[Listed], scope: str, now: datetime) -> str:
    """Write a line for every job, newest first; `scope` says what was looked at."""
    if not jobs:
        return f"no jobs: {scope}"
    rows = [_HEAD, *(_row(job, now) for job in jobs[:MOST])]
    counts = ", ".join(f"{number} {state}" for state, number in count_states(jobs).items())
    lines = [render_table(rows), f"{words.count(len(jobs), 'job')}: {counts}; {scope}"]
    if len(jobs) > MOST:
        lines.append(f"the newest {MOST} are shown; --json lists all, --since and --status fewer")
    lines.append(f"next  {typed.command('show-job JOB')}")
    return "\n".join(lines)


def count_states(jobs: Sequence[Listed]) -> dict[str, int]:
    """Count the jobs by state; an array counts as its children do."""
    counts: dict[str, int] = {}
    for job in jobs:
        for state, number in job.array.counts if job.array and job.array.counts else ((job.status, 1),):
            counts[state] = counts.get(state, 0) + number
    return counts


def _row(job: Listed, now: datetime) -> tuple[str, ...]:
    name = job.name if len(job.name) <= _WIDTH else f"{job.name[: _WIDTH - 1]}…"
    name += f" [{job.array.size}]" if job.array and job.array.size else ""
    age = words.format_age(job.created, now) if job.created else ""
    ran = render_span(job.started, job.stopped, now)
    return (job.id, name, job.queue, job.status, age, ran, _what(job))


def _what(job: Listed) -> str:
    if job.array and job.array.counts:
        return render_counts(job.array)
    if job.ending:
        return job.ending.meaning
    reason = words.show_signs(" ".join(job.reason.split()))
    return reason if job.status not in ("SUCCEEDED", "RUNNING", "STARTING") else ""


def render_counts(array: Array) -> str:
    """48 SUCCEEDED, 2 RUNNING."""
    return ", ".join(f"{number} {state}" for state, number in array.counts)


def make_document(region: str, queues: Sequence[str], since: datetime | None, jobs: Sequence[Listed]) -> dict[str, Any]:
    """Give the list as a document for programs."""
    return {
        "region": region, "queues": list(queues), "since": since.isoformat() if since else None,
        "counts": count_states(jobs), "jobs": [_document(job) for job in jobs],
    }  # fmt: skip


def _document(job: Listed) -> dict[str, Any]:
    return {
        "id": job.id, "name": job.name, "queue": job.queue, "status": job.status, "reason": job.reason,
        "container_reason": job.container_reason, "meaning": job.ending.meaning if job.ending else "",
        "exit_code": job.exit_code, "created": job.created, "started": job.started, "stopped": job.stopped,
        "array": make_array_document(job.array),
    }  # fmt: skip


def make_array_document(array: Array | None) -> dict[str, Any] | None:
    if array is None:
        return None
    return {"size": array.size, "index": array.index, "counts": dict(array.counts)}
