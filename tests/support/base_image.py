"""A base AMI as EC2 describes it, with a blank second volume: what a decision needs of one."""

from datetime import UTC, datetime

from images.amis.base import BaseDisk, BaseImage

BASE = BaseImage(
    "ami-0aaa1111bbbb2222c",
    "base",
    "x86_64",
    "/dev/xvda",
    (BaseDisk("/dev/xvda", 30, "snap-0a"), BaseDisk("/dev/xvdcz", 22, None)),
    datetime(2026, 1, 1, tzinfo=UTC),
)
