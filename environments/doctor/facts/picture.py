"""Everything that the checks read: looked up once, then only read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from environments.doctor.facts.compute_environments import Described, Templates
from environments.doctor.facts.instance_types import InstanceTypes
from environments.doctor.facts.jobs import QueuedJob
from environments.doctor.facts.keys import Keys
from environments.doctor.facts.machines import Agents
from environments.doctor.facts.network import Network
from environments.doctor.facts.recent import RecentJob
from environments.doctor.facts.rights import Rights
from environments.doctor.facts.roles import Roles
from environments.doctor.facts.scope import Scope
from environments.doctor.facts.volumes import Volumes
from environments.machines.outside import Absent
from environments.machines.references import References
from environments.model import ownership

Part = Literal[
    "templates",
    "images",
    "network",
    "types",
    "quotas",
    "definitions",
    "roles",
    "rights",
    "agents",
    "keys",
    "references",
    "outside",
    "volumes",
    "jobs",
    "recent",
    "logs",
    "nextflow",
]
"""A field of Picture that a look fills: each is named so in the checks' needs, and in `--json` where it is unseen."""


@dataclass(frozen=True)
class Picture:
    """What AWS says about the compute environments and queues of `scope`; `unseen` says why a part could not be seen.

    Maps hold what exists: an AMI that a compute environment names and that is not in `images` is gone.
    """

    scope: Scope
    templates: Templates = field(default_factory=dict)
    images: Mapping[str, Described] = field(default_factory=dict)  # by AMI id
    network: Network = field(default_factory=Network)
    types: InstanceTypes = field(default_factory=InstanceTypes)
    quotas: Mapping[str, float] = field(default_factory=dict)  # quota code → vCPUs
    definitions: tuple[Described, ...] = ()  # ACTIVE revisions of job definitions
    roles: Roles = field(default_factory=Roles)
    rights: Rights = field(default_factory=Rights)
    agents: Agents = field(default_factory=Agents)
    keys: Keys = field(default_factory=Keys)
    references: References = field(default_factory=References)
    outside: tuple[Absent, ...] = ()  # what job definitions name in vain
    volumes: Volumes = field(default_factory=Volumes)
    jobs: tuple[QueuedJob, ...] = ()
    recent: tuple[RecentJob, ...] = ()
    logs: Mapping[str, int | None] = field(default_factory=dict)  # log group → days; None: for ever
    nextflow: int = 0  # ACTIVE revisions named nf-…
    unseen: Mapping[Part, str] = field(default_factory=dict)

    @property
    def not_checked(self) -> Mapping[Part, str]:
        """Say why a part could not be seen, or not in whole."""
        return {**self.unseen, **({"rights": self.rights.unchecked} if self.rights.unchecked else {})}

    def of(self, name: str) -> "Picture":
        """Select what belongs to one of Kiln's environments alone, by its tag."""
        scope = self.scope.of(name)
        queues = {queue["jobQueueArn"] for queue in scope.queues}
        clusters = {environment.get("ecsClusterArn") for environment in scope.environments}
        machines = tuple(machine for machine in self.agents.machines if machine.cluster in clusters)
        definitions = tuple(revision for revision in self.definitions if ownership.carries(revision, name))
        names = {revision["jobDefinitionName"] for revision in definitions}
        return replace(
            self, scope=scope, agents=replace(self.agents, machines=machines),
            jobs=tuple(job for job in self.jobs if job.queue in queues),
            recent=tuple(job for job in self.recent if job.queue in queues),
            definitions=definitions,
            outside=tuple(absent for absent in self.outside if absent.definition in names),
        )  # fmt: skip
