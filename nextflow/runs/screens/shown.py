"""A run in words, and as a document (pure): its heads, its tasks by state, what it cost, where its files are."""

from collections.abc import Iterator
from datetime import datetime
from shlex import quote
from typing import Any

from jobs.model.job import Job
from jobs.screens.times import render_span
from kiln import typed, words
from nextflow.runs.looks.overview import Whole
from nextflow.runs.screens.progress import render_counts
from nextflow.runs.screens.started import make_outputs_document, render_outputs
from nextflow.runs.spent.cost import Cost
from nextflow.runs.spent.look import Spent


def render(whole: Whole, spent: Spent, now: datetime) -> str:
    """Write a run down."""
    return "\n".join([*_head(whole, now), *_tasks(whole), *_cost(spent), *_files(whole), *_next(whole)])


def count_states(whole: Whole) -> dict[str, int]:
    """Count its tasks by state."""
    counts: dict[str, int] = {}
    for job in whole.tasks:
        counts[job.status] = counts.get(job.status, 0) + 1
    return counts


def _head(whole: Whole, now: datetime) -> Iterator[str]:
    record = whole.record
    yield f"{record.name} in {record.environment} (id {record.id})"
    yield f"  pipeline {record.shown_pipeline}{f' {record.revision}' if record.revision else ''}"
    for number, job in enumerate(whole.head.jobs, 1):
        yield f"  head {number}   {job.id} {_render_head(job, now)}"
    forgotten = len(record.jobs) - len(whole.head.jobs)
    if forgotten > 0:
        yield f"           AWS Batch has forgotten {words.count(forgotten, 'head')}"
    if whole.head.lives_elsewhere:
        yield "  head     lives outside AWS Batch: it renews the lock"


def _render_head(job: Job, now: datetime) -> str:
    last = job.last
    code = f", exit code {last.exit_code}" if last and last.exit_code is not None and job.is_over else ""
    ran = render_span(job.started, job.stopped, now)
    reason = f": {job.reason}" if job.reason and job.status != "SUCCEEDED" else ""
    return f"{job.status}{code}{reason}" + (f", {ran}" if ran else "")


def _tasks(whole: Whole) -> Iterator[str]:
    known = render_counts(count_states(whole))
    yield f"  tasks    {known if whole.has_queues else 'unknown: their queues are gone'}"


def _cost(spent: Spent) -> Iterator[str]:
    cost = spent.cost
    if not cost.attempts:
        return
    date = f"; prices of {spent.asked:%Y-%m-%d}" if spent.asked else ""
    yield (
        f"  cost     ${cost.dollars:.2f} so far for {words.count(cost.attempts, 'attempt')}: "
        f"${cost.on_demand:.2f} On-Demand, ${cost.spot:.2f} Spot{date}"
    )
    if cost.lost:
        yield f"           {words.count(cost.lost, 'attempt')} lost with Spot machines: ${cost.lost_dollars:.2f}"
    if cost.failed:
        yield f"           {words.count(cost.failed, 'attempt')} failed: ${cost.failed_dollars:.2f}"
    if cost.unpriced:
        yield f"           ! {words.count(cost.unpriced, 'attempt')} without a price: machine forgotten, or no price"
    if spent.why:
        yield f"           ! {spent.why}"


def _files(whole: Whole) -> Iterator[str]:
    record, places = whole.record, whole.places
    yield f"  work     {record.work}"
    yield f"  logs     {places.uri(places.logs)}"
    for file in whole.logs.files if whole.logs else ():
        yield f"    {words.format_size(file.size):>10}  {file.name}"
    yield f"  cache    {places.uri(places.cache)}"
    if record.params:
        yield f"  params   {record.params}"
    yield from render_outputs(record, whole.outputs, "output   ")


def _next(whole: Whole) -> Iterator[str]:
    job, name = whole.head.last, whole.record.name
    if whole.head.live:
        yield f"  next     {typed.command(f'show-job {whole.head.live.id} --follow')}"
    elif not whole.has_queues:
        yield f"  next     {typed.command('register-env')} makes its queues again; then --resume {name} goes on"
    elif job is None or job.status == "FAILED":
        yield f"  next     {typed.command(f'run {quote(whole.record.shown_pipeline)} --resume {name}')}"


def make_document(whole: Whole, spent: Spent, region: str) -> dict[str, Any]:
    """Give the run as a document for programs; dollars are US dollars."""
    record, places = whole.record, whole.places
    return {
        "name": record.name, "id": record.id, "environment": record.environment, "region": region,
        "pipeline": record.shown_pipeline, "revision": record.revision, "project": record.shown_project,
        "created": record.created,
        "heads": [_make_head(job) for job in whole.head.jobs], "alive": whole.head.is_alive,
        "tasks": {"counts": count_states(whole)}, "cost": _make_cost(spent.cost, spent),
        "files": {
            "work": record.work, "logs": places.uri(places.logs), "cache": places.uri(places.cache),
            "kept": [file.name for file in whole.logs.files] if whole.logs else [],
            "params": record.params, "config": record.config, "output": record.output,
        },
        "outputs": make_outputs_document(whole.outputs),
    }  # fmt: skip


def _make_head(job: Job) -> dict[str, Any]:
    return {
        "job": job.id, "status": job.status, "reason": job.reason, "started": job.started, "stopped": job.stopped,
        "exit_code": job.last.exit_code if job.last else None, "attempts": len(job.attempts),
        "log_stream": job.last.stream if job.last else "",
    }  # fmt: skip


def _make_cost(cost: Cost, spent: Spent) -> dict[str, Any]:
    return {
        "dollars": cost.dollars, "on_demand": cost.on_demand, "spot": cost.spot, "attempts": cost.attempts,
        "unpriced": cost.unpriced, "lost_with_spot": cost.lost, "lost_dollars": cost.lost_dollars,
        "failed": cost.failed, "failed_dollars": cost.failed_dollars, "prices_asked": spent.asked, "why": spent.why,
    }  # fmt: skip
