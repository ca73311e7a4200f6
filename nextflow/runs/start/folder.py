"""A local project in S3, under the hash of what it holds: the same files are uploaded once."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiln.errors import UserError

_LEFT_OUT = ("runs", "work")  # what runs on this computer left there
_MOST = 200 * 1024 * 1024  # bytes: a project is scripts; data is uploaded by itself


def list_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """List the files of a project by their names below it; hidden ones, runs/ and what Nextflow left are left out."""
    for path, folders, names in os.walk(folder):
        below = Path(path).relative_to(folder)
        top = below == Path()
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not (top and name in _LEFT_OUT))
        for name in sorted(names):
            if not name.startswith("."):
                yield (below / name).as_posix(), Path(path) / name


def upload_folder(s3: Any, path: Path, bucket: str, prefix: str) -> tuple[str, int]:
    """Upload a project; returns its address and how many files were sent (0: all were there).

    The last object says that the others are whole. Raises UserError for what cannot be read, or is no project by size.
    """
    files = list(list_files(path))
    size = sum(file.stat().st_size for _, file in files)
    if size > _MOST:
        raise UserError(
            f"{path} holds {size // 1024**2} MiB", f"a project of scripts has at most {_MOST // 1024**2}",
            "Upload data by itself: invoke upload --path …",
        )  # fmt: skip
    key = f"{prefix}{_hash(files)}"
    there = {item["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{key}/")
             for item in page.get("Contents") or ()}  # fmt: skip
    missing = [(name, file) for name, file in files if f"{key}/{name}" not in there]
    for name, file in missing:
        s3.upload_file(str(file), bucket, f"{key}/{name}")
    return f"s3://{bucket}/{key}", len(missing)


def _hash(files: list[tuple[str, Path]]) -> str:
    """SHA-256 over names, and what stands in them."""
    whole = hashlib.sha256()
    for name, file in files:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        whole.update(f"{content} {bool(file.stat().st_mode & 0o100):d} {name}\n".encode())
    return whole.hexdigest()
