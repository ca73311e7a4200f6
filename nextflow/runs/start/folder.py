"""A local project in S3, under the hash of what it holds: the same files are uploaded once."""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiln.errors import UserError
from nextflow.upload.folder import upload_folder

_LEFT_OUT = ("runs", "work")  # what runs on this computer left there
_MOST = 200 * 1024 * 1024  # bytes: a project is scripts; data is uploaded by itself
Files = list[tuple[str, Path]]


def upload_project(s3: Any, path: Path, bucket: str, prefix: str) -> tuple[str, int]:
    """Upload a project below `prefix` (no / at its end); returns its address, and how many files were sent.

    Raises UserError for what cannot be read, or is no project by its size.
    """
    files = list(list_files(path))
    size = sum(file.stat().st_size for _, file in files if file.exists())
    if size > _MOST:
        raise UserError(
            f"{path} holds {size // 1024**2} MiB", f"a project of scripts has at most {_MOST // 1024**2}",
            "Upload data by itself: invoke upload --path FOLDER",
        )  # fmt: skip
    key = f"{prefix}/{_hash(files)}"
    done = upload_folder(s3, path, bucket, key, [_name_exactly(name) for name, _ in files])
    return done.address, done.progress.sent_files


def list_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """List the files of a project by their names below it: none that are hidden, runs/ and work/ left out."""
    seen: set[tuple[int, int]] = set()
    for path, folders, names in os.walk(folder, followlinks=True):
        there = Path(path).stat()
        below = Path(path).relative_to(folder)
        again = (there.st_dev, there.st_ino) in seen  # a link that leads back up
        seen.add((there.st_dev, there.st_ino))
        left_out = _LEFT_OUT if below == Path() else ()
        folders[:] = [] if again else sorted(name for name in folders if name[0] != "." and name not in left_out)
        for name in () if again else sorted(names):
            if name[0] != ".":
                yield (below / name).as_posix(), Path(path) / name


def _name_exactly(name: str) -> str:
    """Write a name as a glob of --include that no other file matches."""
    return "./" + re.sub(r"[*?[]", lambda match: f"[{match[0]}]", name)


def _hash(files: Files) -> str:
    """SHA-256 over names, and what stands in them; raises UserError for what cannot be read."""
    whole = hashlib.sha256()
    for name, file in files:
        try:
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            runs = bool(file.stat().st_mode & 0o100)
        except OSError as error:
            raise UserError(
                f"{file} cannot be read", error.strerror or str(error), "Mend it, or take it out of the project."
            ) from None
        whole.update(f"{content} {runs:d} {name}\n".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()
