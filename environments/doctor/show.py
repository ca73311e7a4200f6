"""Texts of the doctor (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from environments.doctor.checks.one_job import Explained
from environments.doctor.picture.finding import Finding
from environments.doctor.picture.picture import Part
from kiln import typed, words

Existing = Mapping[str, Sequence[Finding]]
"""Environment → its findings; "" is what belongs to no one environment."""
_MARKS = {"error": "✗", "warning": "!"}
_PARTS: dict[Part, str] = {
    "jobs": "jobs in the queues", "definitions": "job definitions", "images": "AMIs", "templates": "launch templates",
    "network": "subnets, routes and security groups", "types": "instance types", "quotas": "quotas",
    "roles": "roles and instance profiles", "agents": "ECS agents", "keys": "KMS keys", "volumes": "volumes",
}  # fmt: skip


def table(existing: Existing, unseen: Mapping[Part, str], checks: int, seconds: float) -> str:
    """A heading for each environment, its findings with their fixes, and what could not be looked at."""
    did = f"{words.count(checks, 'check')}, {words.seconds(seconds)}"
    healthy = "no findings in what could be looked at" if unseen else "healthy"
    blocks = [_block(name, findings, did, healthy) for name, findings in existing.items() if name or findings]
    blocks += [unseen_text(unseen)] if unseen else []
    return "\n".join(blocks)


def _block(name: str, findings: Sequence[Finding], did: str, healthy: str) -> str:
    if not findings:
        return f"{f'✓ {name}: {healthy}':<64}{did}"
    heading = f"{name or 'this account'}: {words.count(len(findings), 'finding')}"
    return "\n".join([f"{heading:<64}{did}" if name else heading, *map(finding_text, findings)])


def finding_text(finding: Finding) -> str:
    return f"{_MARKS[finding.severity]} {finding.what}\n    why   {finding.why}\n    fix   {finding.fix}"


def unseen_text(unseen: Mapping[Part, str]) -> str:
    return "\n".join(f"! could not look at {_PARTS[part]}: {why}" for part, why in unseen.items())


def nothing(region: str) -> str:
    return f"✓ {region} has no environment of Kiln's. Register one: {typed.command('register-env')}"


def job(explained: Explained) -> str:
    """One job: what it asks for, how it is, and what to do."""
    one = explained.job
    gpus = f", {words.count(one.gpus, 'GPU')}" if one.gpus else ""
    lines = [
        f"job {one.id} ({one.name})",
        f"  asks   {words.count(one.vcpus, 'vCPU')}, {one.memory} MiB{gpus}",
        f"  queue  {one.queue.rpartition('/')[2]}",
        f"  state  {explained.told}",
    ]
    lines += [finding_text(explained.finding)] if explained.finding else []
    lines += [unseen_text(explained.picture.unseen)] if explained.picture.unseen else []
    return "\n".join(lines)


def document(region: str, existing: Existing, unseen: Mapping[Part, str], checks: int) -> dict[str, Any]:
    """The same for programs."""
    findings = [{"environment": name or None, **plain(each)} for name, some in existing.items() for each in some]
    return {
        "region": region, "environments": [name for name in existing if name], "healthy": not findings and not unseen,
        "checks": checks, "findings": findings, "unseen": dict(unseen),
    }  # fmt: skip


def job_document(region: str, explained: Explained) -> dict[str, Any]:
    one, finding = explained.job, explained.finding
    return {
        "region": region, "job": one.id, "name": one.name, "queue": one.queue, "status": one.status,
        "reason": one.reason, "told": explained.told, "waited_seconds": round(one.waited), "vcpus": one.vcpus,
        "memory_mib": one.memory, "gpus": one.gpus, "findings": [plain(finding)] if finding else [],
        "unseen": dict(explained.picture.unseen),
    }  # fmt: skip


def plain(finding: Finding) -> dict[str, str]:
    return {key: value for key, value in asdict(finding).items() if key != "cause"}
