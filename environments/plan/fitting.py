"""Whether a job fits a machine that its queue may start, and if not, what is short and what to do (pure).

The plan asks it about job definitions before anything is made, the doctor about them and about jobs that wait.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from environments.plan.families import allowed_by, family_of
from environments.plan.instance_types import InstanceType
from environments.plan.memory import available, is_measured
from environments.spec.environment import EnvironmentSpec
from kiln import words
from kiln.errors import UserError


class Request(Protocol):
    """What a job asks for; `memory` in MiB."""

    @property
    def vcpus(self) -> int: ...
    @property
    def memory(self) -> int: ...
    @property
    def gpus(self) -> int: ...


@dataclass(frozen=True)
class Size:
    """The request of a job definition."""

    vcpus: int
    memory: int
    gpus: int = 0


@dataclass(frozen=True)
class Machines:
    """What a queue may start: `limits` are its compute environments with their max_vcpus, `allowed` their types."""

    queue: str
    limits: Mapping[str, int]
    allowed: Sequence[InstanceType]


@dataclass(frozen=True)
class Catalogue:
    """All sizes of the families, by type, and the MiB that machines of a type have registered with ECS."""

    known: Mapping[str, InstanceType]
    registered: Mapping[str, int]

    def fits(self, request: Request, instance_type: InstanceType) -> bool:
        return _has_processors(request, instance_type) and available(instance_type, self.registered) >= request.memory


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
    lack, why, less = _lack(request, allowed, catalogue.registered)
    larger = _larger_type(request, allowed, catalogue)
    return Misfit(
        lack,
        f"no instance type of {', '.join(machines.limits)} {why}",
        f"{less}, or allow {larger.name if larger else 'larger instance_types'}",
    )


def find_definition_misfit(request: Request, queues: Sequence[Machines], catalogue: Catalogue) -> Misfit | None:
    """Find the queues that can never start the jobs of a job definition: all of them, or some; None where all can."""
    misfits = {queue.queue: misfit for queue in queues if (misfit := find_misfit(request, queue, catalogue))}
    if not misfits:
        return None
    first, hopeless = next(iter(misfits.values())), len(misfits) == len(queues)
    names = ", ".join(misfits)
    where = f"no queue ({names})" if hopeless else f"not {names}"
    return Misfit(f"fits {where}: {first.what}", f"{first.why}; its jobs wait there for ever", first.fix, hopeless)


def check_definitions(spec: EnvironmentSpec, known: Mapping[str, InstanceType]) -> tuple[str, ...]:
    """Warn of job definitions that do not fit every queue; raises UserError for one that fits none."""
    notes, queues = [], list_machines(spec, known)
    for name, definition in spec.job_definitions.items():
        size = Size(definition.vcpus, int(definition.memory), definition.gpus)
        misfit = find_definition_misfit(size, queues, Catalogue(known, {}))
        if misfit and misfit.hopeless:
            raise UserError(f"the job definition {name} {misfit.what}", misfit.why, f"Change it: {misfit.fix}.")
        if misfit:
            notes.append(f"the job definition {name} {misfit.what}. {misfit.why}: {misfit.fix}")
    return tuple(notes)


def list_machines(spec: EnvironmentSpec, known: Mapping[str, InstanceType]) -> list[Machines]:
    """List what the queues of a definition may start."""
    queues = []
    for name, queue in spec.queues.items():
        members = {member: spec.compute_environments[member] for member in queue.compute_environments}
        entries = {entry for compute in members.values() for entry in compute.instance_types}
        allowed = [instance_type for instance_type in known.values() if allowed_by(entries, instance_type.name)]
        queues.append(Machines(name, {member: compute.max_vcpus for member, compute in members.items()}, allowed))
    return queues


def _has_processors(request: Request, instance_type: InstanceType) -> bool:
    return instance_type.vcpus >= request.vcpus and instance_type.gpus >= request.gpus


def _lack(
    request: Request, allowed: Sequence[InstanceType], registered: Mapping[str, int]
) -> tuple[str, str, str]:  # fmt: skip
    """What the largest of the allowed types lacks, why none does, and how much the job could ask for instead."""
    enough = [instance_type for instance_type in allowed if _has_processors(request, instance_type)]
    vcpus = words.count(request.vcpus, "vCPU")
    if not enough and request.gpus:
        largest = max(allowed, key=lambda instance_type: (instance_type.gpus, instance_type.vcpus))
        lack = f"it asks for {words.count(request.gpus, 'GPU')} and {vcpus}; "
        return f"{lack}{largest.name} has {largest.gpus} and {largest.vcpus}", "has so many GPUs", "ask for less"
    if not enough:
        largest = max(allowed, key=lambda instance_type: instance_type.vcpus)
        lack = f"it asks for {vcpus}; {largest.name} has {largest.vcpus}"
        return lack, "has so many vCPUs", f"ask for {largest.vcpus} or fewer"
    largest = max(enough, key=lambda instance_type: available(instance_type, registered))
    memory, about = available(largest, registered), "" if is_measured(largest, registered) else "about "
    return (
        f"it asks for {request.memory} MiB; {largest.name} registers {about}{memory} MiB",
        "has so much memory for jobs; the system and the ECS agent keep a part of the memory that a type promises",
        f"ask for {memory // 100 * 100} MiB or less",
    )


def _larger_type(request: Request, allowed: Sequence[InstanceType], catalogue: Catalogue) -> InstanceType | None:
    """The smallest type of the allowed families that would do."""
    families = {family_of(instance_type.name) for instance_type in allowed}
    fitting = [
        instance_type
        for instance_type in catalogue.known.values()
        if family_of(instance_type.name) in families and catalogue.fits(request, instance_type)
    ]
    return min(fitting, key=lambda fit: (fit.memory, fit.vcpus, fit.name), default=None)
