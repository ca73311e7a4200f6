"""The stand-in images: Debian machines in the place of the ECS-optimized Amazon Linux ones.

They carry names like the originals' and their disks; the description says what they really are. Sizes and dates:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-optimized_AMI.html
"""

import hashlib
from dataclasses import dataclass

OWNER = "591542846629"  # Amazon's ECS account
ALIAS = "amazon"


@dataclass(frozen=True)
class StandIn:
    """`kind` is what the hypervisor builds ("al1", "al2", "al2023"); None: a record that no machine can boot.

    `root_gib`, `data_gib` are /dev/xvda and the blank /dev/xvdcz of AL1 (GiB; 0: none).
    """

    alias: str
    kind: str | None
    name: str
    os: str
    architecture: str
    agent: str
    docker: str
    created: str
    root_gib: int = 30
    data_gib: int = 0
    root_type: str = "gp2"
    deprecated: str = ""

    @property
    def description(self) -> str:
        return f"Debian stand-in for {self.os}, ECS-optimized ({self.name}), of Kiln's sandbox"

    def image_id(self, region: str) -> str:
        return "ami-" + _hex(region, self.name)

    def snapshot_id(self, region: str) -> str:
        return "snap-" + _hex(region, self.name)


def _hex(region: str, name: str) -> str:
    return hashlib.sha256(f"{region}/{name}".encode()).hexdigest()[:17]


STAND_INS = (
    StandIn("amazon-linux-2023", "al2023", "al2023-ami-ecs-hvm-2023.0.20261002-kernel-6.1-x86_64",
            "Amazon Linux 2023", "x86_64", "1.99.0", "Docker version 25.0.8", "2026-10-02T19:08:11", root_type="gp3",
            deprecated="2028-10-02T19:08:11"),
    StandIn("amazon-linux-2023/arm64", None, "al2023-ami-ecs-hvm-2023.0.20261002-kernel-6.1-arm64",
            "Amazon Linux 2023", "arm64", "1.99.0", "Docker version 25.0.8", "2026-10-02T19:08:12", root_type="gp3",
            deprecated="2028-10-02T19:08:12"),
    StandIn("amazon-linux-2023/gpu", None, "al2023-ami-ecs-gpu-hvm-2023.0.20261002-kernel-6.1-x86_64-ebs",
            "Amazon Linux 2023 (GPU)", "x86_64", "1.99.0", "Docker version 25.0.8", "2026-10-02T19:08:13",
            root_type="gp3", deprecated="2028-10-02T19:08:13"),
    StandIn("amazon-linux-2", "al2", "amzn2-ami-ecs-hvm-2.0.20260620-x86_64-ebs",
            "Amazon Linux 2", "x86_64", "1.97.1", "Docker version 25.0.8", "2026-06-20T18:22:40",
            deprecated="2028-06-20T18:22:40"),
    StandIn("amazon-linux-2/arm64", None, "amzn2-ami-ecs-hvm-2.0.20260620-arm64-ebs",
            "Amazon Linux 2", "arm64", "1.97.1", "Docker version 25.0.8", "2026-06-20T18:22:41",
            deprecated="2028-06-20T18:22:41"),
    StandIn("amazon-linux-2/gpu", None, "amzn2-ami-ecs-gpu-hvm-2.0.20260620-x86_64-ebs",
            "Amazon Linux 2 (GPU)", "x86_64", "1.97.1", "Docker version 25.0.8", "2026-06-20T18:22:42",
            deprecated="2028-06-20T18:22:42"),
    StandIn("amazon-linux", "al1", "amzn-ami-2018.03.20240201-amazon-ecs-optimized",
            "Amazon Linux AMI 2018.03", "x86_64", "1.51.0", "Docker version 20.10.13", "2024-02-01T20:00:00",
            root_gib=8, data_gib=22, deprecated="2026-02-01T20:00:00"),
)  # fmt: skip


def find_by_snapshot(snapshot_id: str, region: str) -> StandIn | None:
    """Find the stand-in whose root disk this snapshot is; None for any other."""
    return next((stand_in for stand_in in STAND_INS if stand_in.snapshot_id(region) == snapshot_id), None)


def find_by_image(image_id: str, region: str) -> StandIn | None:
    return next((stand_in for stand_in in STAND_INS if stand_in.image_id(region) == image_id), None)
