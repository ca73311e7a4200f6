"""Which compute environments and job queues the doctor looks at."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from environments.doctor.facts.compute_environments import Described
from environments.kinds.batch.job_queues import order_of
from environments.model import ownership
from environments.spec.environment import EnvironmentSpec
from kiln import typed


@dataclass(frozen=True)
class Scope:
    """Compute environments and queues of one of Kiln's environments (`name`), or of all; `now` is the present (UTC).

    `region_environments` are all compute environments of the region, whoever made them. `definitions` are those of
    Kiln's environments that could be loaded, by name.
    """

    region: str
    now: datetime
    name: str = ""
    environments: Sequence[Described] = ()
    queues: Sequence[Described] = ()
    region_environments: Sequence[Described] = ()
    definitions: Mapping[str, EnvironmentSpec] = field(default_factory=dict)

    def names(self) -> tuple[str, ...]:
        """List Kiln's environments that these compute environments and queues belong to."""
        return tuple(sorted({name for resource in (*self.environments, *self.queues) for name in _users(resource)}))

    def of_kiln(self) -> "Scope":
        """Select those that belong to any environment of Kiln's, by its tags."""
        environments = [environment for environment in self.environments if _users(environment)]
        return replace(self, environments=environments, queues=[queue for queue in self.queues if _users(queue)])

    def of(self, name: str, environments: Collection[str] = (), queues: Collection[str] = ()) -> "Scope":
        """Select those of an environment: by its tag, and by its definition's names where no environment's tag is."""

        def belongs(resource: Described, key: str, names: Collection[str]) -> bool:
            users = _users(resource)
            return name in users or (not users and resource[key] in names)

        return replace(
            self, name=name,
            environments=[each for each in self.environments if belongs(each, "computeEnvironmentName", environments)],
            queues=[queue for queue in self.queues if belongs(queue, "jobQueueName", queues)],
        )  # fmt: skip

    def of_queue(self, arn: str) -> "Scope":
        """Select a queue and its compute environments, under the name of the environment that the queue belongs to."""
        queues = [queue for queue in self.queues if queue["jobQueueArn"] == arn]
        users = [name for queue in queues for name in _users(queue)]
        return replace(self, name=users[0] if users else "", environments=self.members(arn), queues=queues)

    def members(self, queue_arn: str) -> list[Described]:
        """List the compute environments of a queue, in the order in which AWS Batch tries them."""
        by_arn = {environment["computeEnvironmentArn"]: environment for environment in self.region_environments}
        return [by_arn[arn] for arn in order_of(self.queue(queue_arn)) if arn in by_arn]

    def queue(self, arn: str) -> Described:
        """Return the queue with this ARN; {} where it is not among them."""
        return next((queue for queue in self.queues if queue["jobQueueArn"] == arn), {})

    @property
    def register_command(self) -> str:
        """Return the command that repairs the environment."""
        return typed.command(f"register-env --env {self.name}" if self.name else "register-env")

    def name_environment(self, text: str) -> str:
        """Let a text's `invoke register-env` name this environment, also where all were asked about."""
        return text.replace("invoke register-env", self.register_command)

    def renew_command(self, image: str = "", options: str = "") -> str:
        """Return the command that puts another AMI in the place of this one.

        `image` is the definition of an AMI of Kiln's, which is built anew; for any other AMI the environment's
        definition says which image that is, or names an alias, whose newest AMI is meant.
        """
        spec = self.definitions.get(self.name)
        if not image and spec and spec.ami != "latest":
            return self.register_command + (" --ami ecs-optimized" if spec.ami.startswith("ami-") else "")
        name = image or (spec.image if spec else "")
        build = typed.command(f"build-ami{f' --image {name}' if name else ''}{options}")
        return f"{build} && {self.register_command} --ami latest"


def _users(resource: Described) -> tuple[str, ...]:
    """The environments of Kiln's that use a compute environment or a queue, by its tags."""
    return ownership.users(resource.get("tags") or {})
