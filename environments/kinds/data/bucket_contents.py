"""What a bucket holds: asked before it is deleted, and deleted where a person named it."""

from cloud import errors
from cloud.session import Cloud
from kiln.errors import UserError


def holds_data(cloud: Cloud, bucket: str) -> bool:
    """Whether there is any object, version or delete marker in it."""
    listed = cloud.client("s3").list_object_versions(Bucket=bucket, MaxKeys=1)
    return bool(listed.get("Versions") or listed.get("DeleteMarkers"))


def delete(cloud: Cloud, bucket: str) -> None:
    """Every object, in all its versions; DeleteObjects takes 1000 at once (Amazon S3 API Reference).

    Raises UserError for what S3 does not delete.
    """
    s3 = cloud.client("s3")
    with errors.gone_is_fine("NoSuchBucket"):
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            all_of_them = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            keys = [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in all_of_them]
            answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True}) if keys else {}
            if failed := answer.get("Errors"):
                first = failed[0]
                raise UserError(f"{first.get('Key')} of {bucket} could not be deleted", str(first.get("Message", "")))
