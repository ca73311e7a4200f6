"""Roles, network and log group as an environment definition writes them."""

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, field_validator, model_validator

from environments.spec.storage import BUCKET_NAME
from kiln.models import Model, Seconds

RoleName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_+=,.@-]{1,64}$")]  # CreateRole, IAM API Reference
PolicyName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_+=,.@-]{1,128}$")]
_POLICY_ARN = r"^arn:aws[a-z-]*:iam::(aws|\d{12}):policy/[A-Za-z0-9_+=,.@/-]+$"
_DAY = 86400
# PutRetentionPolicy, Amazon CloudWatch Logs API Reference
_RETENTION = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


class Roles(Model):
    """Names of roles and policies, and what they allow."""

    service: Literal["service-linked"] | RoleName = "service-linked"
    """AWS Batch's own role: the service-linked one, or the name of one that Batch assumes."""
    spot_fleet: RoleName = "AWSSpotFleetTaggingRole"
    """Needed, and made, only where Spot goes with BEST_FIT."""
    instance: RoleName = "ecsInstanceRole"
    instance_profile: RoleName | None = None
    """Default: the instance role's name."""
    job: RoleName | None = None
    """The tasks' own role under task_credentials: job-role. Default: ENVIRONMENT-job-role."""
    bucket_policy: PolicyName = "bucket-access-policy"
    public_buckets_policy: PolicyName = "public-buckets-policy"
    storage_policy: PolicyName | None = "ebs-autoscale-policy"
    """null: machines of this environment add no volumes to themselves."""
    storage_kms_key: str | None = Field(None, pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+$")
    """ARN of the key that those volumes are encrypted with, where it is not the account's aws/ebs key."""
    s3_read: Literal["all"] | tuple[Annotated[str, Field(pattern=BUCKET_NAME)], ...] = ()
    """Read-only: `all` that S3 lets this account read, or the named (public) buckets."""
    session_manager: StrictBool = False
    """Whether machines can be reached through SSM Session Manager (AmazonSSMManagedInstanceCore)."""
    permissions_boundary: Annotated[str, Field(pattern=_POLICY_ARN)] | None = None
    """ARN of a policy that bounds every role that Kiln makes."""

    @property
    def profile(self) -> str:
        return self.instance_profile or self.instance

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        names = [name for name in (self.service, self.spot_fleet, self.instance, self.job) if name]
        if len(names) != len(set(names)):
            raise ValueError("two of service, spot_fleet, instance and job have one name; each trusts another service")
        policies = [name for name in (self.bucket_policy, self.public_buckets_policy, self.storage_policy) if name]
        if len(policies) != len(set(policies)):
            raise ValueError("two policies have one name")
        return self


class Network(Model):
    """Where the machines live. They need a way out, to ECS, ECR, S3 and CloudWatch Logs; nothing needs a way in."""

    vpc: str = Field("default", pattern=r"^(default|vpc-[0-9a-f]{8,17})$")
    subnets: tuple[Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")], ...] = Field((), max_length=16)
    """Default: every default subnet of the default VPC, every subnet of a named one."""
    security_groups: tuple[Annotated[str, Field(min_length=1, max_length=255)], ...] = Field((), max_length=5)
    """Ids or names. Default: ENVIRONMENT-batch, which is made without ingress where there is none."""


class LogGroup(Model):
    """Where the jobs' output goes."""

    name: str = Field("/aws/batch/job", pattern=r"^[A-Za-z0-9_./#-]{1,512}$")
    retention: Seconds | None = 90 * _DAY
    """null: for ever."""

    @field_validator("retention")
    @classmethod
    def _offered(cls, value: int | None) -> int | None:
        if value is not None and (value % _DAY or value // _DAY not in _RETENTION):
            raise ValueError(f"CloudWatch Logs keeps for these numbers of days: {', '.join(map(str, _RETENTION))}")
        return value

    @property
    def days(self) -> int | None:
        return None if self.retention is None else self.retention // _DAY
