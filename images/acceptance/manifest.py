"""The manifest: what was built, from what, and the proof; and the timeline beside it."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import kiln
from cloud.session import Cloud
from images.acceptance.acceptance import Accepted
from images.builder import imaging, machine
from images.builder.footprint import DiskUse
from images.builder.launch import Launched
from images.builder.machine import Proof
from images.plan.plan import Plan
from images.record import timeline
from images.record.report import Report
from kiln import atomic

SCHEMA = 1


def write(
    cloud: Cloud,
    plan: Plan,
    image: dict[str, Any],
    status: str,
    report: Report,
    proofs: list[Proof],
    accepted: Accepted | None,
    added: DiskUse,
    builder: Launched,
) -> dict[str, Any]:
    """Write manifest.json and timeline.svg into the build's folder, whole or not at all; returns the manifest."""
    document = {
        "schema": SCHEMA,
        "kiln": {"version": kiln.__version__, "revision": revision()},
        "ami": {"id": image["ImageId"], "name": plan.ami_name, "region": cloud.region, "status": status,
                "snapshots": imaging.snapshots_of(image), "architecture": plan.base.arch},
        "base": {"id": plan.base.id, "name": plan.base.name, "created": plan.base.created.isoformat()},
        "image": plan.boot.spec.name,
        "key": plan.boot.key,
        "inputs": plan.inputs,
        "why": plan.why,
        "build": plan.boot.build_id,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(report.now(), 1),
        "builder": {"instance": builder.instance_id, "type": builder.placement.instance_type,
                    "zone": builder.placement.subnet.zone},
        "machines": report.machines,
        "added_bytes": {"used": added.used, "written": added.written},
        "calls": dict(cloud.calls.most_common()),
        "steps": [{"name": s.name, "start": round(s.start, 2), "seconds": round(s.end - s.start, 2), "depth": s.depth}
                  for s in report.spans],
        "checks": {"builder": machine.as_json(proofs), "image": machine.as_json(accepted.proofs) if accepted else None},
        "versions": dict(accepted.facts.software) if accepted else None,
        "packages": accepted.facts.packages if accepted else None,
        "spec": plan.boot.spec.model_dump(mode="json"),
    }  # fmt: skip
    title = f"{plan.ami_name}: {image['ImageId']}, {report.total()}"
    atomic.write(plan.boot.folder / "timeline.svg", timeline.svg(title, report.spans))
    atomic.write(plan.boot.folder / "manifest.json", json.dumps(document, indent=1, default=str) + "\n")
    return document


def revision() -> str:
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
