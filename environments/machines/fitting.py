"""Whether a job fits a machine that its queue may start, and if not, what is short and what to do (pure).

The plan asks it about job definitions before anything is made, the doctor about them and about jobs that wait.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from environments.machines.families import find_family
from environments.machines.instance_types import InstanceType
from environments.machines.memory import RESERVED, find_available, is_measured
from kiln import words


class Request(Protocol):
    """What a job asks for; `memory` in MiB."""

    @property
    def vcpus(self) -> float: ...
    @property
    def memory(self) -> int: ...
    @property
    def gpus(self) -> int: ...


@dataclass(frozen=True)
class Machines:
    """What a queue may start: `limits` are its compute environments with their max_vcpus, `allowed` their types."""

    queue: str
    limits: Mapping[str, int]
    allowed: Sequence[InstanceType]


@dataclass(frozen=True)
class Catalogue:
    """All sizes of the families, by type, and the MiB that machines of a type have registered with ECS.

    `kept` are the MiB that the ECS agent reserves beyond those of machines that were measured.
    """

    known: Mapping[str, InstanceType]
    registered: Mapping[str, int]
    kept: int = 0

    def fits(self, request: Request, instance_type: InstanceType) -> bool:
        return _has_processors(request, instance_type) and self.memory_of(instance_type) >= request.memory

    def memory_of(self, instance_type: InstanceType) -> int:
        """Return the MiB that jobs can have on a machine of the type."""
        return find_available(instance_type, self.registered, self.kept)


@dataclass(frozen=True)
class Misfit:
    """`what` is short, `why` that cannot work, and the `fix`. `hopeless`: the job fits no queue at all."""

    what: str
    why: str
    fix: str
    hopeless: bool = True


def find_misfit(request: Request, machines: Machines, catalogue: Catalogue) -> Misfit | None:
    """Find out why the queue can never start the job; None where it fits, or where no type is known."""
    most = max(machines.limits.values(), default=0)
    if machines.limits and request.vcpus > most:
        return Misfit(
            f"it asks for {words.count(request.vcpus, 'vCPU')}; {', '.join(machines.limits)} may have {most}",
            "max_vcpus limits all machines of a compute environment together",
            f"ask for {words.count(most, 'vCPU')} or fewer, or raise max_vcpus to {request.vcpus}",
        )
    allowed = machines.allowed
    if not allowed or any(catalogue.fits(request, instance_type) for instance_type in allowed):
        return None
    lack, why, ways = _lack(request, allowed, catalogue)
    larger = _larger_type(request, allowed, catalogue)
    first, *others = [way for way in ways if way]
    ways = (first, f"allow {larger.name if larger else 'larger instance_types'}", *others)
    return Misfit(lack, f"no instance type of {', '.join(machines.limits)} {why}", ", or ".join(ways))


def _has_processors(request: Request, instance_type: InstanceType) -> bool:
    return instance_type.vcpus >= request.vcpus and instance_type.gpus >= request.gpus


def _lack(
    request: Request, allowed: Sequence[InstanceType], catalogue: Catalogue
) -> tuple[str, str, tuple[str, ...]]:  # fmt: skip
    """What the largest of the allowed types lacks, why none does, and what to do about it beside larger types."""
    enough = [instance_type for instance_type in allowed if _has_processors(request, instance_type)]
    vcpus = words.count(request.vcpus, "vCPU")
    if not enough and request.gpus:
        largest = max(allowed, key=lambda instance_type: (instance_type.gpus, instance_type.vcpus))
        lack = f"it asks for {words.count(request.gpus, 'GPU')} and {vcpus}; "
        return f"{lack}{largest.name} has {largest.gpus} and {largest.vcpus}", "has so many GPUs", ("ask for less",)
    if not enough:
        largest = max(allowed, key=lambda instance_type: instance_type.vcpus)
        lack = f"it asks for {vcpus}; {largest.name} has {largest.vcpus}"
        return lack, "has so many vCPUs", (f"ask for {largest.vcpus} or fewer",)
    largest = max(enough, key=catalogue.memory_of)
    memory = catalogue.memory_of(largest)
    about, computed = (
        ("", "") if is_measured(largest, catalogue.registered) else ("about ", " (computed, not measured)")
    )
    return (
        f"it asks for {request.memory} MiB; {largest.name} registers {about}{memory} MiB{computed}",
        "has so much memory for jobs; the system and the ECS agent keep a part of the memory that a type promises",
        (
            f"ask for {memory // 100 * 100 or memory} MiB or less",
            f"lower ecs_agent's reserved_memory: {catalogue.kept + RESERVED} MiB" if catalogue.kept else "",
        ),
    )


def _larger_type(request: Request, allowed: Sequence[InstanceType], catalogue: Catalogue) -> InstanceType | None:
    """The smallest type of the allowed families that would do."""
    families = {find_family(instance_type.name) for instance_type in allowed}
    fitting = [
        instance_type
        for instance_type in catalogue.known.values()
        if find_family(instance_type.name) in families and catalogue.fits(request, instance_type)
    ]
    return min(fitting, key=lambda fit: (fit.memory, fit.vcpus, fit.name), default=None)
