"""What an environment does with its roles, by its definition: what their rights are worked out from (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from environments.kinds.iam.execution import repository_arn
from environments.spec.environment import EnvironmentSpec
from launch_templates.spec import LaunchTemplateSpec
from provision.docker.autoscale import Autoscale


@dataclass(frozen=True)
class BucketUse:
    """A bucket by name; `writes`: jobs write into it. `kms_key` is the ARN of its key."""

    name: str
    writes: bool
    kms_key: str | None = None


@dataclass(frozen=True)
class Use:
    """Where an environment is, and what its machines and tasks reach.

    `cluster` is the ARN of an ECS cluster of it, or one like those that AWS Batch makes. `storage_policy` and the other
    policies are ARNs, "" where the definition names none. `grows`: its machines add volumes to themselves.
    """

    partition: str
    region: str
    account: str
    cluster: str
    log_group: str = "/aws/batch/job"
    buckets: tuple[BucketUse, ...] = ()
    reads: tuple[str, ...] = ()
    reads_all: bool = False
    tasks_on_machine: bool = False
    grows: bool = False
    storage_key: str | None = None
    sessions: bool = False
    images: Mapping[str, str] = field(default_factory=dict)
    """Job definition → ARN of the repository of ECR from which the machine's role pulls its image."""
    storage_policy: str = ""
    bucket_policy: str = ""
    read_policy: str = ""

    def arn(self, service: str, resource: str) -> str:
        """Write the ARN of a resource of the region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def managed(self, path: str) -> str:
        """Write the ARN of one of AWS's own policies."""
        return f"arn:{self.partition}:iam::aws:policy/{path}"


def use_of(
    spec: EnvironmentSpec, template: LaunchTemplateSpec | None, region: str, account: str, partition: str
) -> Use:  # fmt: skip
    """Read it from the definitions; without a template's definition its machines' storage is taken not to grow."""
    roles = spec.roles
    storage = template.docker_storage if template else None
    growing = storage if isinstance(storage, Autoscale) else None
    reads = roles.s3_read if isinstance(roles.s3_read, tuple) else ()

    def own(name: str | None) -> str:
        return f"arn:{partition}:iam::{account}:policy/{name}" if name else ""

    pulled = {name: job for name, job in spec.job_definitions.items() if not job.has_execution_role}
    place = Use(partition, region, account, "")
    first = next(iter(spec.compute_environments))
    return Use(
        partition, region, account,
        cluster=f"arn:{partition}:ecs:{region}:{account}:cluster/{cluster_name(first)}",
        log_group=spec.log_group.name,
        buckets=tuple(
            BucketUse(spec.bucket_name(use, account, region), use == "work" or not bucket.existing, bucket.kms_key)
            for use, bucket in spec.buckets.items()
        ),
        reads=reads,
        reads_all=roles.s3_read == "all",
        tasks_on_machine=spec.job_role is None,
        grows=growing is not None,
        storage_key=(growing and growing.kms_key) or roles.storage_kms_key,
        sessions=roles.session_manager,
        images={name: arn for name, job in pulled.items() if (arn := repository_arn(place, job))},
        storage_policy=own(roles.storage_policy),
        bucket_policy=own(roles.bucket_policy),
        read_policy=own(roles.public_buckets_policy),
    )  # fmt: skip


def cluster_name(compute_environment: str) -> str:
    """Write a name like that of the ECS cluster which AWS Batch makes for a compute environment."""
    return f"{compute_environment}_Batch_00000000-0000-0000-0000-000000000000"
