"""What an instance registers as memory with ECS: less than its type promises, by what the kernel and Batch keep.

Source: https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html. The table was measured on instances
of Batch's default image; other types are reckoned from it, a little on the low side.
"""

from sandbox.ec2.model.instance_types import memory_mib

MEASURED = {
    "c5.large": 3714, "c5.xlarge": 7634, "c5.2xlarge": 15434, "c5.4xlarge": 31152, "c5.9xlarge": 70351,
    "c5.18xlarge": 140780, "m5.large": 7690, "m5.xlarge": 15586, "m5.2xlarge": 31377, "m5.4xlarge": 62960,
    "r4.large": 15292, "m4.large": 7985,
}  # fmt: skip


def estimate_registered(instance_type: str) -> int:
    """Estimate the MiB that jobs can have on an instance of this type."""
    return MEASURED.get(instance_type) or int(memory_mib(instance_type) * 0.955) - 200
