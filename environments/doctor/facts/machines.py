"""Machines as Amazon ECS knows them: container instances and their agents."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Machine:
    """A container instance; `instance` is its id in EC2, `memory` the MiB that it has registered; `cluster` and `arn`
    are the ARNs of its cluster and of itself."""

    instance: str
    instance_type: str
    agent: str
    connected: bool
    memory: int
    cluster: str
    arn: str = ""


@dataclass(frozen=True)
class Agents:
    """The machines, and for every image type (ECS_AL2023) the version of the agent in the newest AMI of its kind."""

    machines: tuple[Machine, ...] = ()
    newest: Mapping[str, str] = field(default_factory=dict)

    @property
    def registered(self) -> dict[str, int]:
        """The least MiB that a machine of a type has registered, by type."""
        least: dict[str, int] = {}
        for machine in self.machines:
            if machine.memory:
                least[machine.instance_type] = min(machine.memory, least.get(machine.instance_type, machine.memory))
        return least
