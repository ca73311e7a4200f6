"""What a canary found out, in words and as a document (pure)."""

from collections.abc import Iterator
from typing import Any

from jobs.canary.verdict import Outcome, Result, Verdict
from kiln import typed, words

_MARKS = {"ok": "✓", "failed": "✗", "unchecked": "?"}


def render(result: Result) -> str:
    """Write a line for every check, its reason and its fix where it failed, and what is to be done next."""
    return "\n".join([*_render_queues(result), *_render_verdict(result.removal, ""), _sum_up(result)])


def _render_queues(result: Result) -> Iterator[str]:
    for queue, verdicts in result.verdicts.items():
        job = result.outcomes[queue].job
        yield f"{queue}" + (f"   job {job.id}" if job else "")
        for verdict in verdicts:
            yield from _render_verdict(verdict, "  ")


def _render_verdict(verdict: Verdict, indent: str) -> Iterator[str]:
    yield f"{indent}{_MARKS[verdict.state]} {verdict.name:<12} {verdict.what}"
    if verdict.state != "ok":
        yield from (
            f"{indent}    {label}   {text}" for label, text in (("why", verdict.why), ("fix", verdict.fix)) if text
        )


def _sum_up(result: Result) -> str:
    failed = sum(verdict.state == "failed" for verdict in result.all)
    unchecked = sum(verdict.state == "unchecked" for verdict in result.all)
    took = words.format_seconds(result.seconds)
    queues = words.count(len(result.verdicts), "queue")
    if failed:
        next_ = typed.command(f"doctor --env {result.environment}")
        return f"✗ {result.environment}: {words.count(failed, 'check')} failed, {queues}, {took}; next: {next_}"
    unseen = f"; {words.count(unchecked, 'check')} could not be made" if unchecked else ""
    return f"✓ {result.environment} runs jobs: {words.count(len(result.all), 'check')}, {queues}, {took}{unseen}"


def make_document(result: Result) -> dict[str, Any]:
    """Give it as a document for programs."""
    return {
        "environment": result.environment, "region": result.region, "run": result.run, "passed": result.passed,
        "seconds": round(result.seconds, 1), "swept": list(result.swept), "removed": _plain(result.removal),
        "queues": [
            {"queue": queue, **_facts(result.outcomes[queue]), "checks": [_plain(verdict) for verdict in verdicts]}
            for queue, verdicts in result.verdicts.items()
        ],
    }  # fmt: skip


def _facts(outcome: Outcome) -> dict[str, Any]:
    job, machine = outcome.job, outcome.machine
    return {
        "job": job.id if job else None, "status": job.status if job else None,
        "instance": machine.instance if machine else None, "instance_type": machine.type if machine else None,
        "zone": machine.zone if machine else None, "spot": machine.spot if machine else None,
        "registered_mib": machine.memory if machine else None, "ami": machine.ami if machine else None,
        "kernel": outcome.told("kernel"), "free_kib": int(free) if (free := outcome.told("free")).isdecimal() else None,
    }  # fmt: skip


def _plain(verdict: Verdict) -> dict[str, str]:
    return {
        "name": verdict.name, "state": verdict.state, "what": verdict.what, "why": verdict.why, "fix": verdict.fix,
    }  # fmt: skip
