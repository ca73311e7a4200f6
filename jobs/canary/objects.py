"""The files of canaries in the environment's bucket: put there, read back, and removed in all their versions.

Sources: PutObject, ListObjectVersions and DeleteObjects (1000 at once), Amazon S3 API Reference.
"""

import hashlib
import os
from collections.abc import Callable, Iterator

from cloud import errors
from cloud.session import Cloud
from jobs.canary import script
from jobs.canary.setting import Setting
from kiln.errors import UserError

_SIZE = 9 * 1024 * 1024  # the AWS CLI cuts files from 8 MiB on, as it does with those of a pipeline
_GONE = ("NoSuchBucket", "NoSuchKey", "404")


def stage(cloud: Cloud, setting: Setting) -> str:
    """Put the input and every queue's script there; returns the input's SHA-256 (hex)."""
    content = os.urandom(_SIZE)
    checksum = hashlib.sha256(content).hexdigest()
    s3 = cloud.client("s3")
    s3.put_object(Bucket=setting.bucket, Key=setting.key("input.bin"), Body=content)
    for queue in setting.queues:
        text = script.make_script(setting, queue, checksum)
        s3.put_object(Bucket=setting.bucket, Key=setting.key(script.SCRIPT, queue), Body=text.encode())
    return checksum


def read(cloud: Cloud, setting: Setting, name: str, queue: str) -> bytes | None:
    """Read what a queue's job put there; None where it did not."""
    answer = errors.or_none(cloud.client("s3").get_object, *_GONE, Bucket=setting.bucket, Key=setting.key(name, queue))
    return answer["Body"].read() if answer else None


def is_output_right(cloud: Cloud, setting: Setting, queue: str, checksum: str) -> bool | None:
    """Whether the job's output is the input, byte for byte; None where there is none."""
    content = read(cloud, setting, "output.bin", queue)
    return None if content is None else hashlib.sha256(content).hexdigest() == checksum


def remove(cloud: Cloud, bucket: str, prefix: str, is_mine: Callable[[str], bool] = lambda key: True) -> int:
    """Remove every version of what lies below a prefix and `is_mine`; returns how many objects there were.

    Raises UserError for what S3 does not delete.
    """
    s3, removed = cloud.client("s3"), set[str]()
    with errors.gone_is_fine(*_GONE):
        for page in _pages(cloud, bucket, prefix):
            keys = [version for version in page if is_mine(version["Key"])]
            answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True}) if keys else {}
            if failed := answer.get("Errors"):
                first = failed[0]
                raise UserError(f"{first.get('Key')} of {bucket} was not deleted", str(first.get("Message", "")))
            removed |= {version["Key"] for version in keys}
    return len(removed)


def _pages(cloud: Cloud, bucket: str, prefix: str) -> Iterator[list[dict[str, str]]]:
    pages = cloud.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        versions = (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        yield [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in versions]
