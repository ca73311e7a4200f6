"""What the laws share: the clock, the faults, the calls, the machines, and the things that are due later.

moto keeps its backends in module globals, so there is one world to a process too; `use` sets it.
"""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Any, Protocol

from sandbox.world.agenda import Agenda
from sandbox.world.calls import Calls
from sandbox.world.client_tokens import ClientTokens
from sandbox.world.clock import Clock
from sandbox.world.facts import InstanceFacts, LayerTicket, PlacementGroup, RegistryLogin, RoleDeletion, VolumeFacts
from sandbox.world.faults import Faults
from sandbox.world.hypervisor import Hypervisor
from sandbox.world.own_calls import OwnCalls, refuse_all
from sandbox.world.queues import Queues
from sandbox.world.rests import Rests

ACCOUNT = "123456789012"


@dataclass(frozen=True)
class Delays:
    """Seconds of the sandbox's clock. AWS gives no figures; these are at the short end of what is seen there."""

    late_ids: float = 1.0
    """The share (0 to 1) of new instances and AMIs whose ids are unknown at first; on AWS about 0.1."""
    instance_visible: float = 2.0
    image_visible: float = 1.0
    pending: float = 1.0
    stopping: float = 1.0
    shutting_down: float = 1.0
    console: float = 5.0
    snapshot: float = 3.0
    volume_modifying: float = 2.0
    volume_optimizing: float = 30.0
    """How long ModifyVolume takes until a volume is as it shall be, and then until it may be asked for again."""
    terminated_listed: float = 3600.0
    batch_environment: float = 5.0
    batch_scaling: float = 2.0
    batch_infrastructure: float = 10.0
    batch_recheck: float = 30.0
    batch_queue: float = 2.0
    batch_job: float = 1.0
    batch_blocked: float = 60.0
    batch_idle: float = 300.0
    """How long a machine without jobs is kept, where the environment asks for no longer delay."""
    batch_again: float = 60.0
    """When Batch tries again what EC2 has refused it."""
    batch_join: float = 900.0
    """How long a machine may take until its agent registers; then Batch cannot tell why the job waits."""
    iam_propagation: float = 5.0


@dataclass(frozen=True)
class Session:
    """Temporary credentials that STS gave out: valid until `expires` (seconds since the epoch)."""

    token: str
    expires: float
    arn: str


class Clearable(Protocol):
    def clear(self) -> None: ...


@dataclass
class World:
    clock: Clock = field(default_factory=Clock)
    delays: Delays = field(default_factory=Delays)
    hypervisor: Hypervisor | None = None
    stopping: bool = False
    cache: Path | None = None
    access_key: str = "AKIAKILNSANDBOX00001"
    faults: Faults = field(default_factory=Faults)
    calls: Calls = field(default_factory=Calls)
    lock: Any = field(default_factory=RLock)
    sessions: dict[str, Session] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: random.Random(20191125))  # noqa: S311  # seeded on purpose
    visible_from: dict[str, float] = field(default_factory=dict)
    client_tokens: ClientTokens = field(default_factory=ClientTokens)
    rests: Rests = field(default_factory=Rests)
    # The most that a page holds, whatever was asked for; 0: as many as AWS gives. AWS may give fewer at any time.
    page: int = 0
    # How many SubmitJob a second are taken (on AWS 50); 0: all.
    submissions_per_second: int = 0
    # Whether new volumes are encrypted where a region was not told otherwise ("EBS encryption by default").
    encrypts_by_default: bool = False
    encryption: dict[str, bool] = field(default_factory=dict)  # region → switched on or off
    instances: dict[str, InstanceFacts] = field(default_factory=lambda: defaultdict(InstanceFacts))
    volumes: dict[str, VolumeFacts] = field(default_factory=lambda: defaultdict(VolumeFacts))
    template_versions: dict[str, int] = field(default_factory=dict)  # launch template → the last number given
    role_deletions: dict[str, RoleDeletion] = field(default_factory=dict)
    placement_groups: dict[tuple[str, str], PlacementGroup] = field(default_factory=dict)  # by region and name
    type_answers: dict[tuple[str, str], Any] = field(default_factory=dict)  # region, request → what moto says of types
    queues: Queues = field(default_factory=Queues)
    imported: set[str] = field(default_factory=set)  # snapshots of stand-ins that have a disk
    quotas: dict[tuple[str, str, str], float] = field(default_factory=dict)  # region, service, code → raised to
    # Service → ARNs of what needs its linked role. The services fill it: IAM knows nothing of them.
    linked_role_users: dict[str, Callable[[], list[str]]] = field(default_factory=dict)
    registry_logins: dict[str, RegistryLogin] = field(default_factory=dict)  # by password
    layer_tickets: dict[str, LayerTicket] = field(default_factory=dict)  # by what stands in the URL
    registry: Any = None  # a sandbox.registry.registry.Registry, once it is asked for
    # MiB that the hard limits of the jobs on an instance come to. Whoever places jobs sets it.
    job_memory: Callable[[str], int] = lambda instance_id: 0
    # Called with an instance and its state whenever one becomes running, shutting-down, stopping, stopped, terminated.
    machine_listeners: list[Callable[[Any, str], None]] = field(default_factory=list)
    own_calls: OwnCalls = refuse_all  # of the services; the door sets it
    agenda: Agenda = field(init=False)

    def __post_init__(self) -> None:
        self.agenda = Agenda(self.clock, self.lock)

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Have `act` done, under the lock, once the clock has moved on by `seconds`."""
        self.agenda.add(seconds, act)

    def settle(self) -> None:
        """Do what has become due."""
        self.agenda.do_due()

    def hide(self, resource_id: str, seconds: float, share: float = 1.0) -> None:
        """Let a new id be unknown for a while, as AWS's eventual consistency does for that share of new ids."""
        if self.chance.random() >= share:
            return
        self.visible_from[resource_id] = self.clock.now() + seconds

    def is_visible(self, resource_id: str) -> bool:
        return self.visible_from.get(resource_id, 0.0) <= self.clock.now()

    def forget(self) -> None:
        """Empty the account (the clock keeps its time)."""
        with self.lock:
            tables: tuple[Clearable, ...] = (
                self.faults, self.calls, self.client_tokens, self.rests, self.sessions, self.visible_from, self.quotas,
                self.instances, self.volumes, self.template_versions, self.role_deletions, self.placement_groups,
                self.encryption, self.registry_logins, self.layer_tickets,
                self.agenda,
            )  # fmt: skip
            for table in tables:
                table.clear()
            if self.registry:
                self.registry.forget()


class _Current:
    world = World()


def current() -> World:
    return _Current.world


def use(world: World) -> None:
    _Current.world = world
