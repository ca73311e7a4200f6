"""The environment definition: `environments/*.yaml` → a frozen value. `reference.yaml` is its documentation."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from cloud.machine_images import ImageName
from cloud.names import Tags, check_tags
from environments.spec import other_tools, placeholders
from environments.spec.canary import Canary
from environments.spec.compute import ComputeEnvironment, JobQueue, Name
from environments.spec.jobs import JobDefinition
from environments.spec.network import Network
from environments.spec.nextflow import Nextflow
from environments.spec.roles import Roles
from environments.spec.storage import Bucket, LogGroup
from kiln.keys.takes import Takes
from kiln.models import Model

_AMI = r"^(latest|previous|ecs-optimized|ami-[0-9a-f]{8,17}|ecs/[a-z0-9-]+)$"
EnvironmentName = Annotated[
    str,
    Field(pattern=r"^[a-z0-9][a-z0-9-]{0,23}$"),
    Takes("an environment's name: up to 24 small letters, digits and '-'", "genomics"),
]
Ami = Annotated[
    str,
    Field(pattern=_AMI),
    Takes(
        "latest, previous, ecs-optimized, an AMI's id, or an alias such as ecs/al2023",
        "ami-0123456789abcdef0",
        known=("latest", "previous", "ecs-optimized"),
    ),
]
Use = Annotated[
    str,
    Field(pattern=r"^[a-z0-9]{1,10}$"),
    Takes("what the bucket is for: up to 10 small letters and digits", "work"),
]


class EnvironmentSpec(Model):
    """A whole definition. See `environments/reference.yaml` for every key with its meaning, unit and default."""

    OTHER_TOOLS: ClassVar = other_tools.OTHER_TOOLS

    name: EnvironmentName
    """Part of the names of buckets, which have at most 63 characters."""
    image: ImageName
    """The image definition whose newest AMI is `latest`."""
    ami: Ami = "latest"
    """Unless --ami names another."""
    launch_template: Annotated[
        str, Field(min_length=1), Takes("a name under launch_templates/, or a YAML file's path", "nextflow-al2023")
    ]
    """A name under launch_templates/, or the path of a YAML file, relative to this file."""
    task_credentials: Literal["job-role", "instance-role"] = "job-role"
    buckets: dict[Use, Bucket] = Field(default_factory=dict)
    iam: Literal["create", "existing"] = "create"
    roles: Roles = Roles()
    network: Network = Network()
    log_group: LogGroup = LogGroup()
    compute_environments: Annotated[dict[Name, ComputeEnvironment], Field(min_length=1)]
    queues: Annotated[dict[Name, JobQueue], Field(min_length=1)]
    job_definitions: dict[Name, JobDefinition] = Field(default_factory=dict)
    canary: Canary = Canary()
    nextflow: Nextflow = Nextflow()
    tags: Tags = Field(default_factory=dict)
    """Tags of everything that Kiln makes, beside Kiln's own."""

    @model_validator(mode="before")
    @classmethod
    def _fill_names(cls, data: Any) -> Any:
        return placeholders.fill(data)

    @property
    def job_role(self) -> str | None:
        """The name of the tasks' own role; None where they live on the instance's."""
        if self.task_credentials == "instance-role":
            return None
        return self.roles.job or f"{self.name}-job-role"

    @property
    def execution_role(self) -> str:
        """The name of the role in whose name the ECS agent fetches images and secrets for jobs."""
        return self.roles.execution or f"{self.name}-execution-role"

    @property
    def execution_policy(self) -> str:
        """The name of that role's policy."""
        return self.roles.execution_policy or f"{self.name}-execution-policy"

    @property
    def with_execution_role(self) -> dict[str, JobDefinition]:
        """The job definitions that have it; where there are none, it is not made."""
        return {name: job for name, job in self.job_definitions.items() if job.has_environments_role}

    @property
    def repositories(self) -> tuple[str, ...]:
        """The repositories of ECR whose newest images job definitions run."""
        return tuple(sorted({job.ecr for job in self.job_definitions.values() if job.ecr}))

    @property
    def nextflow_role(self) -> str | None:
        """The name of the role of Nextflow's head jobs; None where no job definition has it."""
        having = any(job.job_role == "nextflow" for job in self.job_definitions.values())
        return self.roles.nextflow if having else None

    def bucket_name(self, use: str, account: str, region: str) -> str:
        middle = "" if use == "work" else f"{use}-"
        return self.buckets[use].name or f"{self.name}-{middle}{account}-{region}"

    @field_validator("tags")
    @classmethod
    def _own_tags(cls, value: dict[str, str]) -> dict[str, str]:
        return check_tags(value)

    @field_validator("compute_environments")
    @classmethod
    def _instance_tags(cls, value: dict[str, ComputeEnvironment]) -> dict[str, ComputeEnvironment]:
        for compute in value.values():
            cls._own_tags(compute.tags)
        return value

    @model_validator(mode="after")
    def _refers_to_what_is_there(self) -> Self:
        for queue_name, queue in self.queues.items():
            if unknown := [name for name in queue.compute_environments if name not in self.compute_environments]:
                raise ValueError(
                    f"the queue {queue_name} names compute environments that are not here: {', '.join(unknown)}"
                )
        if unknown := [name for name in self.nextflow.queues if name not in self.queues]:
            raise ValueError(f"nextflow.queues names queues that are not here: {', '.join(unknown)}")
        for job in self.job_definitions.values():
            placeholders.check_variables(job.environment, self.buckets, self.queues)
        if self.job_role is None:
            lacking = [
                name
                for name, definition in self.job_definitions.items()
                if "job_role" in definition.model_fields_set and definition.job_role == "job"
            ]
            if lacking:
                raise ValueError(f"task_credentials: instance-role makes no job role for {', '.join(lacking)}")
            if asking := [name for name, definition in self.job_definitions.items() if definition.asks_job_role]:
                raise ValueError(
                    f"{', '.join(asking)} mounts EFS with iam: true, which asks what the job role allows; "
                    "task_credentials: instance-role makes none: name one under job_role"
                )
        return self
