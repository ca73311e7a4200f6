"""The manifest: what was built, from what, and the proof; and the timeline beside it."""

import json
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import kiln
from cloud.session import Cloud
from images.acceptance.acceptance import Accepted
from images.builder import imaging, provisioning
from images.builder.footprint import DiskUse
from images.builder.launch import Launched
from images.builder.provisioning import Proof
from images.plan.plan import Plan
from images.record import timeline
from images.record.report import Report
from kiln import atomic

SCHEMA = 1


@dataclass(frozen=True)
class Evidence:
    """What a build saw: its builder, the checks there, the bytes it added, and the acceptance (None if left out)."""

    builder: Launched
    proofs: list[Proof]
    added: DiskUse
    accepted: Accepted | None


def write(
    cloud: Cloud, plan: Plan, image: dict[str, Any], status: str, report: Report, evidence: Evidence
) -> dict[str, Any]:
    """Write manifest.json and timeline.svg into the build's folder, whole or not at all; returns the manifest."""
    document = {
        "schema": SCHEMA,
        "kiln": {"version": kiln.__version__, "revision": read_revision()},
        **_inputs(cloud, plan, image, status),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(report.now(), 1),
        "machines": report.machines,
        "calls": dict(cloud.calls.most_common()),
        "steps": [{"name": s.name, "start": round(s.start, 2), "seconds": round(s.end - s.start, 2), "depth": s.depth}
                  for s in report.spans],
        **_results(evidence),
        "spec": plan.boot.spec.model_dump(mode="json"),
    }  # fmt: skip
    title = f"{plan.ami_name}: {image['ImageId']}, {report.total()}"
    atomic.write(plan.boot.folder / "timeline.svg", timeline.draw(title, report.spans))
    atomic.write(plan.boot.folder / "manifest.json", json.dumps(document, indent=1, default=str) + "\n")
    return document


def _inputs(cloud: Cloud, plan: Plan, image: dict[str, Any], status: str) -> dict[str, Any]:
    """The AMI, and what it was made from."""
    return {
        "ami": {"id": image["ImageId"], "name": plan.ami_name, "region": cloud.region, "status": status,
                "snapshots": imaging.list_snapshots(image), "architecture": plan.base.arch},
        "base": {"id": plan.base.id, "name": plan.base.name, "created": plan.base.created.isoformat()},
        "image": plan.boot.spec.name,
        "gpu": plan.driver,
        "key": plan.boot.key,
        "inputs": plan.inputs,
        "why": plan.why,
        "build": plan.boot.build_id,
    }  # fmt: skip


def _results(evidence: Evidence) -> dict[str, Any]:
    """What the machines were and showed; None for an acceptance that was left out."""
    placement, accepted = evidence.builder.placement, evidence.accepted
    return {
        "builder": {"instance": evidence.builder.instance_id, "type": placement.instance_type,
                    "zone": placement.subnet.zone},
        "added_bytes": {"used": evidence.added.used, "written": evidence.added.written},
        "checks": {"builder": provisioning.as_json(evidence.proofs),
                   "image": provisioning.as_json(accepted.proofs) if accepted else None},
        "versions": dict(accepted.facts.software) if accepted else None,
        "packages": accepted.facts.packages if accepted else None,
    }  # fmt: skip


def read_revision() -> str:
    """The git revision of the clone that built, with + for uncommitted changes; "" outside a clone."""
    root = Path(__file__).parent.parent.parent

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, check=True, timeout=10
        ).stdout.strip()

    try:
        return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return ""
