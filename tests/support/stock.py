"""A stock AMI as EC2 describes it: what a decision needs of one."""

from datetime import UTC, datetime

from cloud.machine_images import Disk, MachineImage

STOCK = MachineImage(
    "ami-0aaa1111bbbb2222c", "stock", "x86_64", "/dev/xvda", (Disk("/dev/xvda", 30, "snap-0a"),),
    datetime(2026, 1, 1, tzinfo=UTC),
)  # fmt: skip
