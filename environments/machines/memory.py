"""What jobs can have of a machine's memory: less than its instance type promises.

What a machine of the type has registered with ECS is better than what was measured elsewhere, and that is better than
an estimate. Source: https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html
"""

from collections.abc import Mapping

from environments.machines.instance_types import InstanceType

RESERVED = 32
"""MiB that the agent of AWS Batch's own images, and of those that were measured, keeps from jobs."""

# MiB that machines with the ECS-optimized AMI registered
MEASURED = {
    "c5.large": 3714, "c5.xlarge": 7634, "c5.2xlarge": 15434, "c5.4xlarge": 31152, "c5.9xlarge": 70351,
    "c5.18xlarge": 140780, "m5.large": 7690, "m5.xlarge": 15586, "m5.2xlarge": 31377, "m5.4xlarge": 62960,
    "r4.large": 15292, "m4.large": 7985,
}  # fmt: skip


def find_available(instance_type: InstanceType, registered: Mapping[str, int], kept: int = 0) -> int:
    """Return the MiB that a machine of this type has for jobs; `registered` is what ECS knows, by type.

    `kept` is what the ECS agent reserves beyond the `RESERVED` of measured machines; what was measured before it did
    counts no more.
    """
    usual = MEASURED.get(instance_type.name) or estimate(instance_type.memory)
    seen = registered.get(instance_type.name) or usual
    return max(0, min(seen, usual - kept)) if kept else seen


def estimate(promised: int) -> int:
    """Estimate the MiB, a little on the low side: what kernel, agent and Batch keep grows with the machine."""
    return max(0, int(promised * 0.955) - 200)


def is_measured(instance_type: InstanceType, registered: Mapping[str, int]) -> bool:
    return instance_type.name in MEASURED or instance_type.name in registered
