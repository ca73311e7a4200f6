"""What the tasks' role must be allowed: the environment's buckets, and those that it reads (pure).

Source: the page for Amazon S3, Service Authorization Reference; "Using server-side encryption with AWS KMS", Amazon S3
User Guide (kms:GenerateDataKey to write, kms:Decrypt to read).
"""

from collections.abc import Iterator

from cloud.rights.demand import Ask, Demand
from environments.rights.of_machines import allow, known, via
from environments.rights.use import BucketUse, Use

_LOSS = "jobs cannot read or write the buckets"
_KEEP = "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:PutObject"


def list_task_demands(role: str, use: Use) -> Iterator[Demand]:
    """List what tasks do with a role (its ARN): their own, or the machines'."""
    if use.buckets:
        asks = tuple(ask for bucket in use.buckets for ask in _asks(use, bucket))
        full = tuple(ask for bucket in use.buckets for ask in _full(use, bucket))
        yield Demand(role, "kiln-buckets", _LOSS, use.bucket_policy, allow(full), asks, known(use), by_bucket=True)
    for bucket in use.buckets:
        if bucket.kms_key:
            actions = ("kms:Decrypt", *(("kms:GenerateDataKey",) if bucket.writes else ()))
            keys = (Ask(actions, (bucket.kms_key,), f"the key of the bucket {bucket.name}"),)
            yield Demand(
                role, f"kiln-key-{bucket.name}"[:128], _LOSS, use.bucket_policy, allow(keys), keys,
                {**known(use), **via(use, "s3")}, by_key=True,
            )  # fmt: skip
    if use.reads:
        reads = tuple(ask for name in use.reads for ask in _asks(use, BucketUse(name, writes=False)))
        full = tuple(ask for name in use.reads for ask in _full(use, BucketUse(name, writes=False)))
        loss = f"jobs cannot read {', '.join(use.reads)}"
        yield Demand(
            role, "kiln-public-buckets", loss, use.read_policy, allow(full), reads, known(use),
        )  # fmt: skip
    if use.reads_all:
        any_object = (Ask(("s3:GetObject",), (f"arn:{use.partition}:s3:::kiln/work/kiln",), "every bucket"),)
        whole = allow((Ask(("s3:GetObject", "s3:ListBucket")),))
        policy = use.managed("AmazonS3ReadOnlyAccess")
        yield Demand(role, "kiln-read", "jobs cannot read public data", policy, whole, any_object, known(use))


def _asks(use: Use, bucket: BucketUse) -> tuple[Ask, ...]:
    """What no workflow does without; about a key as Nextflow has them under work/."""
    arn, where = f"arn:{use.partition}:s3:::{bucket.name}", f"the bucket {bucket.name}"
    objects = ("s3:GetObject", "s3:PutObject") if bucket.writes else ("s3:GetObject",)
    return Ask(("s3:ListBucket",), (arn,), where), Ask(objects, (f"{arn}/work/kiln",), where)


def _full(use: Use, bucket: BucketUse) -> tuple[Ask, ...]:
    """What an inline policy gives."""
    arn = f"arn:{use.partition}:s3:::{bucket.name}"
    objects = ("s3:GetObject", *(_KEEP if bucket.writes else ()))
    return Ask(("s3:GetBucketLocation", "s3:ListBucket"), (arn,)), Ask(objects, (f"{arn}/*",))
