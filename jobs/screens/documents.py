"""A job as a document for programs (pure)."""

from datetime import datetime
from typing import Any

from environments.doctor import show as doctor
from jobs.looks.whole import Whole
from jobs.model.job import Attempt
from jobs.model.place import Machine
from jobs.screens.listed import make_array_document
from jobs.screens.states import list_states, meaning_of
from kiln.secrets import masking


def make_document(whole: Whole, now: datetime) -> dict[str, Any]:
    """Give all that is known of a job; times are ISO 8601 in UTC, memory is in MiB."""
    job = whole.job
    return {
        "region": whole.region, "id": job.id, "name": job.name, "queue": job.queue, "definition": job.definition,
        "status": job.status, "reason": job.reason, "meaning": _meaning(whole),
        "cancelled": job.cancelled, "terminated": job.terminated, "image": job.image,
        "command": masking.mask_command(job.command),
        "asks": {"vcpus": job.vcpus, "memory_mib": job.memory, "gpus": job.gpus},
        "attempts_allowed": job.allowed, "timeout_seconds": job.timeout, "depends_on": list(job.depends_on),
        "created": job.created, "started": job.started, "stopped": job.stopped,
        "array": make_array_document(job.array),
        "states": [{"at": moment, "what": what} for moment, what in list_states(whole, now)],
        "machine": _machine(whole.machine), "attempts": [_attempt(whole, attempt) for attempt in job.attempts],
        "waits": _waits(whole),
        "log": {
            "group": job.log_group, "stream": job.last.stream if job.last else "", "note": whole.no_log,
            "lines": [{"at": line.at, "text": line.text} for line in whole.lines],
        },
        "unchecked": [str(unchecked) for unchecked in whole.unchecked],
    }  # fmt: skip


def _meaning(whole: Whole) -> str:
    last = whole.job.last
    if last and last.ending and whole.job.is_over:
        return last.ending.meaning
    return meaning_of(whole.job)


def _machine(machine: Machine | None) -> dict[str, Any] | None:
    if machine is None:
        return None
    return {
        "instance": machine.instance, "type": machine.type, "zone": machine.zone, "spot": machine.spot,
        "compute_environment": machine.environment, "ami": machine.ami, "agent": machine.agent,
        "docker": machine.docker, "registered_mib": machine.memory, "known_to_ecs": machine.known,
    }  # fmt: skip


def _attempt(whole: Whole, attempt: Attempt) -> dict[str, Any]:
    ending = attempt.ending
    return {
        "number": attempt.number, "over": attempt.over, "started": attempt.started, "stopped": attempt.stopped,
        "exit_code": attempt.exit_code, "reason": attempt.reason, "container_reason": attempt.container_reason,
        "meaning": ending.meaning if ending else "", "hint": ending.hint if ending else "",
        "log_stream": attempt.stream, "task": attempt.task,
        "machine": _machine(whole.machines.get(attempt.machine)),
    }  # fmt: skip


def _waits(whole: Whole) -> dict[str, Any] | None:
    """What the doctor says of it."""
    explanation = whole.explanation
    if explanation is None:
        return None
    finding = explanation.finding
    return {
        "told": explanation.state, "waited_seconds": round(explanation.job.waited),
        "findings": [doctor.render_plain(finding)] if finding else [], "unseen": dict(explanation.unseen),
    }  # fmt: skip
