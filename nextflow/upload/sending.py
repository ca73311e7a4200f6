"""Sending a file to S3: whole, or in parts that the next attempt goes on with.

An upload in parts that was broken off stays in the bucket (an environment's bucket deletes it after a week). Whoever
types the same again takes it up: a part counts as sent where its ETag is the MD5 of what the file holds there now.

Sources: CreateMultipartUpload, ListMultipartUploads, ListParts and CompleteMultipartUpload, Amazon S3 API Reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cloud import errors
from kiln.errors import UserError
from nextflow.upload import etags
from nextflow.upload.etags import Remote
from nextflow.upload.files import LocalFile


@dataclass(frozen=True)
class Place:
    """Where a file goes: a client of S3, which threads may share, and bucket and key."""

    s3: Any
    bucket: str
    key: str

    @property
    def query(self) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.key}


@dataclass
class Parts:
    """An upload in parts: its id, the parts that S3 has (number → ETag), and those that this attempt is sure of."""

    id: str
    there: Mapping[int, str]
    sure: dict[int, str] = field(default_factory=dict)


def is_unchanged(file: LocalFile, place: Place, remote: Remote) -> bool:
    """Whether the object holds what the file holds."""
    if file.size != remote.size:
        return False
    if etags.matches(file.path, file.size, remote.etag):
        return True
    described = place.s3.head_object(**place.query)
    known_by_time = str(described.get("ServerSideEncryption", "")).startswith("aws:kms")
    return known_by_time and described.get("Metadata", {}).get("mtime") == file.mtime


def send_whole(file: LocalFile, place: Place) -> None:
    """Send a small file."""
    content = file.path.read_bytes()
    file.refuse_changed()
    place.s3.put_object(**place.query, Body=content, Metadata={"mtime": file.mtime})


def begin(file: LocalFile, place: Place) -> Parts:
    """Take up the newest upload in parts of our size that was broken off, or begin one."""
    step, count = etags.part_size(file.size), len(etags.list_parts(file.size))
    for upload in _list_broken_off(place):
        there = _list_sent(place, upload)
        fitting = {number: part for number, part in there.items() if number <= count}
        if len(fitting) == len(there) and all(
            part["Size"] == step for number, part in fitting.items() if number < count
        ):
            return Parts(upload, {number: _unquote(part["ETag"]) for number, part in fitting.items()})
    made = place.s3.create_multipart_upload(**place.query, Metadata={"mtime": file.mtime})
    return Parts(str(made["UploadId"]), {})


def send_part(file: LocalFile, place: Place, parts: Parts, number: int) -> int:
    """Send a part (from 1) that is not there as the file has it; returns how many bytes were sent."""
    offset, size = etags.list_parts(file.size)[number - 1]
    with file.path.open("rb") as opened:
        opened.seek(offset)
        content = opened.read(size)
    file.refuse_changed()
    there = parts.there.get(number)
    if there is not None and there == etags.digest(content):
        parts.sure[number] = there
        return 0
    sent = place.s3.upload_part(**place.query, UploadId=parts.id, PartNumber=number, Body=content)
    parts.sure[number] = _unquote(sent["ETag"])
    return size


def finish(file: LocalFile, place: Place, parts: Parts) -> None:
    """Make the object of its parts; raises UserError where somebody else ended the upload otherwise."""
    listed = [{"PartNumber": number, "ETag": parts.sure[number]} for number in sorted(parts.sure)]
    try:
        place.s3.complete_multipart_upload(**place.query, UploadId=parts.id, MultipartUpload={"Parts": listed})
    except Exception as error:
        if errors.code(error) != "NoSuchUpload":
            raise
        there = errors.or_none(place.s3.head_object, "404", "NoSuchKey", **place.query) or {}
        if _unquote(str(there.get("ETag"))) != etags.join([parts.sure[number] for number in sorted(parts.sure)]):
            raise UserError(
                f"the upload of {file.path} was ended by somebody else",
                f"s3://{place.bucket}/{place.key} is being written from another place too",
                "Let the other one finish, then type the same again.",
            ) from None


def _list_broken_off(place: Place) -> list[str]:
    """The ids of unfinished uploads of the key, the newest first."""
    pages = place.s3.get_paginator("list_multipart_uploads").paginate(Bucket=place.bucket, Prefix=place.key)
    uploads = [upload for page in pages for upload in page.get("Uploads") or () if upload["Key"] == place.key]
    return [upload["UploadId"] for upload in sorted(uploads, key=lambda upload: upload["Initiated"], reverse=True)]


def _list_sent(place: Place, upload: str) -> dict[int, dict[str, Any]]:
    pages = place.s3.get_paginator("list_parts").paginate(**place.query, UploadId=upload)
    return {part["PartNumber"]: part for page in pages for part in page.get("Parts") or ()}


def _unquote(etag: str) -> str:
    return etag.strip('"')
