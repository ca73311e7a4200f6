"""S3 buckets: encrypted, closed to the public, over TLS alone, a folder emptied by age.

Source: CreateBucket with tags, Amazon S3 API Reference. What the rules say is in bucket_rules.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cloud import errors, tags
from cloud.pages import list_all
from cloud.session import Cloud
from environments.kinds.data import bucket_changes, bucket_contents, bucket_rules, bucket_state
from environments.kinds.data.bucket_state import DesiredBucket, ExistingBucket
from environments.model import resource
from environments.model.inputs import Inputs
from environments.model.kind import users_make_it_kilns, wait_for_teardown
from environments.model.region import Region
from environments.model.resource import Difference, Existing, Fate, Removal
from kiln.errors import UserError

KIND, ACCOUNT_WIDE = bucket_state.NAME, False
is_kilns = users_make_it_kilns
list_unnamed = wait_for_teardown


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
    return {bucket.name: existing for bucket in desired if (existing := bucket_state.find(region.cloud, bucket))}


def tagged(region: Region) -> Iterator[ExistingBucket]:
    """The buckets of the region. One that is closed to these credentials is nothing that Kiln made with them."""
    s3 = region.cloud.client("s3")
    for name in (
        bucket["Name"] for bucket in list_all(s3, "list_buckets", "Buckets", BucketRegion=region.cloud.region)
    ):
        codes = ("NoSuchTagSet", "NoSuchBucket", *errors.DENIED)
        if answer := errors.or_none(s3.get_bucket_tagging, *codes, Bucket=name):
            yield ExistingBucket(KIND, name, name, {}, tags.as_dict(answer["TagSet"]), policy={}, rules=())


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
    bucket_changes.apply(cloud, desired, existing, changes)
    return desired.name


def fate(cloud: Cloud, existing: Existing, removal: Removal) -> tuple[Fate, str]:
    """A bucket that holds data stays, unless a person named it."""
    if not bucket_contents.holds_data(cloud, existing.name):
        return "delete", ""
    if existing.name in removal.buckets:
        return "delete", "with all that it holds"
    return "keep", f"it holds data; --with-bucket {existing.name} deletes both"


def delete(cloud: Cloud, existing: Existing, removal: Removal) -> None:
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
