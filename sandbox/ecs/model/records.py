"""Container instances and tasks, as ECS remembers them. Times are seconds since the epoch."""

from dataclasses import dataclass, field
from typing import Any, Protocol

Fields = dict[str, Any]


class Session(Protocol):
    """An agent's open session: what may be sent to it at any time."""

    def push(self, task: "Task") -> None: ...

    def send_credentials(self, task: "Task") -> None: ...

    def end(self) -> None: ...


@dataclass(eq=False)
class ContainerInstance:
    """A machine that has registered; `status` is ACTIVE, DRAINING or INACTIVE.

    `registered` is what it has: CPU (1024 a vCPU), MEMORY (MiB), GPU (a number); `resources` the same as its agent says
    it. `sequence` is the last number that a message to its agent has had: seqNum and timeline count on together. `live`
    are its tasks that have not stopped, by ARN.
    """

    arn: str
    cluster_arn: str
    ec2_instance_id: str
    registered_at: float
    client_token: str = ""
    status: str = "ACTIVE"
    registered: dict[str, int] = field(default_factory=dict)
    resources: list[Fields] = field(default_factory=list)
    gpus: list[str] = field(default_factory=list)
    attributes: list[Fields] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    version_info: Fields = field(default_factory=dict)
    agent_connected: bool = False
    version: int = 1
    sequence: int = 0
    session: Session | None = None
    live: dict[str, "Task"] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.arn.rpartition("/")[2]

    def find_attribute(self, name: str) -> str | None:
        """Find an attribute's value ("" for a name alone); None without the attribute."""
        return next((str(a.get("value") or "") for a in self.attributes if a["name"] == name), None)


@dataclass(frozen=True)
class TaskAsked:
    """A task as whoever starts it describes it.

    `container` is an ECS ContainerDefinition as RegisterTaskDefinition takes it, `volumes` are ECS's. `vcpus` is what
    is asked of an instance type that has `type_vcpus`.
    """

    family: str
    revision: int
    container: Fields
    volumes: list[Fields] = field(default_factory=list)
    role_arn: str = ""
    execution_role_arn: str = ""
    vcpus: int = 1
    type_vcpus: int = 1
    started_by: str = ""
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class ContainerState:
    """A task's container as its agent tells it; `exit_code` is None until it has ended by itself."""

    last_status: str = "PENDING"
    exit_code: int | None = None
    reason: str = ""
    runtime_id: str = ""
    log_stream: str = ""
    image_digest: str = ""
    network_bindings: list[Fields] = field(default_factory=list)


@dataclass
class Credentials:
    """A role's credentials for a task, as its agent is given them; `acked` is the last expiration that it has taken."""

    id: str
    role_arn: str
    keys: Fields = field(default_factory=dict)
    expires: float = 0.0
    acked: str = ""


@dataclass(eq=False)
class Task:
    """A task on a container instance; `last_status` is PENDING, RUNNING or STOPPED, `desired_status` one of the latter.

    `cpu` is what its agent is asked for, by what the agent registered; `credentials` are by their type,
    TaskApplication and TaskExecution. `taken` is whether the agent has acknowledged the payload.
    """

    arn: str
    cluster_arn: str
    instance_arn: str
    asked: TaskAsked
    created: float
    image: str
    cpu: int
    registry_authentication: Fields | None = None
    gpus: list[str] = field(default_factory=list)
    container: ContainerState = field(default_factory=ContainerState)
    container_arn: str = ""
    last_status: str = "PENDING"
    desired_status: str = "RUNNING"
    reason: str = ""
    stop_code: str = ""
    credentials: dict[str, Credentials] = field(default_factory=dict)
    taken: bool = False
    started: float | None = None
    stopping: float | None = None
    stopped: float | None = None
    execution_stopped: float | None = None
    pull_started: float | None = None
    pull_stopped: float | None = None
    version: int = 1

    @property
    def id(self) -> str:
        return self.arn.rpartition("/")[2]

    @property
    def family(self) -> str:
        return self.asked.family

    @property
    def revision(self) -> int:
        return self.asked.revision

    @property
    def memory(self) -> int:
        """MiB: the hard limit, else what is reserved."""
        container = self.asked.container
        return int(container.get("memory") or container.get("memoryReservation") or 0)
