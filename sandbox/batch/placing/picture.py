"""What the scheduler looks at: jobs that wait, machines, and environments that may have more, all frozen.

A job's needs and what a machine gives are reckoned alike: vCPUs by the instance type, memory in MiB as its agent has
registered it, GPUs. Source: https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """vCPUs, MiB of memory, and GPUs: what a job needs, or what a machine has."""

    vcpus: int
    memory: int
    gpus: int = 0

    def fits(self, room: "Size") -> bool:
        return self.vcpus <= room.vcpus and self.memory <= room.memory and self.gpus <= room.gpus

    def __add__(self, other: "Size") -> "Size":
        return Size(self.vcpus + other.vcpus, self.memory + other.memory, self.gpus + other.gpus)

    def __sub__(self, other: "Size") -> "Size":
        return Size(self.vcpus - other.vcpus, self.memory - other.memory, self.gpus - other.gpus)


@dataclass(frozen=True)
class MachineType:
    """An instance type that an environment may launch; `price` is in USD per hour, or an estimate of it."""

    name: str
    size: Size
    price: float

    @property
    def price_per_vcpu(self) -> float:
        return self.price / max(1, self.size.vcpus)


@dataclass(frozen=True)
class Place:
    """A machine of an environment, by its instance id.

    `is_open`: jobs can be started on it now. `is_coming`: it was launched and has not registered yet. A machine that is
    neither takes no jobs: it drains, or its agent is not connected.
    """

    id: str
    environment: str
    size: Size
    taken: Size = Size(0, 0)
    is_open: bool = False
    is_coming: bool = False


@dataclass(frozen=True)
class Habitat:
    """A compute environment by its ARN; `types` are in the order in which it names them.

    `floor` are the vCPUs that it must have, jobs or not; `present` those of its machines, `lasting` of those among them
    that an update does not replace. `lacking` are types that could not be launched a short while ago.
    """

    arn: str
    strategy: str = "BEST_FIT"
    is_spot: bool = False
    types: tuple[MachineType, ...] = ()
    floor: int = 0
    present: int = 0
    lasting: int = 0
    most: int = 0
    may_place: bool = True
    may_launch: bool = True
    lacking: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Waiting:
    """A RUNNABLE job."""

    id: str
    need: Size


@dataclass(frozen=True)
class Line:
    """A job queue: its environments' ARNs in their order, and its RUNNABLE jobs, the first first."""

    arn: str
    priority: int
    environments: tuple[str, ...]
    jobs: tuple[Waiting, ...]


@dataclass(frozen=True)
class Picture:
    lines: tuple[Line, ...]
    habitats: tuple[Habitat, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Placement:
    job: str
    machine: str


@dataclass(frozen=True)
class Launch:
    environment: str
    instance_type: str
    number: int


@dataclass(frozen=True)
class Decisions:
    """`heads` are the jobs that hold up their queue, by its ARN; `needed` the machines that jobs wait for; `asked` the
    vCPUs that are launched for jobs, by environment.
    """

    placements: tuple[Placement, ...] = ()
    launches: tuple[Launch, ...] = ()
    heads: tuple[tuple[str, str], ...] = ()
    needed: frozenset[str] = frozenset()
    asked: tuple[tuple[str, int], ...] = ()
