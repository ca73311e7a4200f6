"""The machines that Batch has launched for its compute environments, and what it has learnt by that."""

from dataclasses import dataclass, field


@dataclass
class Machine:
    """A machine of a managed compute environment. Times are seconds since the epoch.

    `joined` is when its agent registered, None before; `silent_since` since when it is not connected, None while it is.
    `idle_since` is when its last job ended, or when it came; None while it has jobs. `is_replaced`: an infrastructure
    update replaces it. `is_leaving`: its end is under way.
    """

    id: str
    environment: str
    instance_type: str
    subnet: str
    launched: float
    idle_since: float | None
    joined: float | None = None
    has_run: bool = False
    silent_since: float | None = None
    is_replaced: bool = False
    is_leaving: bool = False


@dataclass(frozen=True)
class Lack:
    """A type that could not be launched: EC2's error code, and until when it is not tried again."""

    code: str
    until: float


@dataclass
class Fleet:
    """All that the scheduler of a region remembers.

    `machines` by EC2 instance id; `lacks` by environment and instance type; `registered` what machines of a type have
    registered as memory (MiB), by the same; `blocked` the job of a queue (its ARN) that has said why it waits. `due` is
    when it looks next, `looked` when it did last, `is_looking` whether it does now.
    """

    machines: dict[str, Machine] = field(default_factory=dict)
    lacks: dict[tuple[str, str], Lack] = field(default_factory=dict)
    registered: dict[tuple[str, str], int] = field(default_factory=dict)
    blocked: dict[str, str] = field(default_factory=dict)
    due: float | None = None
    looked: float = 0.0
    is_looking: bool = False

    def list_of(self, environment: str) -> list[Machine]:
        """List the machines of an environment (its ARN) that are not on their way out, the oldest first."""
        return [each for each in self.machines.values() if each.environment == environment and not each.is_leaving]

    def mark_busy(self, name: str) -> None:
        """Note that a job was begun on a machine, which may be another's than Batch's."""
        machine = self.machines.get(name)
        if machine is not None:
            machine.has_run, machine.idle_since = True, None
