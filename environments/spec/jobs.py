"""Job definitions as an environment definition writes them.

Sources: RegisterJobDefinition, ContainerProperties and LinuxParameters, AWS Batch API Reference.
"""

import re
from collections import Counter
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StrictBool, StrictInt, model_validator

from environments.spec.batch_names import refuse_names
from environments.spec.compute import Value, Variable
from environments.spec.job_images import Image, Repository, repository_of
from environments.spec.job_logs import Log
from environments.spec.job_mounts import Device, Tmpfs, Ulimit, UlimitName, Volume
from environments.spec.secrets import (
    ExecutionRole,
    RegistrySecret,
    SecretReference,
    check_references,
    check_registry_secret,
    refuse_credentials,
)
from kiln.keys.takes import Takes
from kiln.models import MiB, Model, Seconds, repeated


def _user(value: str) -> str:
    if not re.fullmatch(r"[^\s:]+(:[^\s:]+)?", value):
        raise ValueError('write a user or user:group, by name or number, such as "1000:1000"')
    return value


JobRole = Annotated[
    str,
    Field(pattern=r"^(job|nextflow|none|arn:aws[a-z-]*:iam::\d{12}:role/[A-Za-z0-9_+=,.@/-]+)$"),
    Takes(
        "job, nextflow, none, or a role's ARN", "arn:aws:iam::123456789012:role/reader",
        known=("job", "nextflow", "none"),
    ),
]  # fmt: skip
Reason = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9.: ]{1,511}\*?$"),  # EvaluateOnExit, AWS Batch API Reference
    Takes("how the reason begins for which an attempt ended, with * at its end", "Host EC2*"),
]


class JobDefinition(Model):
    """A container job definition: Kiln registers a new revision when anything in it changes."""

    image: Image = ""
    ecr: Repository | None = None
    """A repository of ECR in the account and region: its newest tagged image, named by digest. Instead of image."""
    command: tuple[Annotated[str, Takes("a word of the command", "echo")], ...] = ()
    vcpus: StrictInt = Field(1, ge=1, le=1024)
    memory: MiB
    gpus: StrictInt = Field(0, ge=0, le=64)
    environment: dict[Variable, Value] = Field(default_factory=dict)
    secrets: dict[Variable, SecretReference] = Field(default_factory=dict)
    """Variables whose values the ECS agent takes from Secrets Manager or SSM when the job starts."""
    parameters: dict[Annotated[str, Takes("a parameter's name", "greeting")], Value] = Field(default_factory=dict)
    job_role: JobRole = "job"
    """job: the environment's job role; nextflow: its role of head jobs; none; or a role's ARN."""
    execution_role: ExecutionRole | None = None
    """What the ECS agent fetches secrets and images with. Default: environment where one is needed, else none."""
    repository_credentials: RegistrySecret | None = None
    """Secret with username and password of a registry that is not ECR."""
    volumes: tuple[Volume, ...] = ()
    tmpfs: tuple[Tmpfs, ...] = ()
    shared_memory: Annotated[MiB, Field(ge=1)] | None = None
    """Of /dev/shm. Docker's own: 64 MiB."""
    devices: tuple[Device, ...] = ()
    ulimits: dict[UlimitName, Ulimit] = Field(default_factory=dict)
    init_process: StrictBool = False
    max_swap: MiB | None = None
    swappiness: Annotated[StrictInt, Field(ge=0, le=100)] | None = None
    user: Annotated[str, AfterValidator(_user), Takes("a user, or user:group, in quotes", '"1000:1000"')] | None = None
    privileged: StrictBool = False
    read_only_root: StrictBool = False
    log: Log = Log()
    attempts: StrictInt = Field(1, ge=1, le=10)
    retry_on: Annotated[tuple[Reason, ...], Field(max_length=4)] = ()
    """Only an attempt that ended for such a reason (statusReason) is followed by another. Default: every one."""
    timeout: Seconds | None = None
    """At least 60 s."""

    @property
    def needs_execution_role(self) -> bool:
        """Whether the ECS agent must fetch something for the job in a role's name."""
        return bool(self.secrets or self.log.secret_options or self.repository_credentials)

    @property
    def has_execution_role(self) -> bool:
        """Whether its image is pulled in the name of a role of its own, and not of the machine's."""
        return self.has_environments_role or self.execution_role not in (None, "none")

    @property
    def has_environments_role(self) -> bool:
        """Whether the environment's execution role is its execution role."""
        return self.execution_role == "environment" or (self.execution_role is None and self.needs_execution_role)

    @property
    def _mounts_by_role(self) -> bool:
        return any(volume.efs and volume.efs.iam for volume in self.volumes)

    @property
    def asks_job_role(self) -> bool:
        """Whether it mounts EFS in the name of the environment's job role."""
        return self.job_role == "job" and self._mounts_by_role

    @property
    def ecr_repository(self) -> re.Match[str] | None:
        """Account, region and repository of an image in ECR; None for any other registry."""
        return repository_of(self.image)

    @model_validator(mode="before")
    @classmethod
    def _knows_batchs_own_names(cls, data: Any) -> Any:
        refuse_names(data, cls.model_fields)
        return data

    @model_validator(mode="after")
    def _allowed(self) -> Self:
        if bool(self.image) == bool(self.ecr):
            raise ValueError("a job definition has an image, or under ecr a repository whose newest image it is")
        if self.memory < 4:
            raise ValueError("memory must be at least 4 MiB")
        if reserved := [key for key in (*self.environment, *self.secrets) if key.startswith("AWS_BATCH")]:
            raise ValueError(f"AWS Batch sets these variables itself: {', '.join(reserved)}")
        if self.retry_on and self.attempts == 1:
            raise ValueError("retry_on needs attempts: 2, or more")
        if self.timeout is not None and self.timeout < 60:
            raise ValueError("timeout must be at least 60 s")
        if twice := sorted(self.environment.keys() & self.secrets.keys()):
            raise ValueError(f"environment and secrets both have {', '.join(twice)}")
        if self.swappiness is not None and self.max_swap is None:
            raise ValueError("swappiness works only with max_swap")
        return self

    @model_validator(mode="after")
    def _mounts_once(self) -> Self:
        paths = [*(volume.container for volume in self.volumes), *(tmpfs.container for tmpfs in self.tmpfs)]
        if twice := repeated(paths):
            raise ValueError(f"two mounts have the same place in the container: {twice}")
        devices = Counter(device.container or device.host for device in self.devices)
        if several := [path for path, times in devices.items() if times > 1]:
            raise ValueError(f"two devices have the same place in the container: {', '.join(several)}")
        if self.job_role == "none" and self._mounts_by_role:
            raise ValueError("efs with iam: true asks what the job role allows: job_role cannot be none")
        return self

    @model_validator(mode="after")
    def _keeps_secrets(self) -> Self:
        check_references(self.secrets)
        if self.repository_credentials is not None:
            check_registry_secret(self.repository_credentials)
        refuse_credentials(self.environment, (*self.command, *self.parameters.values()))
        if self.needs_execution_role and self.execution_role == "none":
            raise ValueError(
                "secrets, secret_options and repository_credentials are fetched with an execution role: "
                "execution_role cannot be none"
            )
        if self.repository_credentials is not None and self.ecr_repository:
            raise ValueError("ECR knows no repository_credentials: machines pull from it with their own role")
        return self
