"""An image of files, and how it is put into the registry."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sandbox.registry.store import CHUNK, Manifest, Store


@dataclass(frozen=True)
class Blob:
    """A layer or a configuration; `read` opens its bytes anew."""

    digest: str
    size: int
    read: Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class PackedImage:
    """A manifest with everything that it names."""

    manifest: Manifest
    blobs: tuple[Blob, ...]


def push(store: Store, repository: str, image: PackedImage) -> None:
    """Put an image where it is not there yet."""
    for blob in image.blobs:
        store.put_blob(repository, blob.digest, blob.read())
    store.put_manifest(repository, image.manifest)


def read_file(path: Path) -> Iterable[bytes]:
    """Yield a file's bytes in pieces."""
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece
