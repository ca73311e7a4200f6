"""S3 buckets as the definition asks for them and as S3 has them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cloud import errors, tags
from cloud.session import Cloud
from environments.kinds.data import bucket_rules
from environments.model.resource import Desired, Existing
from kiln.errors import UserError

NAME = "bucket"  # of the kind, on screens and in --json


@dataclass(frozen=True, kw_only=True)
class DesiredBucket(Desired):
    """A bucket of the environment; `use` is its key under `buckets` in the definition."""

    account: str
    region: str
    use: str
    partition: str


@dataclass(frozen=True, kw_only=True)
class ExistingBucket(Existing):
    """A bucket, with its policy document and its lifecycle rules as S3 has them; `others`: another account's."""

    policy: Mapping[str, Any]
    rules: Sequence[dict[str, Any]]
    others: bool = False


def find(cloud: Cloud, desired: DesiredBucket) -> ExistingBucket | None:
    """Find the bucket; raises UserError for a bucket of another account, or of another region."""
    s3, account = cloud.client("s3"), desired.account
    owned = {"Bucket": desired.name, "ExpectedBucketOwner": account}
    try:
        head = s3.head_bucket(**owned) if not desired.foreign else s3.head_bucket(Bucket=desired.name)
    except Exception as error:
        if errors.code(error) in {"404", "NoSuchBucket"}:
            return None
        raise _refused(error, desired) from error
    _refuse_elsewhere(head.get("BucketRegion"), desired)
    if desired.foreign:
        others = errors.or_none(s3.head_bucket, "403", *errors.DENIED, **owned) is None
        return ExistingBucket(NAME, desired.name, desired.name, {}, {}, policy={}, rules=(), others=others)
    return _read(s3, desired, owned)


def _read(s3: Any, desired: DesiredBucket, owned: Mapping[str, str]) -> ExistingBucket:
    own = _asked(s3.get_bucket_tagging, owned, "NoSuchTagSet").get("TagSet")
    policy = json.loads(_asked(s3.get_bucket_policy, owned, "NoSuchBucketPolicy").get("Policy", "{}"))
    rules = _asked(s3.get_bucket_lifecycle_configuration, owned, "NoSuchLifecycleConfiguration").get("Rules", [])
    block = _asked(s3.get_public_access_block, owned, "NoSuchPublicAccessBlockConfiguration")
    encryption = _asked(s3.get_bucket_encryption, owned, "ServerSideEncryptionConfigurationNotFoundError")
    tls = bucket_rules.tls(desired.name, desired.partition)
    fields = {
        "encryption": bucket_rules.encryption(encryption),
        "public access": "blocked" if block.get("PublicAccessBlockConfiguration") == bucket_rules.BLOCK else "possible",
        "TLS": "required" if tls in policy.get("Statement", []) else "optional",
        "expire": bucket_rules.expire(rules),
    }
    if desired.fields.get("versioning") is not None:
        fields["versioning"] = s3.get_bucket_versioning(**owned).get("Status") == "Enabled"
    return ExistingBucket(NAME, desired.name, desired.name, fields, tags.as_dict(own), policy=policy, rules=rules)


def _refuse_elsewhere(region: str | None, desired: DesiredBucket) -> None:
    if region and region != desired.region:
        raise UserError(
            f"the bucket {desired.name} is in {region}",
            f"the environment is in {desired.region}: machines would fetch all data from afar, at a price",
            f"Name another bucket under buckets.{desired.use}, or use --region {region}.",
        )


def _refused(error: Exception, desired: DesiredBucket) -> Exception:
    """S3 names a bucket's region even to those whom it does not let in (HeadBucket, Amazon S3 API Reference)."""
    if errors.code(error) not in {"403", "301", *errors.DENIED}:
        return error
    headers = getattr(error, "response", {}).get("ResponseMetadata", {}).get("HTTPHeaders", {})
    if desired.foreign:
        _refuse_elsewhere(headers.get("x-amz-bucket-region"), desired)
    return UserError(
        f"the bucket {desired.name} cannot be used",
        "S3 says 403: another AWS account owns that name, or these credentials may not call HeadBucket on it",
        f"Bucket names are unique in all of AWS: give buckets.{desired.use}.name another one.",
    )


def _asked(call: Any, owned: Mapping[str, str], none: str) -> dict[str, Any]:
    return errors.or_none(call, none, **owned) or {}
