"""Whether an object of S3 holds what a file holds, by its ETag.

Nextflow knows an input of S3 by its address, size and LastModified: whoever uploads again what is there unchanged makes
all tasks run again that read it. So what is there is compared by what it holds, not by when a copy of it was written
here. The ETag is the MD5 of an object that came whole; of one that came in parts the MD5 of the parts' MD5s, with their
number behind it. With KMS it is neither: then the time that was written beside the object decides.

Sources: "Checking object integrity" and "Amazon S3 multipart upload limits", Amazon S3 User Guide.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MIB = 1024**2
PART = 16 * MIB
"""Bytes: a file of more comes in parts of this size, or of more where it would have over 10,000."""
_MOST_PARTS = 10_000
_USUAL = (8 * MIB, 5 * MIB, 15 * MIB, 16 * MIB, 32 * MIB, 64 * MIB, 100 * MIB)  # of other programs, the AWS CLI's first


@dataclass(frozen=True)
class Remote:
    """An object as a listing of S3 has it: bytes, and its ETag without quotation marks."""

    size: int
    etag: str


def part_size(size: int) -> int:
    """Decide how large the parts of a file are, in bytes."""
    needed = -(-size // _MOST_PARTS)
    return max(PART, -(-needed // MIB) * MIB)


def list_parts(size: int) -> list[tuple[int, int]]:
    """List the parts of a file: offset and bytes."""
    step = part_size(size)
    return [(offset, min(step, size - offset)) for offset in range(0, size, step)]


def digest(content: bytes) -> str:
    """Return the MD5 of a content, as an ETag has it."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def join(digests: list[str]) -> str:
    """Return the ETag of an object whose parts have these MD5s."""
    return f"{digest(b''.join(bytes.fromhex(part) for part in digests))}-{len(digests)}"


def matches(path: Path, size: int, etag: str) -> bool:
    """Whether a file of the object's size holds what the object holds, as far as the ETag can say it."""
    whole, _, number = etag.partition("-")
    if not number:
        return _read(path, max(size, 1)) == [whole]
    count = int(number) if number.isdigit() else 0
    steps = [step for step in dict.fromkeys((part_size(size), *_USUAL)) if -(-size // step) == count]
    return any(join(_read(path, step)) == etag for step in steps)


def _read(path: Path, step: int) -> list[str]:
    """The MD5s of a file's parts."""
    with path.open("rb") as file:
        return list(_digests(file, step)) or [digest(b"")]


def _digests(file: BinaryIO, step: int) -> Iterator[str]:
    while True:
        part, left = hashlib.md5(usedforsecurity=False), step
        while left and (content := file.read(min(MIB, left))):
            part.update(content)
            left -= len(content)
        if left == step:
            return
        yield part.hexdigest()
