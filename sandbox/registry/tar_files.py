"""The files of a tar file, by name or through links, in pieces."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

from sandbox.registry.store import CHUNK


def find_member(tar: tarfile.TarFile, name: str) -> tarfile.TarInfo:
    """Find a file, whether or not the names begin with ./; a link leads to its target."""
    for known in (name, f"./{name}"):
        try:
            member = tar.getmember(known)
        except KeyError:
            continue
        if member.issym():
            target = (Path(name).parent / member.linkname).as_posix()
            parts: list[str] = []
            for part in target.split("/"):
                if part == "..":
                    parts = parts[:-1]
                else:
                    parts.append(part)
            return find_member(tar, "/".join(parts))
        return member
    raise KeyError(f"{name} is missing")


def open_file(tar: tarfile.TarFile, name: str) -> Iterator[bytes]:
    file = tar.extractfile(find_member(tar, name))
    if file is None:
        raise KeyError(f"{name} is no file")
    while piece := file.read(CHUNK):
        yield piece


def read_whole(tar: tarfile.TarFile, name: str) -> bytes:
    return b"".join(open_file(tar, name))


def is_gzip(tar: tarfile.TarFile, name: str) -> bool:
    return next(open_file(tar, name), b"").startswith(b"\x1f\x8b")
