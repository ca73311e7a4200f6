"""A folder in S3: what is missing or differs is sent, ten at a time; what is there unchanged is left alone."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nextflow.upload.etags import Remote
from nextflow.upload.files import list_files
from nextflow.upload.sending import Place
from nextflow.upload.work import Progress, Tell, Work

THREADS = 10


@dataclass(frozen=True)
class Uploaded:
    """What was uploaded: the address (s3://BUCKET/KEY, without / at its end) of the folder or file, and how it went."""

    address: str
    progress: Progress


def upload_folder(
    s3: Any,
    path: Path,
    bucket: str,
    prefix: str,
    include: Sequence[str] = (),
    tell: Tell = lambda progress: None,
    chosen: Collection[str] | None = None,
) -> Uploaded:
    """Upload the files of a folder, or a file, below `prefix` (no / at either end); `include` are globs, `chosen` are
    names.

    `s3` must be able to serve ten threads (max_pool_connections). `tell` is called whenever something is done. Raises
    UserError for what cannot be read, before anything is sent.
    """
    files = list_files(path, include, prefix, chosen)
    keys = {file.name: f"{prefix}/{file.name}" if prefix else file.name for file in files}
    below = f"{prefix}/" if prefix else ""
    remotes = _list_remotes(s3, bucket, below if path.is_dir() else keys[files[0].name])
    work = Work(Progress(len(files), sum(file.size for file in files)), tell)
    with ThreadPoolExecutor(THREADS) as pool:
        try:
            for file in sorted(files, key=lambda file: -file.size):
                key = keys[file.name]
                work.submit(pool, file, Place(s3, bucket, key), remotes.get(key))
            work.wait(pool)
        except BaseException:
            work.stopped.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    address = prefix if path.is_dir() else keys[files[0].name]
    return Uploaded(f"s3://{bucket}/{address}".rstrip("/"), work.progress)


def _list_remotes(s3: Any, bucket: str, prefix: str) -> dict[str, Remote]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    listed = (item for page in pages for item in page.get("Contents") or ())
    return {item["Key"]: Remote(item["Size"], item["ETag"].strip('"')) for item in listed}
