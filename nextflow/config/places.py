"""What the queues of an environment offer to tasks (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from environments.machines.families import is_allowed
from environments.machines.instance_types import InstanceType
from environments.machines.memory import find_available, is_measured
from environments.spec.compute import ComputeEnvironment
from environments.spec.environment import EnvironmentSpec
from kiln.errors import UserError
from nextflow.config.head_names import find_head_queue

STEP = 100  # MiB: machines of one type register some MiB more or less


@dataclass(frozen=True)
class Size:
    """An instance type: its vCPUs, and the MiB that a task may ask for; measured, or computed from what it promises."""

    name: str
    vcpus: int
    memory: int
    is_measured: bool = True


@dataclass(frozen=True)
class Place:
    """A queue with the sizes of machines that it may start, smallest first, and how its machines are bought.

    Tasks of one `kind`, an architecture or with GPUs, do not run on another's machines.
    """

    queue: str
    sizes: tuple[Size, ...]
    kind: str
    is_spot_first: bool
    has_spot: bool

    @property
    def largest(self) -> Size:
        """The type with the most memory: a task that asks for no more than it has can be held."""
        return max(self.sizes, key=lambda size: (size.memory, size.vcpus, size.name))

    @property
    def is_uniform(self) -> bool:
        """Whether all its machines are of a single type."""
        return len(self.sizes) == 1

    def holds(self, cpus: int, memory: int) -> bool:
        return any(size.vcpus >= cpus and size.memory >= memory for size in self.sizes)


def list_places(
    spec: EnvironmentSpec, known: Mapping[str, InstanceType], registered: Mapping[str, int]
) -> tuple[Place, ...]:  # fmt: skip
    """List the queues for tasks, in the definition's order; `registered` is the MiB that machines registered, by type.

    Raises UserError where `known` has none of a queue's types.
    """
    head = find_head_queue(spec.queues)
    usual = [name for name in spec.queues if name != head and is_open(spec, name)]
    names = list(dict.fromkeys((*spec.nextflow.queues, *usual)))
    return tuple(_make_place(spec, name, known, registered) for name in names or spec.queues)


def is_open(spec: EnvironmentSpec, queue: str) -> bool:
    """Return whether the queue takes jobs, and some compute environment of it starts machines for them."""
    return spec.queues[queue].state == "enabled" and bool(list_enabled(spec, queue))


def list_enabled(spec: EnvironmentSpec, queue: str) -> tuple[str, ...]:
    """List the queue's compute environments that are enabled: AWS Batch places no job in others."""
    members = spec.queues[queue].compute_environments
    return tuple(name for name in members if spec.compute_environments[name].state == "enabled")


def _make_place(
    spec: EnvironmentSpec, name: str, known: Mapping[str, InstanceType], registered: Mapping[str, int]
) -> Place:  # fmt: skip
    enabled = list_enabled(spec, name) or spec.queues[name].compute_environments
    members = [spec.compute_environments[member] for member in enabled]
    types = {machine.name: machine for compute in members for machine in _list_types(compute, known.values())}
    if not types:
        entries = sorted({entry for compute in members for entry in compute.instance_types})
        raise UserError(
            f"the machines of the queue {name} are not known",
            f"EC2 has none of {', '.join(entries)} in this region",
            "Check --region, and instance_types in the environment's definition.",
        )
    sizes = [
        Size(
            machine.name, machine.vcpus, find_available(machine, registered) // STEP * STEP,
            is_measured(machine, registered),
        )
        for machine in types.values()
    ]  # fmt: skip
    sizes.sort(key=lambda size: (size.memory, size.vcpus, size.name))
    markets = [compute.market == "spot" for compute in members]
    return Place(name, tuple(sizes), _tell_kind(types.values()), markets[0], any(markets))


def _tell_kind(types: Iterable[InstanceType]) -> str:
    machines = list(types)
    return "GPU" if all(machine.gpus for machine in machines) else machines[0].archs[0]


def _list_types(compute: ComputeEnvironment, known: Iterable[InstanceType]) -> list[InstanceType]:
    """The types that max_vcpus leaves room for. Machines with GPUs are for tasks that ask for them, where others are.

    AWS Batch may pass max_vcpus by a machine, and does not promise it.
    """
    allowed = [machine for machine in known if is_allowed(compute.instance_types, machine.name)]
    within = [machine for machine in allowed if machine.vcpus <= compute.max_vcpus] or allowed
    return [machine for machine in within if not machine.gpus] or within
