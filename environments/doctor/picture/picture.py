"""Everything that the checks look at: gathered once, then only read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from environments.doctor.picture.described import Described
from environments.kinds.batch.job_queues import order_of
from environments.model import ownership
from environments.plan.instance_types import InstanceType
from kiln import typed
from launch_templates.versions import Template

Part = Literal[
    "jobs", "definitions", "images", "templates", "network", "types", "quotas", "roles", "agents", "keys", "volumes"
]


@dataclass(frozen=True)
class Role:
    """`trusts` are the services that may assume it; `policies` the names of those that it has, inline ones too."""

    arn: str
    trusts: str
    policies: frozenset[str]


@dataclass(frozen=True)
class Profile:
    """An instance profile; `role` is None for an empty one."""

    arn: str
    role: Role | None


@dataclass(frozen=True)
class Waiting:
    """A job. `waited` is the seconds that it has been at its place among the RUNNABLE ones of its queue, by AWS's own
    clock; `place` is 0 for the queue's first. `memory` in MiB; `queue` is an ARN."""

    id: str
    name: str
    queue: str
    status: str
    reason: str
    vcpus: int
    memory: int
    gpus: int = 0
    waited: float = 0.0
    place: int = 0


@dataclass(frozen=True)
class Machine:
    """A container instance: what ECS knows of a machine. `memory` is what it registered, in MiB."""

    instance: str
    instance_type: str
    agent: str
    connected: bool
    memory: int
    cluster: str


@dataclass(frozen=True)
class Key:
    """A customer's KMS key; `allows` are the principals of its policy and its grants, `state` "missing" for none."""

    arn: str
    state: str
    allows: frozenset[str]


@dataclass(frozen=True)
class Picture:
    """One environment of Kiln's (`name`), or all of a region. `unseen` says of a part why it could not be looked at.

    `region_environments` are all compute environments of the region, whosever. Maps hold what exists alone: an AMI, a
    role or a profile that is used and not in its map is not there.
    """

    region: str
    now: datetime
    name: str = ""
    environments: Sequence[Described] = ()
    queues: Sequence[Described] = ()
    region_environments: Sequence[Described] = ()
    jobs: Sequence[Waiting] = ()
    definitions: Sequence[Described] = ()
    images: Mapping[str, Described] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)  # by id and by name
    subnets: Mapping[str, Described] = field(default_factory=dict)
    route_tables: Sequence[Described] = ()
    endpoints: Sequence[Described] = ()
    groups: Mapping[str, Described] = field(default_factory=dict)
    types: Mapping[str, InstanceType] = field(default_factory=dict)
    offered: Mapping[str, frozenset[str]] = field(default_factory=dict)  # instance type → zones
    quotas: Mapping[str, float] = field(default_factory=dict)  # quota code → vCPUs
    roles: Mapping[str, Role] = field(default_factory=dict)  # by name
    profiles: Mapping[str, Profile] = field(default_factory=dict)  # by name
    linked: frozenset[str] = frozenset()  # services that have their service-linked role
    machines: Sequence[Machine] = ()
    agents: Mapping[str, str] = field(default_factory=dict)  # image type → ECS agent of the newest AMI of its kind
    keys: Mapping[str, Key] = field(default_factory=dict)
    keys_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # ARN of a compute environment → keys
    volumes: Sequence[Described] = ()
    alive: frozenset[str] = frozenset()  # instances that have not ended, of those that the volumes name
    unseen: Mapping[Part, str] = field(default_factory=dict)

    def names(self) -> tuple[str, ...]:
        """Kiln's environments that these compute environments and queues belong to."""
        tagged = [each.get("tags") or {} for each in (*self.environments, *self.queues)]
        return tuple(sorted({user for labels in tagged for user in ownership.users(labels)}))

    def of(self, name: str) -> "Picture":
        """The same, of one of Kiln's environments alone."""
        mine = [each for each in self.environments if ownership.carries(each, name)]
        return self.around(name, mine, [each for each in self.queues if ownership.carries(each, name)])

    def around(self, name: str, mine: Sequence[Described], queues: Sequence[Described]) -> "Picture":
        """The same, of these compute environments and queues alone."""
        arns, clusters = {each["jobQueueArn"] for each in queues}, {each.get("ecsClusterArn") for each in mine}
        return replace(
            self, name=name, environments=mine, queues=queues,
            jobs=[each for each in self.jobs if each.queue in arns],
            machines=[each for each in self.machines if each.cluster in clusters],
            definitions=[each for each in self.definitions if ownership.carries(each, name)],
        )  # fmt: skip

    def of_queue(self, arn: str) -> list[Described]:
        """The compute environments of a queue, in the order in which AWS Batch tries them."""
        queue = next((each for each in self.queues if each["jobQueueArn"] == arn), {})
        by_arn = {each["computeEnvironmentArn"]: each for each in self.region_environments}
        return [by_arn[arn] for arn in order_of(queue) if arn in by_arn]

    @property
    def again(self) -> str:
        """The command that puts the environment right."""
        return typed.command(f"register-env --env {self.name}" if self.name else "register-env")
