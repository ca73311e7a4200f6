"""Which machines a compute environment may launch: their architecture, their vCPUs, and how many at most."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cloud.machine_images import Chosen, Family
from cloud.pages import every
from cloud.session import Cloud
from environments.spec.compute import ComputeEnvironment
from environments.spec.environment import EnvironmentSpec
from kiln.errors import UserError

# "Instance type compute environments", AWS Batch User Guide
_GROUPS = {"optimal": "x86_64", "default_x86_64": "x86_64", "default_arm64": "arm64"}


@dataclass(frozen=True)
class InstanceType:
    """A type as EC2 describes it; `memory` in MiB."""

    name: str
    vcpus: int
    memory: int
    archs: tuple[str, ...]
    gpus: int = 0


def look(cloud: Cloud, spec: EnvironmentSpec) -> Mapping[str, InstanceType]:
    """The types and families that the definition names, by type; raises UserError for one that EC2 does not know."""
    named = {name for each in spec.compute_environments.values() for name in each.instance_types}
    known = described(cloud, named)
    if missing := sorted(name for name in named - _GROUPS.keys() if not _of(name, known)):
        raise UserError(
            f"{cloud.region} has no {', '.join(missing)}",
            "EC2 knows no such instance type or family there",
            "See instance_types in environments/reference.yaml.",
        )
    return known


def described(cloud: Cloud, names: Iterable[str]) -> Mapping[str, InstanceType]:
    """Types and families as EC2 describes them; one call, and none where there are groups alone."""
    patterns = sorted(name if "." in name else f"{name}.*" for name in set(names) - _GROUPS.keys())
    if not patterns:
        return {}
    filters = [{"Name": "instance-type", "Values": patterns}]
    found = map(_type, every(cloud.ec2, "describe_instance_types", "InstanceTypes", Filters=filters))
    return {each.name: each for each in found}


def _type(each: Mapping[str, Any]) -> InstanceType:
    return InstanceType(
        each["InstanceType"],
        each["VCpuInfo"]["DefaultVCpus"],
        each["MemoryInfo"]["SizeInMiB"],
        tuple(each["ProcessorInfo"]["SupportedArchitectures"]),
        sum(gpu.get("Count", 0) for gpu in each.get("GpuInfo", {}).get("Gpus", ())),
    )


def _of(name: str, known: Mapping[str, InstanceType]) -> list[InstanceType]:
    """The types behind a name of the definition: a type, or every size of a family."""
    return [each for each in known.values() if name in (each.name, each.name.partition(".")[0])]


def most(each: ComputeEnvironment, known: Mapping[str, InstanceType]) -> str:
    """The most machines there can be, in words: at most 12 × c5.2xlarge; for many types, the vCPUs."""
    types = [one for name in each.instance_types for one in _of(name, known)]
    if types and all("." in name for name in each.instance_types):
        return "at most " + " or ".join(f"{each.max_vcpus // one.vcpus} × {one.name}" for one in types)
    return f"at most {each.max_vcpus} vCPUs of {', '.join(each.instance_types)}"


def refuse_misfit(
    spec: EnvironmentSpec, chosen: Chosen, family: Family, known: Mapping[str, InstanceType]
) -> None:  # fmt: skip
    """Raise UserError where the AMI cannot run on the machines, or under the image type; before anything is changed."""
    image = chosen.image
    if family == "al1":
        raise UserError(
            f"{image.id} is Amazon Linux 1",
            "AWS Batch has no image type for it, and ECS ended its support on 2025-09-15; it is for building and for "
            "plain EC2 only",
            "Use an image on ecs/al2023.",
        )
    for name, each in spec.compute_environments.items():
        if wrong := sorted({one for one in each.instance_types if image.arch not in _archs(one, known)}):
            raise UserError(
                f"{image.id} cannot run in {name}",
                f"the AMI is {image.arch}, and {', '.join(wrong)} is not",
                "Choose an AMI of the other architecture, or other instance_types.",
            )
        if each.image_type and not each.image_type.removesuffix("_NVIDIA") == f"ECS_{family.upper()}":
            raise UserError(
                f"{image.id} does not fit {name}",
                f"its image_type is {each.image_type}, and the AMI is {family}",
                "Leave image_type out, or choose another AMI.",
            )
    _refuse_mixed_queues(spec, known)


def _archs(name: str, known: Mapping[str, InstanceType]) -> set[str]:
    if name in _GROUPS:
        return {_GROUPS[name]}
    return {arch for each in _of(name, known) for arch in each.archs}


def _refuse_mixed_queues(spec: EnvironmentSpec, known: Mapping[str, InstanceType]) -> None:
    """A queue's compute environments have one architecture (CreateJobQueue, AWS Batch API Reference)."""
    for queue, each in spec.queues.items():
        archs = [
            {arch for one in spec.compute_environments[name].instance_types for arch in _archs(one, known)}
            for name in each.compute_environments
        ]
        if not set.intersection(*archs):
            raise UserError(f"the queue {queue} mixes architectures", _told(each.compute_environments, archs))


def _told(names: Sequence[str], archs: Sequence[set[str]]) -> str:
    return "; ".join(f"{name}: {', '.join(sorted(each))}" for name, each in zip(names, archs, strict=True))
