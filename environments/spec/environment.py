"""The environment definition: `environments/*.yaml` → a frozen value. `reference.yaml` is its documentation."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from environments.spec.access import LogGroup, Network, Roles
from environments.spec.compute import ComputeEnvironment, JobDefinition, JobQueue, Name
from environments.spec.storage import Bucket
from kiln.models import Model

_AMI = r"^(latest|previous|ecs-optimized|ami-[0-9a-f]{8,17}|ecs/[a-z0-9-]+)$"


class EnvironmentSpec(Model):
    """A whole definition. See `environments/reference.yaml` for every key with its meaning, unit and default."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,23}$")
    """Part of the names of buckets, which have 63 characters."""
    image: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")
    """The image definition that latest means."""
    ami: str = Field("latest", pattern=_AMI)
    """Unless --ami names another."""
    launch_template: str = Field(min_length=1)
    """A name under launch_templates/, or the path of a YAML file, relative to this one."""
    task_credentials: Literal["job-role", "instance-role"] = "job-role"
    buckets: dict[Annotated[str, Field(pattern=r"^[a-z0-9]{1,10}$")], Bucket] = Field(default_factory=dict)
    iam: Literal["create", "existing"] = "create"
    roles: Roles = Roles()
    network: Network = Network()
    log_group: LogGroup = LogGroup()
    compute_environments: Annotated[dict[Name, ComputeEnvironment], Field(min_length=1)]
    queues: Annotated[dict[Name, JobQueue], Field(min_length=1)]
    job_definitions: dict[Name, JobDefinition] = Field(default_factory=dict)
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags of everything that is made, beside Kiln's own."""

    @property
    def job_role(self) -> str | None:
        """The name of the tasks' own role; None where they live on the instance's."""
        if self.task_credentials == "instance-role":
            return None
        return self.roles.job or f"{self.name}-job-role"

    def bucket_name(self, use: str, account: str, region: str) -> str:
        middle = "" if use == "work" else f"{use}-"
        return self.buckets[use].name or f"{self.name}-{middle}{account}-{region}"

    @field_validator("tags")
    @classmethod
    def _own_tags(cls, value: dict[str, str]) -> dict[str, str]:
        for key, text in value.items():
            if key.lower().startswith(("kiln:", "aws:")) or not 0 < len(key) <= 128 or len(text) > 256:
                raise ValueError(
                    f"the tag {key!r} cannot be used: kiln: and aws: are reserved, 128 and 256 characters the limits"
                )
        return value

    @field_validator("compute_environments")
    @classmethod
    def _instance_tags(cls, value: dict[str, ComputeEnvironment]) -> dict[str, ComputeEnvironment]:
        for each in value.values():
            cls._own_tags(each.tags)
        return value

    @model_validator(mode="after")
    def _refers_to_what_is_there(self) -> Self:
        for name, queue in self.queues.items():
            if unknown := [each for each in queue.compute_environments if each not in self.compute_environments]:
                raise ValueError(f"the queue {name} names compute environments that are not here: {', '.join(unknown)}")
        if self.job_role is None:
            mine = [name for name, each in self.job_definitions.items() if "job_role" in each.model_fields_set
                    and each.job_role == "job"]  # fmt: skip
            if mine:
                raise ValueError(f"under task_credentials: instance-role there is no job role for {', '.join(mine)}")
        return self
