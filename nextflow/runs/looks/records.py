"""Records of runs in S3: read, listed, and written so that of two people who write at once one is told.

Source: "Conditional writes" (If-None-Match, If-Match), Amazon S3 User Guide.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cloud import errors
from cloud.session import Cloud
from kiln.errors import UserError
from nextflow.runs import record as records
from nextflow.runs.looks.ages import find_age
from nextflow.runs.places import HEADS, Places
from nextflow.runs.record import RunRecord

_STARTING = 120.0  # seconds: a start takes a few
_GONE = ("NoSuchKey", "404")
_LOST = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")


@dataclass(frozen=True)
class Stored:
    """A record as it lies in S3; `etag` says which version was read, `age` how old it is (s)."""

    record: RunRecord
    etag: str
    age: float = 0.0

    @property
    def is_being_started(self) -> bool:
        """Whether somebody is about to send its head; a start that was killed on the way is forgotten soon."""
        return bool(self.record.claim) and self.age < _STARTING


def read(cloud: Cloud, places: Places) -> Stored | None:
    """Read a run's record; None where there is none. Raises UserError for a file that is none."""
    answer = errors.or_none(cloud.client("s3").get_object, *_GONE, Bucket=places.bucket, Key=places.record)
    if answer is None:
        return None
    record = records.load(answer["Body"].read(), places.name, places.uri(places.record))
    return Stored(record, str(answer["ETag"]), find_age(answer))


def write(cloud: Cloud, places: Places, record: RunRecord, etag: str = "") -> str:
    """Write a record where none is, or in the place of the version `etag`; returns its own.

    Raises UserError where somebody else wrote in between.
    """
    condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
    try:
        answer = cloud.client("s3").put_object(
            Bucket=places.bucket, Key=places.record, Body=records.dump(record), ContentType="application/json",
            **condition,
        )  # fmt: skip
    except Exception as error:
        if errors.code(error) not in _LOST:
            raise
        now = read(cloud, places)
        if now and now.record == record:
            return now.etag  # its own first try, whose answer was lost
        raise refuse_other(places) from None
    return str(answer["ETag"])


def refuse_other(places: Places) -> UserError:
    """Make the error for a name that somebody else takes."""
    return UserError(
        f"somebody else starts {places.name} at this moment", f"{places.uri(places.record)} has just changed",
        "Give the run another --name, or look at theirs with show-run.",
    )  # fmt: skip


def list_names(cloud: Cloud, bucket: str) -> list[str]:
    """List the names of all runs whose folders lie in a bucket."""
    pages = cloud.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=HEADS, Delimiter="/")
    folders = [folder["Prefix"] for page in pages for folder in page.get("CommonPrefixes") or ()]
    return [folder.removeprefix(HEADS).rstrip("/") for folder in folders]


def list_all(cloud: Cloud, bucket: str, unread: list[str]) -> Iterator[RunRecord]:
    """Read the records of all runs; the names of folders without a usable record go to `unread`."""
    for name in list_names(cloud, bucket):
        try:
            stored = read(cloud, Places(bucket, name))
        except UserError:
            stored = None
        if stored:
            yield stored.record
        else:
            unread.append(name)
