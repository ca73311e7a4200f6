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
from environments.model.inputs import Ground
from environments.model.resource import Difference, Found, Wanted
from kiln.errors import UserError

KIND = "bucket"


def desired(ground: Ground) -> tuple[Wanted, ...]:
    spec = ground.spec
    return tuple(
        Wanted(
            KIND,
            spec.bucket_name(use, ground.account, ground.region),
            {} if bucket.existing else bucket_rules.fields(bucket),
            ground.tags,
            foreign=bucket.existing,
            extra={"account": ground.account, "region": ground.region, "use": use, "partition": ground.partition},
        )
        for use, bucket in spec.buckets.items()
    )


def find(cloud: Cloud, wanted: Sequence[Wanted]) -> Mapping[str, Found]:
    found = {each.name: _found(cloud, each) for each in wanted}
    return {name: each for name, each in found.items() if each is not None}


def _found(cloud: Cloud, wanted: Wanted) -> Found | None:
    """Raises UserError for a bucket of another account, or of another region."""
    s3, account = cloud.client("s3"), wanted.extra["account"]
    owned = {"Bucket": wanted.name, "ExpectedBucketOwner": account}
    try:
        head = s3.head_bucket(**owned) if not wanted.foreign else s3.head_bucket(Bucket=wanted.name)
    except Exception as error:
        if errors.code(error) in {"404", "NoSuchBucket"}:
            return None
        raise _refused(error, wanted) from error
    region = head.get("BucketRegion") or cloud.region
    if region != cloud.region:
        raise UserError(
            f"the bucket {wanted.name} is in {region}",
            f"the environment is in {cloud.region}: machines would fetch all data from afar, at a price",
            f"Name another bucket under buckets.{wanted.extra['use']}, or use --region {region}.",
        )
    if wanted.foreign:
        return Found(KIND, wanted.name, wanted.name, {}, {})
    own = _asked(s3.get_bucket_tagging, owned, "NoSuchTagSet").get("TagSet")
    policy = json.loads(_asked(s3.get_bucket_policy, owned, "NoSuchBucketPolicy").get("Policy", "{}"))
    rules = _asked(s3.get_bucket_lifecycle_configuration, owned, "NoSuchLifecycleConfiguration").get("Rules", [])
    block = _asked(s3.get_public_access_block, owned, "NoSuchPublicAccessBlockConfiguration")
    encryption = _asked(s3.get_bucket_encryption, owned, "ServerSideEncryptionConfigurationNotFoundError")
    fields = {
        "encryption": bucket_rules.encryption(encryption),
        "public access": "blocked" if block.get("PublicAccessBlockConfiguration") == bucket_rules.BLOCK else "possible",
        "TLS": "required" if _tls(wanted) in policy.get("Statement", []) else "optional",
        "expire": bucket_rules.expire(rules),
    }
    if wanted.fields.get("versioning") is not None:
        fields["versioning"] = s3.get_bucket_versioning(**owned).get("Status") == "Enabled"
    return Found(KIND, wanted.name, wanted.name, fields, tags.as_dict(own), {"policy": policy, "rules": rules})


def _refused(error: Exception, wanted: Wanted) -> Exception:
    if errors.code(error) not in {"403", *errors.DENIED}:
        return error
    return UserError(
        f"the bucket {wanted.name} cannot be used",
        "S3 says 403: another AWS account owns that name, or these credentials may not call HeadBucket on it",
        f"Bucket names are unique in all of AWS: give buckets.{wanted.extra['use']}.name another one.",
    )


def _asked(call: Any, owned: Mapping[str, str], none: str) -> dict[str, Any]:
    return errors.or_none(call, none, **owned) or {}


def _tls(wanted: Wanted) -> dict[str, Any]:
    return bucket_rules.tls(wanted.name, wanted.extra["partition"])


def diff(wanted: Wanted, found: Found) -> tuple[Difference, ...]:
    return resource.differences(wanted.fields, found.fields)


def create(cloud: Cloud, wanted: Wanted) -> str:
    """Raises UserError where the name was taken in the meantime."""
    configuration: dict[str, Any] = {"Tags": tags.as_list(wanted.tags)}
    if cloud.region != "us-east-1":  # which S3 refuses to be told
        configuration["LocationConstraint"] = cloud.region
    try:
        cloud.client("s3").create_bucket(Bucket=wanted.name, CreateBucketConfiguration=configuration)
    except Exception as error:
        if errors.code(error) != "BucketAlreadyExists":
            raise
        raise UserError(
            f"the bucket {wanted.name} cannot be made",
            "another AWS account owns that name",
            f"Give buckets.{wanted.extra['use']}.name another one.",
        ) from error
    empty = Found(KIND, wanted.name, wanted.name, {"expire": "never"}, wanted.tags, {"policy": {}, "rules": []})
    return update(cloud, wanted, empty, diff(wanted, empty))


def update(cloud: Cloud, wanted: Wanted, found: Found, changes: Sequence[Difference]) -> str:
    s3, fields = cloud.client("s3"), {change.field for change in changes}
    owned = {"Bucket": wanted.name, "ExpectedBucketOwner": wanted.extra["account"]}
    if "public access" in fields:
        s3.put_public_access_block(**owned, PublicAccessBlockConfiguration=bucket_rules.BLOCK)
    if "encryption" in fields:
        rule = bucket_rules.encryption_rule(wanted.fields["encryption"])
        s3.put_bucket_encryption(**owned, ServerSideEncryptionConfiguration={"Rules": [rule]})
    if "TLS" in fields:
        before = found.extra["policy"]
        kept = [each for each in before.get("Statement", []) if each.get("Sid") != bucket_rules.TLS]
        document = {"Version": "2012-10-17", **before, "Statement": [*kept, _tls(wanted)]}
        s3.put_bucket_policy(**owned, Policy=json.dumps(document))
    if "expire" in fields:
        if rules := bucket_rules.lifecycle(wanted.fields["expire"], found.extra["rules"]):
            s3.put_bucket_lifecycle_configuration(**owned, LifecycleConfiguration={"Rules": rules})
        else:
            s3.delete_bucket_lifecycle(**owned)
    if "versioning" in fields:
        status = "Enabled" if wanted.fields["versioning"] else "Suspended"
        s3.put_bucket_versioning(**owned, VersioningConfiguration={"Status": status})
    return wanted.name


def delete(cloud: Cloud, found: Found) -> None:
    """Raises UserError for a bucket that holds anything."""
    try:
        cloud.client("s3").delete_bucket(Bucket=found.name)
    except Exception as error:
        if errors.code(error) == "NoSuchBucket":
            return
        if errors.code(error) != "BucketNotEmpty":
            raise
        raise UserError(f"the bucket {found.name} is not empty", "", "Empty it first, or keep it.") from error


def tag(cloud: Cloud, found: Found, labels: Mapping[str, str]) -> None:
    """PutBucketTagging replaces all tags there are, but for AWS's own."""
    _put_tags(cloud, found, {**found.tags, **labels})


def untag(cloud: Cloud, found: Found, keys: Sequence[str]) -> None:
    _put_tags(cloud, found, {key: value for key, value in found.tags.items() if key not in keys})


def _put_tags(cloud: Cloud, found: Found, all_tags: Mapping[str, str]) -> None:
    own = {key: value for key, value in all_tags.items() if not key.startswith("aws:")}
    cloud.client("s3").put_bucket_tagging(Bucket=found.name, Tagging={"TagSet": tags.as_list(own)})
