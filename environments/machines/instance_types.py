"""Find which machines a compute environment may launch: their architecture, their vCPUs, and how many at most."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cloud.looks import Looks
from cloud.machine_images import Chosen, Family
from cloud.pages import list_all
from cloud.session import Cloud
from environments.machines.families import describe_unknown, is_allowed, list_families, refuse_never
from environments.spec.compute import ComputeEnvironment
from environments.spec.environment import EnvironmentSpec
from kiln.errors import UserError

# "Instance type compute environments", AWS Batch User Guide
GROUPS = {"optimal": "x86_64", "default_x86_64": "x86_64", "default_arm64": "arm64"}
_LEAST = 2  # vCPUs of the smallest size that these words stand for: large


@dataclass(frozen=True)
class InstanceType:
    """An instance type as EC2 describes it; `memory` in MiB, `stores` its NVMe instance-store disks."""

    name: str
    vcpus: int
    memory: int
    archs: tuple[str, ...]
    gpus: int = 0
    stores: int = 0


def look_up(cloud: Cloud, spec: EnvironmentSpec) -> Mapping[str, InstanceType]:
    """Look up all sizes of the families that the definition means, by type; raises UserError where EC2 lacks a name."""
    named = {name for compute in spec.compute_environments.values() for name in compute.instance_types}
    known = describe(cloud, {family for name in named - _unasked(spec) for family in list_families(name)})
    if missing := sorted(name for name in named - GROUPS.keys() if not _of(name, known)):
        raise describe_unknown(cloud.region, missing, _list_all(cloud))
    refuse_never(named)
    return known


def _list_all(cloud: Cloud) -> list[str]:
    """List all types of the region, which are asked for only where a name is not among them; none without the right."""

    def list_offers() -> list[str]:
        operation = "describe_instance_type_offerings"
        offers = list_all(cloud.ec2, operation, "InstanceTypeOfferings", LocationType="region")
        return [str(offer["InstanceType"]) for offer in offers]

    return Looks().at("the types of the region", list[str](), list_offers)


def _unasked(spec: EnvironmentSpec) -> set[str]:
    """The words for several families, where nothing is held against their sizes: a call less."""
    smallest = min(compute.max_vcpus for compute in spec.compute_environments.values())
    return set() if spec.job_definitions or smallest < _LEAST else set(GROUPS)


def describe(cloud: Cloud, names: Iterable[str]) -> Mapping[str, InstanceType]:
    """Describe types and families as EC2 knows them: a single call, and none where there are only groups."""
    patterns = sorted(name if "." in name else f"{name}.*" for name in set(names) - GROUPS.keys())
    if not patterns:
        return {}
    filters = [{"Name": "instance-type", "Values": patterns}]
    types = map(_read, list_all(cloud.ec2, "describe_instance_types", "InstanceTypes", Filters=filters))
    return {instance_type.name: instance_type for instance_type in types}


def _read(described: Mapping[str, Any]) -> InstanceType:
    return InstanceType(
        described["InstanceType"],
        described["VCpuInfo"]["DefaultVCpus"],
        described["MemoryInfo"]["SizeInMiB"],
        tuple(described["ProcessorInfo"]["SupportedArchitectures"]),
        sum(gpu.get("Count", 0) for gpu in described.get("GpuInfo", {}).get("Gpus", ()) if _is_nvidia(gpu)),
        _count_stores(described.get("InstanceStorageInfo", {})),
    )


def _count_stores(described: Mapping[str, Any]) -> int:
    """Count the disks of an instance store that are NVMe ones (InstanceStorageInfo, Amazon EC2 API Reference)."""
    if described.get("NvmeSupport") not in ("required", "supported"):
        return 0
    return sum(disk["Count"] for disk in described.get("Disks", ()))


def _is_nvidia(gpu: Mapping[str, Any]) -> bool:
    """Whether AWS Batch gives it to jobs: g4ad has GPUs of AMD ("Create a GPU-based job", AWS Batch User Guide)."""
    return str(gpu.get("Manufacturer", "NVIDIA")).upper() == "NVIDIA"


def _of(name: str, known: Mapping[str, InstanceType]) -> list[InstanceType]:
    """List the types behind a name of the definition: a type, or all sizes of a family."""
    return [known[full] for full in known if name in (full, full.partition(".")[0])]


def describe_most(compute: ComputeEnvironment, known: Mapping[str, InstanceType]) -> str:
    """Say how many machines there can be: at most 12 × c5.2xlarge; for families and groups, the vCPUs."""
    types = [machine for name in compute.instance_types for machine in _of(name, known)]
    if types and all("." in name for name in compute.instance_types):
        counts = {machine.name: compute.max_vcpus // machine.vcpus for machine in types}
        return "at most " + " or ".join(f"{count} × {name}" for name, count in counts.items() if count)
    return f"at most {compute.max_vcpus} vCPUs of {', '.join(compute.instance_types)}"


def refuse_small_limits(spec: EnvironmentSpec, known: Mapping[str, InstanceType]) -> None:
    """Raise UserError where max_vcpus is less than the smallest machine of a compute environment has."""
    for name, compute in spec.compute_environments.items():
        if _unasked(spec).intersection(compute.instance_types):
            continue
        types = [machine for machine in known.values() if is_allowed(compute.instance_types, machine.name)]
        smallest = min(types, key=lambda machine: (machine.vcpus, machine.name), default=None)
        if smallest and smallest.vcpus > compute.max_vcpus:
            raise UserError(
                f"max_vcpus of {name} is {compute.max_vcpus}, less than one machine has",
                f"{smallest.name}, the smallest of {', '.join(compute.instance_types)}, has {smallest.vcpus} vCPUs",
                f"Set max_vcpus: {smallest.vcpus} or more under compute_environments: {name}, or allow a smaller type.",
            )


def refuse_misfit(
    spec: EnvironmentSpec, chosen: Chosen, family: Family, known: Mapping[str, InstanceType]
) -> None:  # fmt: skip
    """Raise UserError where the AMI cannot run on the machines, or with the image type; before anything is changed."""
    image = chosen.image
    if family == "al1":
        raise UserError(
            f"{image.id} is Amazon Linux 1",
            "AWS Batch has no image type for it, and its support in ECS ended on 2025-09-15; use it only without "
            "AWS Batch",
            "Use an image on ecs/al2023.",
        )
    for name, compute in spec.compute_environments.items():
        if wrong := sorted({type_ for type_ in compute.instance_types if image.arch not in _archs(type_, known)}):
            raise UserError(
                f"{image.id} cannot run in {name}",
                f"the AMI is {image.arch}, and {', '.join(wrong)} is not",
                "Choose an AMI of the other architecture, or other instance_types.",
            )
        if compute.image_type and not compute.image_type.removesuffix("_NVIDIA") == f"ECS_{family.upper()}":
            raise UserError(
                f"{image.id} does not fit {name}",
                f"its image_type is {compute.image_type}, and the AMI is {family}",
                "Leave image_type out, or choose another AMI.",
            )
    _refuse_mixed_queues(spec, known)


def _archs(name: str, known: Mapping[str, InstanceType]) -> set[str]:
    if name in GROUPS:
        return {GROUPS[name]}
    return {arch for machine in _of(name, known) for arch in machine.archs}


def _refuse_mixed_queues(spec: EnvironmentSpec, known: Mapping[str, InstanceType]) -> None:
    """A queue's compute environments have the same architecture (CreateJobQueue, AWS Batch API Reference)."""
    for name, queue in spec.queues.items():
        archs = [
            {arch for type_ in spec.compute_environments[compute].instance_types for arch in _archs(type_, known)}
            for compute in queue.compute_environments
        ]
        if not set.intersection(*archs):
            raise UserError(f"the queue {name} mixes architectures", _list(queue.compute_environments, archs))


def _list(names: Sequence[str], archs: Sequence[set[str]]) -> str:
    return "; ".join(f"{name}: {', '.join(sorted(own))}" for name, own in zip(names, archs, strict=True))
