"""Lists of runs and of orphans in words, and as documents (pure)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from environments.screens.environment import render_table
from kiln import typed, words
from nextflow.runs.looks.orphans import Ended
from nextflow.runs.looks.overview import Listed

_WIDTH = 44


def render(runs: Sequence[Listed], environment: str, now: datetime, unread: Sequence[str] = ()) -> str:
    """Write a line for every run; `unread` are names of runs without a usable record."""
    broken = [
        f"! {words.count(len(unread), 'run')} without a usable run.json: {', '.join(unread[:5])}"
        f"{' …' if len(unread) > 5 else ''}: {typed.command(f'show-run {unread[0]}')} says why"
    ] if unread else []  # fmt: skip
    if not runs:
        return "\n".join([f"no runs in {environment}: {typed.command('run PIPELINE')}", *broken])
    rows = [("RUN", "HEAD", "STARTED", "HEADS", "PIPELINE")]
    for run in runs:
        record = run.record
        status = run.head.status if run.head else "forgotten" if record.jobs else "never sent"
        age = words.format_age(run.head.created, now) if run.head and run.head.created else record.created
        pipeline = f"{record.shown_pipeline} {record.revision}".strip()
        short = pipeline if len(pipeline) <= _WIDTH else f"…{pipeline[1 - _WIDTH :]}"
        rows.append((record.name, status, age, str(len(record.jobs)), short))
    return "\n".join([render_table(rows), f"{words.count(len(runs), 'run')} in {environment}", *broken,
                      f"next  {typed.command('show-run NAME')}"])  # fmt: skip


def make_document(runs: Sequence[Listed], environment: str) -> dict[str, Any]:
    """Give the list as a document for programs; what AWS Batch has forgotten is null."""
    return {"environment": environment, "runs": [_run(run) for run in runs]}


def _run(run: Listed) -> dict[str, Any]:
    record, head = run.record, run.head
    return {
        "name": record.name, "id": record.id, "pipeline": record.shown_pipeline, "revision": record.revision,
        "created": record.created, "jobs": list(record.jobs), "work": record.work, "output": record.output,
        "status": head.status if head else None, "started": head.started if head else None,
        "stopped": head.stopped if head else None,
    }  # fmt: skip


def render_orphans(judged: Ended, by_hand: int, environment: str, *, ended: bool) -> str:
    """Write a line for every job without a head; of those that were not ended why."""
    orphans, refused = judged.orphans, judged.refused
    if not orphans:
        lines = [f"no orphans in {environment}: every job of a run has its head"]
    else:
        rows = [("JOB", "NAME", "STATE", "RUN", "WHY")]
        rows += [(orphan.tagged.job.id, orphan.tagged.job.name, orphan.tagged.job.status,
                  orphan.name or orphan.tagged.run, orphan.why) for orphan in orphans]  # fmt: skip
        count = words.count(len(orphans) - len(refused), "orphan")
        lines = [render_table(rows), f"{count} {'ended' if ended else 'in ' + environment}"]
        lines += _render_refused(refused)
        lines += [] if ended else [f"next  {typed.command('list-runs --orphans --terminate')}"]
    if by_hand:
        lines.append(f"! {words.count(by_hand, 'job')} of heads that were started by hand: nobody can tell whose")
    return "\n".join(lines)


def _render_refused(refused: Mapping[str, str]) -> Iterator[str]:
    """Jobs that were not ended, under the reason that they share."""
    for reason in dict.fromkeys(refused.values()):
        jobs = [job for job, why in refused.items() if why == reason]
        yield f"✗ {words.count(len(jobs), 'orphan')} not ended: {reason}"
        yield from (f"    {job}" for job in jobs)
    if refused:
        yield f"  try     {typed.command('list-runs --orphans --terminate')} again once that is mended"


def make_orphans_document(judged: Ended, by_hand: int, environment: str, *, ended: bool) -> dict[str, Any]:
    """Give the orphans as a document for programs; `refused` are those that were to be ended and were not."""
    return {
        "environment": environment, "terminated": ended and not judged.refused, "by_hand": by_hand,
        "orphans": [
            {"job": orphan.tagged.job.id, "name": orphan.tagged.job.name, "status": orphan.tagged.job.status,
             "run": orphan.name, "run_id": orphan.tagged.run, "why": orphan.why}
            for orphan in judged.orphans
        ],
        "refused": [{"job": job, "why": why} for job, why in judged.refused.items()],
    }  # fmt: skip
