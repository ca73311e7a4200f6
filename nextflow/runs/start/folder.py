"""A local project in S3, under the hash of what it holds: the same files are uploaded once."""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiln.errors import UserError
from nextflow.upload.folder import upload_folder
from nextflow.upload.walk import walk

_LEFT_OUT = ("runs", "work")  # what runs on this computer left there
_MOST = 200 * 1024 * 1024  # bytes: a project is scripts; data is uploaded by itself
Files = list[tuple[str, Path]]


def upload_project(s3: Any, path: Path, bucket: str, prefix: str) -> tuple[str, int]:
    """Upload a project below `prefix` (no / at its end); returns its address, and how many files were sent.

    Raises UserError for what cannot be read, or is no project by its size.
    """
    files = list(list_files(path))
    size = sum(_look(file).st_size for _, file in files)
    if size > _MOST:
        raise UserError(
            f"{path} holds {size // 1024**2} MiB", f"a project of scripts has at most {_MOST // 1024**2}",
            "Upload data by itself: invoke upload --path FOLDER",
        )  # fmt: skip
    key = f"{prefix}/{_hash(files)}"
    done = upload_folder(s3, path, bucket, key, chosen={name for name, _ in files})
    return done.address, done.progress.sent_files


def list_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """List the files of a project by their names below it: none that are hidden, runs/ and work/ left out."""

    def enters(below: Path, name: str) -> bool:
        return name[0] != "." and not (below == Path() and name in _LEFT_OUT)

    def fail(error: OSError) -> None:
        raise _refuse(error.filename, error.strerror or str(error))

    return ((name, file) for name, file in walk(folder, fail, enters=enters) if file.name[0] != ".")


def _refuse(file: Path | str, why: str) -> UserError:
    return UserError(f"{file} cannot be read", why, "Mend it, or take it out of the project.")


def _look(file: Path) -> os.stat_result:
    """What the file system says of a file; raises UserError for what is none."""
    try:
        there = file.stat()
    except OSError as error:
        raise _refuse(file, "it leads nowhere" if file.is_symlink() else error.strerror or str(error)) from None
    if not stat.S_ISREG(there.st_mode):
        raise _refuse(file, "it is no file, but a pipe, a socket or a device")
    return there


def _hash(files: Files) -> str:
    """SHA-256 over names, and what stands in them; raises UserError for what cannot be read."""
    whole = hashlib.sha256()
    for name, file in files:
        try:
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            runs = bool(file.stat().st_mode & 0o100)
        except OSError as error:
            raise _refuse(file, error.strerror or str(error)) from None
        whole.update(f"{content} {runs:d} {name}\n".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()
