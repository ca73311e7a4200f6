"""What a run has put into a folder of S3."""

from dataclasses import dataclass
from datetime import datetime

from cloud import errors
from cloud.looks import Looks
from cloud.session import Cloud
from nextflow.runs.places import split

MOST = 20  # files that are named


@dataclass(frozen=True)
class Output:
    """A file's key below the folder, its size in bytes, and when it was written."""

    name: str
    size: int
    written: datetime


@dataclass(frozen=True)
class Outputs:
    """All files of a folder: the first `MOST` by name, their count, and their size in bytes."""

    files: tuple[Output, ...] = ()
    count: int = 0
    size: int = 0


def look(cloud: Cloud, address: str) -> Outputs | None:
    """List a folder (s3://…); no files where it or its bucket is not there, None where it may not be listed."""
    nothing: Outputs | None = None
    return Looks().at(address, nothing, lambda: _list(cloud, address))


def _list(cloud: Cloud, address: str) -> Outputs:
    bucket, prefix = split(address)
    prefix = f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""
    files: list[Output] = []
    count = size = 0
    with errors.gone_is_fine("NoSuchBucket", "404"):
        for page in cloud.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for item in page.get("Contents") or ():
                if item["Key"].endswith("/"):
                    continue
                count, size = count + 1, size + int(item["Size"])
                if len(files) < MOST:
                    files.append(Output(item["Key"].removeprefix(prefix), int(item["Size"]), item["LastModified"]))
    return Outputs(tuple(files), count, size)
