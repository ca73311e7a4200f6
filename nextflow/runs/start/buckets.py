"""Buckets that a person names: a missing one would be told by Nextflow in the head's log alone, or not at all."""

from cloud import errors
from cloud.session import Cloud
from kiln.errors import UserError
from nextflow.runs.places import split


def check_bucket(cloud: Cloud, option: str, address: str) -> None:
    """Raise UserError where the bucket of an address is missing; what may not be looked at is the head's to try."""
    if not address:
        return
    bucket, _ = split(address)
    try:
        cloud.client("s3").head_bucket(Bucket=bucket)
    except Exception as error:
        code = errors.code(error)
        if code in ("404", "NoSuchBucket"):
            raise UserError(
                f"there is no bucket {bucket}", f"{option} {address} names it",
                "Check its name, or make it: aws s3 mb; the environment's own bucket needs no option.",
            ) from None  # fmt: skip
        if code not in ("403", "400", "301", *errors.DENIED):
            raise
