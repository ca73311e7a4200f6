"""What jobs can have of a machine's memory: less than its type promises.

Source: https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html. What a machine of the type registered
with ECS beats what was measured elsewhere, which beats what is reckoned.
"""

from environments.doctor.picture.picture import Picture
from environments.plan.instance_types import InstanceType

# MiB that machines with the ECS-optimized AMI registered
MEASURED = {
    "c5.large": 3714, "c5.xlarge": 7634, "c5.2xlarge": 15434, "c5.4xlarge": 31152, "c5.9xlarge": 70351,
    "c5.18xlarge": 140780, "m5.large": 7690, "m5.xlarge": 15586, "m5.2xlarge": 31377, "m5.4xlarge": 62960,
    "r4.large": 15292, "m4.large": 7985,
}  # fmt: skip


def registered(kind: InstanceType, picture: Picture) -> int:
    """MiB that a machine of this type has for jobs."""
    seen = [each.memory for each in picture.machines if each.instance_type == kind.name and each.memory]
    return min(seen) if seen else MEASURED.get(kind.name) or reckoned(kind.memory)


def reckoned(promised: int) -> int:
    """MiB, a little on the low side: what kernel, agent and Batch keep grows with the machine."""
    return max(0, int(promised * 0.955) - 200)


def is_measured(kind: InstanceType, picture: Picture) -> bool:
    return kind.name in MEASURED or any(each.instance_type == kind.name for each in picture.machines)
