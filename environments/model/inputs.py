"""What the desired resources are worked out from: the definition, the account, the AMI, and what is there already."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cloud.machine_images import Chosen, Family
from cloud.policy import Scope
from environments.model import ownership
from environments.model.resource import Existing, Key
from environments.spec.environment import EnvironmentSpec
from launch_templates.plan import Plan as TemplatePlan


@dataclass(frozen=True)
class Network:
    """`subnets` are sorted ids, `zones` their availability zones; `groups` the security groups found, name or id → id;
    `warnings` in words."""

    vpc: str
    subnets: tuple[str, ...]
    groups: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    zones: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Inputs:
    """`existing` are the resources that AWS has already: ARNs of IAM may have paths that no one can guess."""

    spec: EnvironmentSpec
    account: str
    region: str
    chosen: Chosen
    family: Family
    template: TemplatePlan
    network: Network
    now: str
    """The value of new ownership tags."""
    existing: Mapping[Key, Existing] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    """Repository of ECR → the reference of its newest image, for job definitions that say `ecr`."""

    def knowing(self, existing: Mapping[Key, Existing]) -> "Inputs":
        """The same, with what is known to exist."""
        return replace(self, existing=dict(existing))

    @property
    def waiting(self) -> tuple[str, ...]:
        """The names of the job definitions whose image nobody has pushed yet."""
        return tuple(name for name, job in self.spec.job_definitions.items() if job.ecr and job.ecr not in self.images)

    @property
    def scope(self) -> Scope:
        """Where it is, for ARNs in policies."""
        return Scope(self.region, self.account)

    @property
    def partition(self) -> str:
        return self.scope.partition

    @property
    def tags(self) -> dict[str, str]:
        """Of everything that is made for this environment."""
        return {**self.spec.tags, ownership.key(self.spec.name): self.now}

    def iam_arn(self, kind: str, name: str) -> str:
        """The ARN of a role, policy or instance profile: as found, or as it will be."""
        if (kind, name) in self.existing:
            return self.existing[kind, name].id
        return f"arn:{self.partition}:iam::{self.account}:{kind.replace(' ', '-')}/{name}"

    def managed(self, path: str) -> str:
        """The ARN of one of AWS's own policies."""
        return f"arn:{self.partition}:iam::aws:policy/{path}"
