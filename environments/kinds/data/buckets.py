"""S3 buckets: encrypted, closed to the public, over TLS alone, a folder emptied by age.

Source: CreateBucket with tags, Amazon S3 API Reference. What the rules say is in bucket_rules.py.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cloud import errors, tags
from cloud.session import Cloud
from environments.kinds.data import bucket_rules
from environments.model import resource
from environments.model.inputs import Inputs
from environments.model.resource import Desired, Difference, Existing
from kiln.errors import UserError

KIND = "bucket"


def desired(inputs: Inputs) -> tuple[Desired, ...]:
    spec = inputs.spec
    return tuple(
        Desired(
            KIND,
            spec.bucket_name(use, inputs.account, inputs.region),
            {} if bucket.existing else bucket_rules.fields(bucket),
            inputs.tags,
            foreign=bucket.existing,
            extra={"account": inputs.account, "region": inputs.region, "use": use, "partition": inputs.partition},
        )
        for use, bucket in spec.buckets.items()
    )


def find(cloud: Cloud, desired: Sequence[Desired]) -> Mapping[str, Existing]:
    found = {each.name: _found(cloud, each) for each in desired}
    return {name: each for name, each in found.items() if each is not None}


def _found(cloud: Cloud, desired: Desired) -> Existing | None:
    """Raises UserError for a bucket of another account, or of another region."""
    s3, account = cloud.client("s3"), desired.extra["account"]
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
            f"Name another bucket under buckets.{desired.extra['use']}, or use --region {region}.",
        )
    if desired.foreign:
        return Existing(KIND, desired.name, desired.name, {}, {})
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
    return Existing(KIND, desired.name, desired.name, fields, tags.as_dict(own), {"policy": policy, "rules": rules})


def _refused(error: Exception, desired: Desired) -> Exception:
    if errors.code(error) not in {"403", *errors.DENIED}:
        return error
    return UserError(
        f"the bucket {desired.name} cannot be used",
        "S3 says 403: another AWS account owns that name, or these credentials may not call HeadBucket on it",
        f"Bucket names are unique in all of AWS: give buckets.{desired.extra['use']}.name another one.",
    )


def _asked(call: Any, owned: Mapping[str, str], none: str) -> dict[str, Any]:
    return errors.or_none(call, none, **owned) or {}


def _tls(desired: Desired) -> dict[str, Any]:
    return bucket_rules.tls(desired.name, desired.extra["partition"])


def diff(desired: Desired, existing: Existing) -> tuple[Difference, ...]:
    return resource.differences(desired.fields, existing.fields)


def create(cloud: Cloud, desired: Desired) -> str:
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
            f"Give buckets.{desired.extra['use']}.name another one.",
        ) from error
    empty = Existing(KIND, desired.name, desired.name, {"expire": "never"}, desired.tags, {"policy": {}, "rules": []})
    return update(cloud, desired, empty, diff(desired, empty))


def update(cloud: Cloud, desired: Desired, existing: Existing, changes: Sequence[Difference]) -> str:
    s3, fields = cloud.client("s3"), {change.field for change in changes}
    owned = {"Bucket": desired.name, "ExpectedBucketOwner": desired.extra["account"]}
    if "public access" in fields:
        s3.put_public_access_block(**owned, PublicAccessBlockConfiguration=bucket_rules.BLOCK)
    if "encryption" in fields:
        rule = bucket_rules.encryption_rule(desired.fields["encryption"])
        s3.put_bucket_encryption(**owned, ServerSideEncryptionConfiguration={"Rules": [rule]})
    if "TLS" in fields:
        before = existing.extra["policy"]
        kept = [each for each in before.get("Statement", []) if each.get("Sid") != bucket_rules.TLS]
        document = {"Version": "2012-10-17", **before, "Statement": [*kept, _tls(desired)]}
        s3.put_bucket_policy(**owned, Policy=json.dumps(document))
    if "expire" in fields:
        if rules := bucket_rules.lifecycle(desired.fields["expire"], existing.extra["rules"]):
            s3.put_bucket_lifecycle_configuration(**owned, LifecycleConfiguration={"Rules": rules})
        else:
            s3.delete_bucket_lifecycle(**owned)
    if "versioning" in fields:
        status = "Enabled" if desired.fields["versioning"] else "Suspended"
        s3.put_bucket_versioning(**owned, VersioningConfiguration={"Status": status})
    return desired.name


def delete(cloud: Cloud, existing: Existing) -> None:
    """Raises UserError for a bucket that holds anything."""
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
