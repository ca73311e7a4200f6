"""A run that was started, and one that has ended, in words (pure)."""

from collections.abc import Iterator
from typing import Any

from environments.kinds.batch import endings
from jobs.model.job import Job
from kiln import typed, words
from kiln.secrets import masking
from nextflow.runs.looks.outputs import Outputs
from nextflow.runs.params import Params
from nextflow.runs.places import Places
from nextflow.runs.record import RunRecord
from nextflow.runs.start.start import Started


def render(started: Started, places: Places, params: Params | None, *, resumed: bool) -> str:
    """Say what was sent where; secrets are hidden."""
    record = started.record
    lines = [f"{record.name} in {record.environment}: {'goes on' if resumed else 'is started'}"]
    lines += [
        f"  head    job {started.job} in {record.queue}",
        f"  command nextflow run {masking.mask_words(started.command)}",
    ]
    if params:
        shown = ", ".join(f"{name}: {value}" for name, value in masking.mask_values(params.values).items())
        lines.append(f"  params  {record.params} ({shown})")
    lines += [f"  work    {record.work}", f"  logs    {places.uri(places.logs)}"]
    lines += [f"  output  {record.output}"] if record.output else []
    for option in masking.list_secrets(started.command):
        what = f"the value of {option}" if option.startswith("-") else "an argument"
        lines.append(f"! {what} looks like a secret: whoever may describe jobs can read it there")
    return "\n".join([*lines, f"  next    {typed.command(f'show-run {record.name}')}"])


def render_ended(record: RunRecord, job: Job, left: int, outputs: Outputs | None) -> str:
    """Say how the head ended, how many tasks it left, and what lies in the folder of the results."""
    last = job.last
    code = f", exit code {last.exit_code}" if last and last.exit_code is not None else ""
    mark = "✓" if job.status == "SUCCEEDED" else "✗"
    lines = [f"{mark} {record.name}: {job.status}{code}{f' ({job.reason})' if job.status == 'FAILED' else ''}"]
    if job.status == "FAILED":
        ending = endings.explain(job.reason, last.container_reason if last else "", last.exit_code if last else None)
        lines += [f"  means   {ending.meaning}"] if ending else []
        lines.append(
            f"  try     {typed.command(f'show-run {record.name}')}; then run it again with --resume {record.name}"
        )
    if left:
        lines.append(f"! {words.count(left, 'task')} not over: {typed.command('list-runs --orphans --terminate')}")
    return "\n".join([*lines, *render_outputs(record, outputs)])


def render_outputs(record: RunRecord, outputs: Outputs | None, label: str = "output  ") -> Iterator[str]:
    """The files of the results, the first of them by name; `label` stands in a column."""
    if outputs is None:
        return
    yield f"  {label}{record.output}: {words.count(outputs.count, 'file')}, {words.format_size(outputs.size)}"
    yield from (f"    {words.format_size(file.size):>10}  {file.name}" for file in outputs.files)
    if outputs.count > len(outputs.files):
        yield f"    … and {outputs.count - len(outputs.files)} more"


def make_document(
    started: Started, places: Places, region: str, *, resumed: bool, job: Job | None, exit_code: int | None,
    outputs: Outputs | None,
) -> dict[str, Any]:  # fmt: skip
    """Give the run as a document for programs; what was not waited for is null."""
    record = started.record
    return {
        "name": record.name, "id": record.id, "environment": record.environment, "region": region,
        "pipeline": record.shown_pipeline, "revision": record.revision, "project": record.shown_project,
        "resumed": resumed, "job": started.job, "queue": record.queue, "command": masking.mask_words(started.command),
        "params": record.params, "work": record.work, "output": record.output, "config": record.config,
        "logs": places.uri(places.logs), "status": job.status if job else None, "exit_code": exit_code,
        "outputs": make_outputs_document(outputs),
    }  # fmt: skip


def make_outputs_document(outputs: Outputs | None) -> dict[str, Any] | None:
    if outputs is None:
        return None
    files = [{"name": file.name, "bytes": file.size, "written": file.written} for file in outputs.files]
    return {"files": files, "count": outputs.count, "bytes": outputs.size}
