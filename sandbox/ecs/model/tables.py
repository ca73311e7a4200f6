"""The tables of ECS, by account and region: moto empties them with everything else."""

from collections.abc import Callable
from dataclasses import dataclass, field

from moto.core.base_backend import BackendDict, BaseBackend

from sandbox.ecs.model.records import ContainerInstance, Fields, Task
from sandbox.world.world import ACCOUNT


@dataclass(eq=False)
class Cluster:
    """A cluster of container instances."""

    name: str
    arn: str
    tags: dict[str, str] = field(default_factory=dict)
    settings: list[Fields] = field(default_factory=list)
    status: str = "ACTIVE"


class Records(BaseBackend):
    """The tables of one region: clusters by name, the others by ARN, each in the order of its making."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.clusters: dict[str, Cluster] = {}
        self.instances: dict[str, ContainerInstance] = {}
        self.tasks: dict[str, Task] = {}
        self.definitions: dict[str, Fields] = {}
        self.hear_task: list[Callable[[Task], None]] = []
        self.hear_instance: list[Callable[[ContainerInstance], None]] = []

    def arn(self, kind: str, name: str) -> str:
        """Make the ARN of a resource of this region, such as cluster/NAME."""
        return f"arn:{self.partition}:ecs:{self.region_name}:{self.account_id}:{kind}/{name}"

    def tell_task(self, task: Task) -> None:
        """Let those who listen know that a task has changed."""
        task.version += 1
        for hear in tuple(self.hear_task):
            hear(task)

    def tell_instance(self, instance: ContainerInstance) -> None:
        """Let those who listen know that a container instance has changed."""
        instance.version += 1
        for hear in tuple(self.hear_instance):
            hear(instance)


_records = BackendDict(Records, "ecs")


def of(region: str) -> Records:
    """Return the records of a region of the sandbox's account."""
    found: Records = _records[ACCOUNT][region]
    return found


def everywhere() -> list[Records]:
    """Return the records of every region that was used."""
    return list(_records[ACCOUNT].values())
