"""Roles and policies as an environment definition writes them."""

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, field_validator, model_validator

from cloud.names import BucketName, KmsKeyArn
from kiln.keys.takes import Takes
from kiln.models import Model

_SIGNS = "letters, digits and _ + = , . @ -"
RoleName = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9_+=,.@-]{1,64}$"),  # CreateRole, IAM API Reference
    Takes(f"a role's name alone, not its ARN: up to 64 {_SIGNS}", "ecsInstanceRole"),
]
PolicyName = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9_+=,.@-]{1,128}$"),
    Takes(f"a policy's name alone, not its ARN: up to 128 {_SIGNS}", "bucket-access-policy"),
]
PolicyArn = Annotated[
    str,
    Field(pattern=r"^arn:aws[a-z-]*:iam::(aws|\d{12}):policy/[A-Za-z0-9_+=,.@/-]+$"),
    Takes("the ARN of a policy", "arn:aws:iam::123456789012:policy/boundary"),
]


class Roles(Model):
    """Names of roles and policies, and what they allow."""

    service: Literal["service-linked"] | RoleName = "service-linked"
    """AWS Batch's own role: service-linked, or the name of a role that Batch assumes."""
    spot_fleet: RoleName = "AWSSpotFleetTaggingRole"
    """Needed, and made, only where Spot goes with BEST_FIT."""
    instance: RoleName = "ecsInstanceRole"
    instance_profile: RoleName | None = None
    """Default: the instance role's name."""
    job: RoleName | None = None
    """The tasks' own role under task_credentials: job-role. Default: ENVIRONMENT-job-role."""
    execution: RoleName | None = None
    """Made where a job definition has secrets or credentials of a registry. Default: ENVIRONMENT-execution-role."""
    execution_policy: PolicyName | None = None
    """That role's policy. Default: ENVIRONMENT-execution-policy."""
    nextflow: RoleName = "NextflowJobRole"
    """Of Nextflow's head jobs; made where a job definition has job_role: nextflow."""
    nextflow_policy: PolicyName = "nextflow-batch-access-policy"
    nextflow_access: Literal["environment", "all"] = "environment"
    """What that policy allows: jobs of this environment, by Nextflow's own job definitions; or any job."""
    secret_keys: tuple[KmsKeyArn, ...] = ()
    """ARNs of the KMS keys of the jobs' secrets, where they are not AWS's own (aws/secretsmanager, aws/ssm)."""
    bucket_policy: PolicyName = "bucket-access-policy"
    public_buckets_policy: PolicyName = "public-buckets-policy"
    storage_policy: PolicyName | None = "ebs-autoscale-policy"
    """null: machines of this environment add no volumes to themselves."""
    storage_kms_key: KmsKeyArn | None = None
    """ARN of the key that those volumes are encrypted with, where it is not the account's aws/ebs key."""
    s3_read: Literal["all"] | tuple[BucketName, ...] = ()
    """Read-only: `all` that S3 lets this account read, or the named (public) buckets."""
    session_manager: StrictBool = False
    """Whether machines can be reached through SSM Session Manager (AmazonSSMManagedInstanceCore)."""
    permissions_boundary: PolicyArn | None = None
    """ARN of a policy that bounds every role that Kiln makes."""

    @property
    def profile(self) -> str:
        return self.instance_profile or self.instance

    @field_validator("service", mode="before")
    @classmethod
    def _by_its_own_name(cls, value: object) -> object:
        """The service-linked role may be called by the name, or the ARN, that AWS gives it."""
        linked = isinstance(value, str) and value.rpartition("/")[2] == "AWSServiceRoleForBatch"
        return "service-linked" if linked else value

    @model_validator(mode="after")
    def _have_own_names(self) -> Self:
        given = (self.service, self.spot_fleet, self.instance, self.job, self.execution, self.nextflow)
        names = [name for name in given if name]
        if len(names) != len(set(names)):
            raise ValueError(
                "service, spot_fleet, instance, job, execution and nextflow need different names: they are for "
                "different things"
            )
        named = (self.bucket_policy, self.public_buckets_policy, self.storage_policy, self.execution_policy,
                 self.nextflow_policy)  # fmt: skip
        policies = [name for name in named if name]
        if len(policies) != len(set(policies)):
            raise ValueError("two policies have the same name")
        return self
