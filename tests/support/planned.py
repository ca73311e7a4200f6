"""A planned build, and what came of it, without AWS."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from images.acceptance.acceptance import Accepted
from images.acceptance.manifest import Evidence
from images.builder.footprint import DiskUse
from images.builder.launch import Launched
from images.builder.provisioning import Proof
from images.plan.estimate import Estimate
from images.plan.plan import Plan
from provision.ssh.versions import Versions
from tests.support.base_image import BASE
from tests.support.booting import FIRST, boot

MAPPINGS = [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 40, "VolumeType": "gp3", "Encrypted": True}}]


def plan_build(folder: Path, **more: Any) -> Plan:
    """`more` are further keys of the definition."""
    inputs = {"base": BASE.id, "recipe": "0123abcd"}
    price = Estimate(8.0, 0.023, 2.5)
    return Plan(boot(folder, **more), BASE, "x-name", MAPPINGS, inputs, "a reason", "docker=1", price, None)


def evidence(*, accepted: bool = True) -> Evidence:
    """Two checks that passed on the builder, and one on a machine booted from the AMI."""
    builder = Launched("i-1", FIRST, "203.0.113.9", datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    proofs = [Proof("docker", True, 0.5, "25.0"), Proof("root", True, 0.1, "")]
    facts = Versions({"docker": "25.0"}, ("bash 5 x86_64",), 1234)
    seen = Accepted([Proof("ecs", True, 1.0, "")], facts) if accepted else None
    return Evidence(builder, proofs, DiskUse(4096, 8192), seen)
