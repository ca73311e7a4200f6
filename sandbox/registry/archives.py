"""Images in files: what `docker save` writes, and archives of OCI image layouts (skopeo, podman, buildx, docker ≥ 25).

Sources: https://github.com/moby/docker-image-spec/blob/main/spec.md (manifest.json of a saved image),
https://github.com/opencontainers/image-spec/blob/main/image-layout.md
"""

import hashlib
import json
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.registry.push import Blob, PackedImage
from sandbox.registry.store import MANIFESTS, Manifest, digest_of
from sandbox.registry.tar_files import is_gzip, open_file, read_whole

PLATFORM = ("linux", "amd64")
_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYERS = ("application/vnd.docker.image.rootfs.diff.tar", "application/vnd.docker.image.rootfs.diff.tar.gzip")
_INDEXES = (MANIFESTS[1], MANIFESTS[3])


class ArchiveError(Exception):
    """The file is no archive of an image; the message is for the person."""


@dataclass(frozen=True)
class Archive:
    """The images of a file, with the references that it names them by."""

    images: tuple[tuple[PackedImage, tuple[str, ...]], ...]


def read_archive(path: Path) -> Archive:
    """Read a file's images. Raises ArchiveError; layers are read when they are pushed."""
    try:
        with tarfile.open(path) as tar:
            names = {name.removeprefix("./") for name in tar.getnames()}
            if "index.json" in names and "oci-layout" in names:
                return Archive(tuple(_read_layout(path, tar)))
            if "manifest.json" in names:
                return Archive(tuple(_read_saved(path, tar)))
    except (tarfile.TarError, EOFError, OSError) as error:
        raise ArchiveError(f"{path} cannot be read as a tar file: {error}") from error
    except (KeyError, ValueError, TypeError) as error:
        raise ArchiveError(f"{path} is a damaged archive of an image: {error}") from error
    raise ArchiveError(
        f"{path} holds no image: it is neither what docker save writes (manifest.json) nor an OCI archive "
        "(index.json). Write one with: docker save IMAGE -o FILE"
    )


def _read_saved(path: Path, tar: tarfile.TarFile) -> Iterator[tuple[PackedImage, tuple[str, ...]]]:
    for entry in json.loads(read_whole(tar, "manifest.json")):
        config = read_whole(tar, entry["Config"])
        blobs = [_make_blob(path, tar, name) for name in entry["Layers"]]
        layers = [
            {"mediaType": _LAYERS[is_gzip(tar, name)], "size": blob.size, "digest": blob.digest}
            for name, blob in zip(entry["Layers"], blobs, strict=True)
        ]
        named = {"mediaType": _CONFIG, "size": len(config), "digest": digest_of(config)}
        document = {"schemaVersion": 2, "mediaType": MANIFESTS[0], "config": named, "layers": layers}
        blobs.append(_make_small(config))
        yield (
            PackedImage(Manifest(MANIFESTS[0], json.dumps(document).encode()), tuple(blobs)),
            tuple(entry.get("RepoTags") or ()),
        )


def _read_layout(path: Path, tar: tarfile.TarFile) -> Iterator[tuple[PackedImage, tuple[str, ...]]]:
    by_digest: dict[str, tuple[PackedImage, list[str]]] = {}
    for entry in json.loads(read_whole(tar, "index.json"))["manifests"]:
        notes = entry.get("annotations") or {}
        name = notes.get("io.containerd.image.name") or notes.get("org.opencontainers.image.ref.name", "")
        manifest = _choose_platform(tar, entry)
        document = json.loads(manifest.body)
        blobs = [_make_blob(path, tar, _path_of(layer["digest"])) for layer in document["layers"]]
        blobs.append(_make_small(read_whole(tar, _path_of(document["config"]["digest"]))))
        names = by_digest.setdefault(manifest.digest, (PackedImage(manifest, tuple(blobs)), []))[1]
        names += [name] if ":" in name or "/" in name else []
    yield from ((image, tuple(names)) for image, names in by_digest.values())


def _choose_platform(tar: tarfile.TarFile, entry: dict[str, Any]) -> Manifest:
    """Read a manifest; of an index, the one for Linux on x86-64."""
    body = read_whole(tar, _path_of(entry["digest"]))
    document = json.loads(body)
    media_type = str(document.get("mediaType") or entry.get("mediaType"))
    if media_type not in _INDEXES:
        return Manifest(media_type, body)
    fitting = [
        each
        for each in document["manifests"]
        if (each.get("platform", {}).get("os"), each.get("platform", {}).get("architecture")) == PLATFORM
    ]
    if not fitting:
        raise ArchiveError("the archive has no image for linux/amd64")
    return _choose_platform(tar, fitting[0])


def _path_of(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/', 1)}"


def _make_blob(path: Path, tar: tarfile.TarFile, name: str) -> Blob:
    digest, size = hashlib.sha256(), 0
    for piece in open_file(tar, name):
        digest.update(piece)
        size += len(piece)

    def read() -> Iterable[bytes]:
        with tarfile.open(path) as again:
            yield from open_file(again, name)

    return Blob(f"sha256:{digest.hexdigest()}", size, read)


def _make_small(content: bytes) -> Blob:
    return Blob(digest_of(content), len(content), lambda: [content])
