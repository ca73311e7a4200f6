"""What AWS says of instance types, from moto's recorded DescribeInstanceTypes."""

from collections.abc import Mapping
from typing import Any

from moto.ec2.models.instance_types import INSTANCE_TYPES


def facts(name: str) -> Mapping[str, Any] | None:
    """Return the type's description as the API gives it; None for an unknown type."""
    found: Mapping[str, Any] | None = INSTANCE_TYPES.get(name)
    return found


def architectures(name: str) -> list[str]:
    """Return ["x86_64"], ["i386", "x86_64"] or ["arm64"]; [] for an unknown type."""
    description = facts(name)
    return list(description["ProcessorInfo"]["SupportedArchitectures"]) if description else []


def memory_mib(name: str) -> int:
    description = facts(name)
    return int(description["MemoryInfo"]["SizeInMiB"]) if description else 0


def vcpus(name: str) -> int:
    description = facts(name)
    return int(description["VCpuInfo"]["DefaultVCpus"]) if description else 0


def gpus(name: str) -> int:
    description = facts(name)
    return sum(int(gpu.get("Count", 0)) for gpu in (description or {}).get("GpuInfo", {}).get("Gpus", []))


def instance_stores_gib(name: str) -> tuple[int, ...]:
    """Return the sizes of the type's NVMe instance-store disks; () for a type without. AWS gives them in GB."""
    storage = (facts(name) or {}).get("InstanceStorageInfo") or {}
    if storage.get("NvmeSupport") not in ("required", "supported"):
        return ()
    disks = storage.get("Disks", ())
    return tuple(disk["SizeInGB"] * 10**9 // 2**30 for disk in disks for _ in range(disk["Count"]))
