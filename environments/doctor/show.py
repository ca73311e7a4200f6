"""Texts of the doctor (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from environments.doctor.checks.finding import Finding
from environments.doctor.facts.compute_environments import short_name
from environments.doctor.facts.picture import Part
from environments.doctor.job import Explanation
from kiln import typed, words

Findings = Mapping[str, Sequence[Finding]]
"""Environment → its findings; "" is what belongs to no environment."""
_MARKS = {"error": "✗", "warning": "!"}
_PARTS: dict[Part, str] = {
    "jobs": "jobs in the queues", "definitions": "job definitions", "images": "AMIs", "templates": "launch templates",
    "network": "subnets, routes and security groups", "types": "instance types", "quotas": "quotas",
    "roles": "roles and instance profiles", "rights": "the rights of roles", "agents": "ECS agents",
    "keys": "KMS keys", "volumes": "volumes", "references": "key pairs and placement groups",
    "outside": "log groups and images that job definitions name", "recent": "jobs of the last day",
    "logs": "how long logs are kept", "nextflow": "Nextflow's job definitions",
}  # fmt: skip


def render_table(findings: Findings, unseen: Mapping[Part, str], checks: int, seconds: float) -> str:
    """Write a heading for every environment, its findings with their fixes, and what could not be looked at."""
    effort = f"{words.count(checks, 'check')}, {words.format_seconds(seconds)}"
    healthy = "? {}: no findings in what could be looked at" if unseen else "✓ {}: healthy"
    blocks = [_block(name, own, effort, healthy) for name, own in findings.items() if name or own]
    blocks += [render_unseen(unseen)] if unseen else []
    return "\n".join(blocks)


def _block(name: str, findings: Sequence[Finding], effort: str, healthy: str) -> str:
    if not findings:
        return f"{healthy.format(name):<64}{effort}"
    heading = f"{name or 'this account'}: {words.count(len(findings), 'finding')}"
    return "\n".join([f"{heading:<64}{effort}" if name else heading, *map(render_finding, findings)])


def render_finding(finding: Finding) -> str:
    return (
        f"{_MARKS[finding.severity]} {finding.what}\n    why   {finding.why}\n    fix   {typed.pasteable(finding.fix)}"
    )


def render_unseen(unseen: Mapping[Part, str]) -> str:
    return "\n".join(f"! could not look at {_PARTS[part]}: {why}" for part, why in unseen.items())


def render_nothing(region: str) -> str:
    return f"✓ {region} has no environment of Kiln's. Register one: {typed.command('register-env')}"


def render_job(explanation: Explanation) -> str:
    """Write a job down: what it asks for, how it is, and what to do."""
    about = explanation.job
    gpus = f", {words.count(about.gpus, 'GPU')}" if about.gpus else ""
    lines = [
        f"job {about.id} ({about.name})",
        f"  asks   {words.count(about.vcpus, 'vCPU')}, {about.memory} MiB{gpus}",
        f"  queue  {short_name(about.queue)}",
        f"  state  {explanation.state}",
    ]
    lines += [render_finding(explanation.finding)] if explanation.finding else []
    lines += [render_unseen(explanation.unseen)] if explanation.unseen else []
    return words.show_signs("\n".join(lines))


def make_document(region: str, findings: Findings, unseen: Mapping[Part, str], checks: int) -> dict[str, Any]:
    """Make the same as a JSON document."""
    every = [
        {"environment": name or None, **render_plain(finding)} for name, own in findings.items() for finding in own
    ]
    return {
        "region": region, "environments": [name for name in findings if name], "healthy": not every and not unseen,
        "checks": checks, "findings": every, "unseen": dict(unseen),
    }  # fmt: skip


def make_job_document(region: str, explanation: Explanation) -> dict[str, Any]:
    about, finding = explanation.job, explanation.finding
    return {
        "region": region, "job": about.id, "name": about.name, "queue": about.queue, "status": about.status,
        "reason": about.reason, "told": explanation.state, "waited_seconds": round(about.waited),
        "vcpus": about.vcpus, "memory_mib": about.memory, "gpus": about.gpus,
        "findings": [render_plain(finding)] if finding else [], "unseen": dict(explanation.unseen),
    }  # fmt: skip


def render_plain(finding: Finding) -> dict[str, str]:
    """Turn a finding into what a JSON document has of it."""
    plain = {key: value for key, value in asdict(finding).items() if key != "cause"}
    return {**plain, "fix": typed.pasteable(finding.fix)}
