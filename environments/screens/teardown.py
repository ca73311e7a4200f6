"""Texts of destroy-env (pure)."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from environments.kinds.batch.jobs import Job
from environments.teardown.destroy import Plan
from kiln import typed, words

_MARK = {"delete": "-", "untag": "~", "keep": "="}
_MOST = 10  # jobs that are named


def render_plan(plan: Plan, command: str) -> str:
    """Show the plan: a line for every resource, and the jobs that would be ended."""
    lines = [f"{plan.environment} in {plan.region}"]
    for step in plan.steps:
        text = f"  {_MARK[step.action]}  {step.existing.kind:<18} {step.existing.name}"
        lines.append(text + (f"   {step.why}" if step.why else ""))
    lines += [f"  -  {'AMI':<18} {ami}   with its snapshots" for ami in plan.doomed]
    lines += [f"  =  {'AMI':<18} {ami}   stays; --with-ami {ami} deletes it" for ami in plan.amis]
    lines += render_jobs(plan.jobs)
    count = Counter(step.action for step in plan.steps)
    lines.append(
        f"{count['delete'] + len(plan.doomed)} to delete, {count['untag']} to leave to others, "
        f"{count['keep'] + len(plan.amis)} to keep."
        + (f" Do it with: {typed.command(command)}" if plan.something_to_do else " Nothing to do.")
    )
    return "\n".join(lines)


def render_jobs(jobs: Sequence[Job]) -> list[str]:
    """List the jobs that would be ended, a line for every job, ten at most."""
    if not jobs:
        return []
    more = len(jobs) - _MOST
    return [
        f"  !  {words.count(len(jobs), 'job')} would be ended:",
        *(f"       {job}" for job in jobs[:_MOST]),
        *([f"       and {more} more"] if more > 0 else []),
    ]


def render_destroyed(plan: Plan, seconds: str, calls: int) -> str:
    """Say what a tear-down that went well has deleted and kept."""
    count = Counter(step.action for step in plan.steps)
    lines = [
        f"✓ {plan.environment} is down   {count['delete'] + len(plan.doomed)} deleted   {seconds}, {calls} AWS calls"
    ]
    lines += [
        f"  kept    {step.existing.kind} {step.existing.name}: {step.why}"
        for step in plan.steps
        if step.action == "keep"
    ]
    lines += [f"  kept    AMI {ami}" for ami in plan.amis]
    return "\n".join(lines)


def make_document(plan: Plan, *, applied: bool) -> dict[str, Any]:
    """Give the plan as a document for programs."""
    return {
        "environment": plan.environment, "region": plan.region,
        "something_to_do": plan.something_to_do and not applied, "applied": applied,
        "resources": [
            {"kind": step.existing.kind, "name": step.existing.name, "id": step.existing.id, "action": step.action,
             "why": step.why} for step in plan.steps
        ],
        "jobs": [vars(job) for job in plan.jobs], "amis_to_delete": plan.doomed, "amis_kept": plan.amis,
    }  # fmt: skip
