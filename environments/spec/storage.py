"""Buckets and the log group as an environment definition writes them."""

from typing import Annotated, Self

from pydantic import Field, StrictBool, field_validator, model_validator

from cloud.names import BucketName, KmsKeyArn
from kiln.keys.takes import Takes
from kiln.models import Model, Seconds, time

_DAY = 86400
Folder = Annotated[
    str,
    Field(pattern=r"^[^/\s][^\s]*/$"),
    Takes("a folder in the bucket, with '/' at its end and none at its beginning", "work/"),
]
LogGroupName = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9_./#-]{1,512}$"),
    Takes("a log group's name: up to 512 letters, digits and _ . / # -", "/aws/batch/job"),
]
# PutRetentionPolicy, Amazon CloudWatch Logs API Reference
_RETENTION = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


class Bucket(Model):
    """An S3 bucket in the environment's region: encrypted, closed to the public, reached over TLS alone."""

    name: BucketName | None = None
    """Default: ENVIRONMENT-ACCOUNT-REGION for `work`, ENVIRONMENT-KEY-ACCOUNT-REGION for the others."""
    existing: StrictBool = False
    """It exists already, and Kiln changes nothing of it."""
    kms_key: KmsKeyArn | None = None
    """ARN. Default: S3's own keys (SSE-S3)."""
    versioning: StrictBool | None = None
    """Default: as it is (a new bucket keeps no versions)."""
    expire: Folder | None = None
    """A folder whose objects are deleted by age, such as work/."""
    expire_after: Annotated[Seconds, Takes("a time in whole days (d)", "30 d", time)] = 90 * _DAY
    """Whole days."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.existing and not self.name:
            raise ValueError("an existing bucket needs its name")
        if self.existing and {"versioning", "expire", "expire_after"} & self.model_fields_set:
            raise ValueError("Kiln does not change an existing bucket: leave versioning and expire out")
        if self.expire_after % _DAY or not self.expire_after:
            raise ValueError("expire_after must be a whole number of days, such as 30 d")
        return self

    @property
    def expire_days(self) -> int:
        return self.expire_after // _DAY


class LogGroup(Model):
    """Where the jobs' output goes."""

    name: LogGroupName = "/aws/batch/job"
    retention: Annotated[Seconds, Takes("a time in whole days (d), or null for ever", "90 d", time)] | None = 90 * _DAY
    """null: for ever."""

    @field_validator("retention")
    @classmethod
    def _offered(cls, value: int | None) -> int | None:
        if value is not None and (value % _DAY or value // _DAY not in _RETENTION):
            raise ValueError(f"CloudWatch Logs accepts these numbers of days: {', '.join(map(str, _RETENTION))}")
        return value

    @property
    def days(self) -> int | None:
        return None if self.retention is None else self.retention // _DAY
