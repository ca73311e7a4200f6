"""S3 buckets: encrypted, closed to the public, over TLS alone, a folder emptied by age.

Source: CreateBucket with tags, Amazon S3 API Reference. What the rules say is in bucket_rules.py.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cloud import errors, tags
from cloud.pages import list_all
from cloud.session import Cloud
from environments.kinds.data import bucket_contents, bucket_rules
from environments.model import resource
from environments.model.inputs import Inputs
from environments.model.kind import users_make_it_kilns, wait_for_teardown
from environments.model.region import Region
from environments.model.resource import Desired, Difference, Existing, Fate, Removal
from kiln.errors import UserError

KIND, ACCOUNT_WIDE = "bucket", False
is_kilns = users_make_it_kilns
list_unnamed = wait_for_teardown


@dataclass(frozen=True, kw_only=True)
class DesiredBucket(Desired):
    """A bucket of the environment; `use` is its key under `buckets` in the definition."""

    account: str
    region: str
    use: str
    partition: str


@dataclass(frozen=True, kw_only=True)
class ExistingBucket(Existing):
    """A bucket, with its policy document and its lifecycle rules as S3 has them."""

    policy: Mapping[str, Any]
    rules: Sequence[dict[str, Any]]


def desired(inputs: Inputs) -> tuple[DesiredBucket, ...]:
    spec = inputs.spec
    return tuple(
        DesiredBucket(
            KIND,
            spec.bucket_name(use, inputs.account, inputs.region),
            {} if bucket.existing else bucket_rules.fields(bucket),
            inputs.tags,
            foreign=bucket.existing,
            account=inputs.account,
            region=inputs.region,
            use=use,
            partition=inputs.partition,
        )
        for use, bucket in spec.buckets.items()
    )


def match(region: Region, desired: Sequence[DesiredBucket]) -> Mapping[str, ExistingBucket]:
    return {bucket.name: existing for bucket in desired if (existing := _existing(region.cloud, bucket))}


def tagged(region: Region) -> Iterator[ExistingBucket]:
    """The buckets of the region. One that is closed to these credentials is nothing that Kiln made with them."""
    s3 = region.cloud.client("s3")
    for name in (
        bucket["Name"] for bucket in list_all(s3, "list_buckets", "Buckets", BucketRegion=region.cloud.region)
    ):
        codes = ("NoSuchTagSet", "NoSuchBucket", *errors.DENIED)
        if answer := errors.or_none(s3.get_bucket_tagging, *codes, Bucket=name):
            yield ExistingBucket(KIND, name, name, {}, tags.as_dict(answer["TagSet"]), policy={}, rules=())


def _existing(cloud: Cloud, desired: DesiredBucket) -> ExistingBucket | None:
    """Raises UserError for a bucket of another account, or of another region."""
    s3, account = cloud.client("s3"), desired.account
    owned = {"Bucket": desired.name, "ExpectedBucketOwner": account}
    try:
        head = s3.head_bucket(**owned) if not desired.foreign else s3.head_bucket(Bucket=desired.name)
    except Exception as error:
        if errors.code(error) in {"404", "NoSuchBucket"}:
            return None
        raise _refused(error, desired) from error
    region = head.get("BucketRegion") or cloud.region
    if region != cloud.region:
        raise UserError(
            f"the bucket {desired.name} is in {region}",
            f"the environment is in {cloud.region}: machines would fetch all data from afar, at a price",
            f"Name another bucket under buckets.{desired.use}, or use --region {region}.",
        )
    if desired.foreign:
        return ExistingBucket(KIND, desired.name, desired.name, {}, {}, policy={}, rules=())
    own = _asked(s3.get_bucket_tagging, owned, "NoSuchTagSet").get("TagSet")
    policy = json.loads(_asked(s3.get_bucket_policy, owned, "NoSuchBucketPolicy").get("Policy", "{}"))
    rules = _asked(s3.get_bucket_lifecycle_configuration, owned, "NoSuchLifecycleConfiguration").get("Rules", [])
    block = _asked(s3.get_public_access_block, owned, "NoSuchPublicAccessBlockConfiguration")
    encryption = _asked(s3.get_bucket_encryption, owned, "ServerSideEncryptionConfigurationNotFoundError")
    fields = {
        "encryption": bucket_rules.encryption(encryption),
        "public access": "blocked" if block.get("PublicAccessBlockConfiguration") == bucket_rules.BLOCK else "possible",
        "TLS": "required" if _tls(desired) in policy.get("Statement", []) else "optional",
        "expire": bucket_rules.expire(rules),
    }
    if desired.fields.get("versioning") is not None:
        fields["versioning"] = s3.get_bucket_versioning(**owned).get("Status") == "Enabled"
    return ExistingBucket(KIND, desired.name, desired.name, fields, tags.as_dict(own), policy=policy, rules=rules)


def _refused(error: Exception, desired: DesiredBucket) -> Exception:
    if errors.code(error) not in {"403", *errors.DENIED}:
        return error
    return UserError(
        f"the bucket {desired.name} cannot be used",
        "S3 says 403: another AWS account owns that name, or these credentials may not call HeadBucket on it",
        f"Bucket names are unique in all of AWS: give buckets.{desired.use}.name another one.",
    )


def _asked(call: Any, owned: Mapping[str, str], none: str) -> dict[str, Any]:
    return errors.or_none(call, none, **owned) or {}


def _tls(desired: DesiredBucket) -> dict[str, Any]:
    return bucket_rules.tls(desired.name, desired.partition)


def diff(desired: DesiredBucket, existing: ExistingBucket) -> tuple[Difference, ...]:
    return resource.differences(desired.fields, existing.fields)


def create(cloud: Cloud, desired: DesiredBucket) -> str:
    """Raises UserError where the name was taken in the meantime."""
    configuration: dict[str, Any] = {"Tags": tags.as_list(desired.tags)}
    if cloud.region != "us-east-1":  # which S3 refuses to be told
        configuration["LocationConstraint"] = cloud.region
    try:
        cloud.client("s3").create_bucket(Bucket=desired.name, CreateBucketConfiguration=configuration)
    except Exception as error:
        if errors.code(error) != "BucketAlreadyExists":
            raise
        raise UserError(
            f"the bucket {desired.name} cannot be made",
            "another AWS account owns that name",
            f"Give buckets.{desired.use}.name another one.",
        ) from error
    fields = {"expire": "never"}
    empty = ExistingBucket(KIND, desired.name, desired.name, fields, desired.tags, policy={}, rules=())
    return update(cloud, desired, empty, diff(desired, empty))


def update(cloud: Cloud, desired: DesiredBucket, existing: ExistingBucket, changes: Sequence[Difference]) -> str:
    s3, fields = cloud.client("s3"), {change.field for change in changes}
    owned = {"Bucket": desired.name, "ExpectedBucketOwner": desired.account}
    if "public access" in fields:
        s3.put_public_access_block(**owned, PublicAccessBlockConfiguration=bucket_rules.BLOCK)
    if "encryption" in fields:
        rule = bucket_rules.encryption_rule(desired.fields["encryption"])
        s3.put_bucket_encryption(**owned, ServerSideEncryptionConfiguration={"Rules": [rule]})
    if "TLS" in fields:
        before = existing.policy
        kept = [statement for statement in before.get("Statement", []) if statement.get("Sid") != bucket_rules.TLS]
        document = {"Version": "2012-10-17", **before, "Statement": [*kept, _tls(desired)]}
        s3.put_bucket_policy(**owned, Policy=json.dumps(document))
    if "expire" in fields:
        if rules := bucket_rules.lifecycle(desired.fields["expire"], existing.rules):
            s3.put_bucket_lifecycle_configuration(**owned, LifecycleConfiguration={"Rules": rules})
        else:
            s3.delete_bucket_lifecycle(**owned)
    if "versioning" in fields:
        status = "Enabled" if desired.fields["versioning"] else "Suspended"
        s3.put_bucket_versioning(**owned, VersioningConfiguration={"Status": status})
    return desired.name


def fate(cloud: Cloud, existing: Existing, removal: Removal) -> tuple[Fate, str]:
    """A bucket that holds data stays, unless a person named it."""
    if not bucket_contents.holds_data(cloud, existing.name):
        return "delete", ""
    if existing.name in removal.buckets:
        return "delete", "with all that it holds"
    return "keep", f"it holds data; --with-bucket {existing.name} deletes both"


def leave(cloud: Cloud, existing: Existing, removal: Removal) -> None:
    """Delete it, with its data only where a person named it; raises UserError for a bucket that still holds any."""
    if existing.name in removal.buckets:
        bucket_contents.delete(cloud, existing.name)
    try:
        cloud.client("s3").delete_bucket(Bucket=existing.name)
    except Exception as error:
        if errors.code(error) == "NoSuchBucket":
            return
        if errors.code(error) != "BucketNotEmpty":
            raise
        raise UserError(f"the bucket {existing.name} is not empty", "", "Empty it first, or keep it.") from error


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    """PutBucketTagging replaces all tags there are, but for AWS's own."""
    _put_tags(cloud, existing, {**existing.tags, **labels})


def untag(cloud: Cloud, existing: Existing, keys: Sequence[str]) -> None:
    _put_tags(cloud, existing, {key: value for key, value in existing.tags.items() if key not in keys})


def _put_tags(cloud: Cloud, existing: Existing, all_tags: Mapping[str, str]) -> None:
    own = {key: value for key, value in all_tags.items() if not key.startswith("aws:")}
    cloud.client("s3").put_bucket_tagging(Bucket=existing.name, Tagging={"TagSet": tags.as_list(own)})
