"""A job in words (pure): what it asks for, where it ran, its states with times, its attempts, its log."""

from collections.abc import Iterator
from datetime import datetime

from environments.doctor import show as doctor
from environments.doctor.facts.compute_environments import short_name
from jobs.looks.logs import Line
from jobs.looks.whole import Whole
from jobs.model.job import Attempt, Job
from jobs.model.place import Machine
from jobs.screens.listed import render_counts
from jobs.screens.states import meaning_of, render_life
from jobs.screens.times import render_span
from kiln import typed, words
from kiln.secrets import masking

_COMMAND = 100  # characters of a command


def render(whole: Whole, now: datetime) -> str:
    """Write a job down."""
    lines = [*_head(whole), *render_life(whole, now), *_attempts(whole, now), *_why(whole), *_log(whole)]
    return words.show_signs("\n".join(lines))


def _head(whole: Whole) -> Iterator[str]:
    job = whole.job
    yield f"job {job.id} ({job.name})"
    yield f"  state   {render_state(job)}"
    gpus = f", {words.count(job.gpus, 'GPU')}" if job.gpus else ""
    yield f"  asks    {words.count(job.vcpus, 'vCPU')}, {job.memory} MiB{gpus}{_limits(job)}"
    yield f"  queue   {short_name(job.queue)}; {job.definition.rpartition('/')[2]}"
    if job.image:
        yield f"  image   {job.image}"
    if job.command:
        command = " ".join(masking.mask_command(job.command)).replace("\n", " ")
        yield f"  command {command if len(command) <= _COMMAND else command[: _COMMAND - 1] + '…'}"
    if job.array and job.array.size:
        yield f"  array   {words.count(job.array.size, 'child')}".replace("childs", "children") + _of_array(whole)
    elif job.array and job.array.index is not None:
        yield f"  array   child {job.array.index} of {job.id.rpartition(':')[0]}"
    if waits := [dependency for dependency in job.depends_on if dependency]:
        yield f"  after   {', '.join(waits)}"
    if whole.machine:
        yield f"  machine {render_machine(whole.machine)}"


def _of_array(whole: Whole) -> str:
    array = whole.job.array
    return f": {render_counts(array)}" if array and array.counts else ""


def _limits(job: Job) -> str:
    limits = [f"at most {words.format_seconds(job.timeout)}"] if job.timeout else []
    limits += [f"{job.allowed} attempts"] if job.allowed > 1 else []
    return f"; {', '.join(limits)}" if limits else ""


def render_state(job: Job) -> str:
    """FAILED: what AWS Batch says of it, and by whom it was ended."""
    ended = " (cancelled)" if job.cancelled else " (terminated)" if job.terminated else ""
    return job.status + ended + (f": {job.reason}" if job.reason else "")


def render_machine(machine: Machine) -> str:
    """i-0c9d…, c5.2xlarge, us-east-1b, Spot, in spot; what nobody knows any more is left out."""
    market = {True: "Spot", False: "On-Demand", None: ""}[machine.spot]
    parts = [machine.instance, machine.type, machine.zone, market]
    parts += [f"in {machine.environment}"] if machine.environment else []
    parts += [f"{machine.memory} MiB registered"] if machine.memory else []
    parts += [] if machine.known else ["ECS has forgotten the machine"]
    return ", ".join(part for part in parts if part)


def _attempts(whole: Whole, now: datetime) -> Iterator[str]:
    for attempt in whole.job.attempts:
        ran = render_span(attempt.started, attempt.stopped, now) or "never ran"
        yield f"  attempt {attempt.number} of {max(whole.job.allowed, attempt.number)}: {_outcome(attempt)} ({ran})"
        machine = whole.machines.get(attempt.machine)
        if machine and machine != whole.machine:
            yield f"    where   {render_machine(machine)}"
        if attempt.container_reason:
            yield f"    Docker  {attempt.container_reason}"
        if ending := attempt.ending:
            yield f"    means   {ending.meaning}"
            if ending.hint:
                yield f"    try     {ending.hint}"


def _outcome(attempt: Attempt) -> str:
    if not attempt.over:
        return "under way"
    code = f", exit code {attempt.exit_code}" if attempt.exit_code is not None else ", no exit code"
    return (attempt.reason or "ended") + code


def _why(whole: Whole) -> Iterator[str]:
    """Why it waits, or why it never ran; and what could not be looked at."""
    explanation, job = whole.explanation, whole.job
    if explanation:
        yield f"  waits   {explanation.state}"
        if explanation.finding:
            yield doctor.render_finding(explanation.finding)
        if explanation.unseen:
            yield doctor.render_unseen(explanation.unseen)
    for child in whole.failed:
        index = child.id.rpartition(":")[2]
        yield f"  child {index} FAILED: {child.ending.meaning if child.ending else child.reason}"
    if whole.failed_count > len(whole.failed):
        yield f"  {whole.failed_count - len(whole.failed)} more of its children FAILED"
    if whole.failed:
        yield f"  next    {typed.command(f'show-job {whole.failed[0].id}')}"
    ending = meaning_of(job)
    if ending:
        yield f"  means   {ending}"
    for unchecked in whole.unchecked:
        yield f"  ! {unchecked}"


def _log(whole: Whole) -> Iterator[str]:
    if whole.no_log:
        yield f"  log     {whole.no_log}"
    elif whole.lines:
        stream = whole.job.last.stream if whole.job.last else ""
        yield f"  log     the last {words.count(len(whole.lines), 'line')} of {whole.job.log_group}, {stream}"
        yield from map(render_line, whole.lines)


def render_line(line: Line) -> str:
    return f"    {line.at:%H:%M:%SZ}  {line.text}"
