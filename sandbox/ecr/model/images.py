"""The images of a repository: tags and digests here, manifests and layers in the registry behind.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html, API_BatchDeleteImage.html ("When
you remove the last tag from an image, the image is deleted from your repository").
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.ecr.model.errors import refuse_parameter, refused
from sandbox.ecr.model.mutability import is_immutable
from sandbox.ecr.model.repositories import name_storage
from sandbox.registry.registry import find_registry
from sandbox.registry.store import MANIFESTS, Manifest, StoreError
from sandbox.world.world import World


@dataclass
class StoredImage:
    """`size` is the sum of its layers and its configuration in bytes, as they are stored; times are epoch seconds."""

    digest: str
    media_type: str
    size: int
    pushed_at: float
    artifact_type: str = ""
    tags: list[str] = field(default_factory=list)
    pulled_at: float | None = None


def find_image(repository: Any, tag: str | None, digest: str | None) -> StoredImage | None:
    """Find an image by tag, by digest, or by both."""
    images: list[StoredImage] = repository.images
    fits = (i for i in images if (not tag or tag in i.tags) and (not digest or digest == i.digest))
    return next(fits, None) if tag or digest else None


def put_image(world: World, repository: Any, manifest: Manifest, tag: str | None) -> StoredImage:
    """Keep a manifest, and move the tag to it. Raises ECR's errors."""
    with world.lock:
        image = find_image(repository, None, manifest.digest)
        if tag:
            _check_tag(repository, tag)
        if image is None:
            image = _store(world, repository, manifest)
            repository.images.append(image)
        if tag and tag not in image.tags:
            for other in repository.images:
                other.tags = [name for name in other.tags if name != tag]
            image.tags.append(tag)
        return image


def delete_image(world: World, repository: Any, image: StoredImage) -> None:
    """Take an image away, whatever tags it has."""
    find_registry(world).store.delete_manifest(name_storage(repository), image.digest)
    repository.images.remove(image)


def read_manifest(world: World, repository: Any, image: StoredImage) -> Manifest:
    """Read an image's manifest from the registry, which counts as a pull."""
    image.pulled_at = world.clock.now()
    return find_registry(world).store.read_manifest(name_storage(repository), image.digest)


def list_layers(manifest: Manifest) -> Iterator[tuple[str, int]]:
    """Yield digest and size in bytes of everything that a manifest names."""
    document = json.loads(manifest.body)
    for entry in [document.get("config"), *document.get("layers", []), *document.get("manifests", [])]:
        if entry:
            yield str(entry["digest"]), int(entry["size"])


def _check_tag(repository: Any, tag: str) -> None:
    taken = find_image(repository, tag, None)
    setting, filters = str(repository.image_tag_mutability), repository.image_tag_mutability_exclusion_filters
    if taken and is_immutable(setting.rpartition(".")[2], filters, tag):
        raise refused(
            "ImageTagAlreadyExistsException",
            f"The image tag '{tag}' already exists in the '{repository.name}' repository and cannot be overwritten "
            "because the tag is immutable.",
        )


def _store(world: World, repository: Any, manifest: Manifest) -> StoredImage:
    if manifest.media_type not in MANIFESTS:
        raise refuse_parameter("imageManifest", "Invalid image manifest provided")
    try:
        layers = list(list_layers(manifest))
        artifact = str((json.loads(manifest.body).get("config") or {}).get("mediaType", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise refuse_parameter("imageManifest", "Invalid JSON syntax") from None
    store, storage = find_registry(world).store, name_storage(repository)
    try:
        store.put_manifest(storage, manifest)
    except StoreError as error:
        raise _translate(error, repository, [d for d, _ in layers if store.find_size(storage, d) is None]) from error
    size = sum(bytes_ for _, bytes_ in layers)
    return StoredImage(manifest.digest, manifest.media_type, size, world.clock.now(), artifact)


def _translate(error: StoreError, repository: Any, missing: list[str]) -> Exception:
    if error.code not in ("MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN", "MANIFEST_UNKNOWN"):
        return refuse_parameter("imageManifest", error.message)
    return refused(
        "LayersNotFoundException",
        f"Layers with digests '[{', '.join(missing)}]' required for pushing image into repository with name "
        f"'{repository.name}' in the registry with id '{repository.registry_id}' do not exist",
    )
