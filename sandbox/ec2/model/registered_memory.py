"""What an instance registers as memory with ECS: less than its type promises, by what kernel, firmware and Batch keep.

ECS registers what the kernel counts, in whole MiB (amazon-ecs-agent, MemTotal of /proc/meminfo), less
ECS_RESERVED_MEMORY. The figures are those of machines that reserve 32 MiB, as AWS Batch's own image does: a guest
of the type is given so much memory that its kernel counts that more.
"""

from sandbox.ec2.model.instance_types import memory_mib

RESERVED_MIB = 32

_BATCH = (
    "registeredResources of instances with Batch's default image, read as "
    "https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html tells"
)
_PIPELINE = "registeredResources of a Nextflow pipeline's machines, whose processes ask for 15400.MB and then 31100.MB"
_ECS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html (free, in bytes)"
# Instance type → MiB, and where the figure comes from. It drifts with the kernel by a MiB now and then.
RECORDED: dict[str, tuple[int, str]] = {
    "c5.large": (3714, _BATCH),
    "c5.xlarge": (7634, _BATCH),
    "c5.2xlarge": (15434, _PIPELINE),
    "c5.4xlarge": (31152, _PIPELINE),
    "c5.9xlarge": (70351, _BATCH),
    "c5.18xlarge": (140780, _BATCH),
    "m4.large": (7985, _ECS),
    "m5.large": (7690, _BATCH),
    "m5.xlarge": (15586, _BATCH),
    "m5.2xlarge": (31377, _BATCH),
    "m5.4xlarge": (62960, _BATCH),
    "r4.large": (15292, _BATCH),
}


def find_registered_mib(instance_type: str) -> int:
    """Return the recorded MiB, else an estimate; 0 for an unknown type."""
    recorded = RECORDED.get(instance_type)
    return recorded[0] if recorded else estimate_mib(memory_mib(instance_type))


def find_counted_mib(instance_type: str) -> int:
    """Return the MiB that the kernel of such a machine counts; 0 for an unknown type."""
    registered = find_registered_mib(instance_type)
    return registered + RESERVED_MIB if registered else 0


def estimate_mib(promised_mib: int) -> int:
    """Estimate it, a little on the low side: 4.5 % and 200 MiB less than promised, of small types less by a tenth."""
    return int(promised_mib * 0.955) - min(200, promised_mib // 20)
