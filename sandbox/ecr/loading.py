"""`invoke sandbox.load-image`: an image of a file, held under the names that machines pull it by.

Under a public name it is there for every machine without a login; under the name of a repository of ECR it is pushed
there, as its administrator would.
"""

from pathlib import Path
from typing import Any

from moto.core.exceptions import ServiceException

from sandbox.ecr.model.images import put_image
from sandbox.ecr.model.repositories import find_repository, name_storage
from sandbox.registry.archives import Archive, ArchiveError, read_archive
from sandbox.registry.held import JAVA, SMALL, STORED, HeldImage
from sandbox.registry.push import PackedImage, push
from sandbox.registry.references import Reference, find_ecr, parse
from sandbox.registry.registry import find_registry
from sandbox.world.world import ACCOUNT, World


def load(world: World, path: str, name: str = "") -> list[dict[str, Any]]:
    """Load a file's images under the names that it has, or its only one under `name`.

    Tells `name`, `digest` and `bytes` of each. Raises ValueError, with what to do, where that cannot be.
    """
    try:
        archive = read_archive(Path(path))
    except ArchiveError as error:
        raise ValueError(str(error)) from error
    named = _choose_names(archive, path, name)
    return [_hold(world, image, reference) for image, reference in named]


def list_names(world: World) -> list[str]:
    """List the public images that machines can pull, the small one first."""
    return [
        f"{SMALL} (a small stand-in)",
        f"{JAVA} (a stand-in of Debian's Java 17)",
        *find_registry(world).held.list_references(),
    ]


def _choose_names(archive: Archive, path: str, name: str) -> list[tuple[PackedImage, Reference]]:
    if name:
        if len(archive.images) != 1:
            known = ", ".join(text for _, names in archive.images for text in names) or "none has a name"
            raise ValueError(f"{path} holds {len(archive.images)} images, and --as names one: {known}")
        return [(archive.images[0][0], parse(name))]
    named = [(image, parse(text)) for image, names in archive.images for text in names]
    if not named:
        raise ValueError(f"{path} does not say what its image is called: add --as NAME, such as --as debian:12")
    return named


def _hold(world: World, image: PackedImage, reference: Reference) -> dict[str, Any]:
    registry, ecr = find_registry(world), find_ecr(reference.host)
    if ecr is None:
        push(registry.store, STORED, image)
        registry.held.add(reference, HeldImage(image.manifest.digest, image.manifest.media_type))
    else:
        _push_to_ecr(world, image, reference, *ecr)
    size = sum(blob.size for blob in image.blobs)
    return {"name": str(reference), "digest": image.manifest.digest, "bytes": size}


def _push_to_ecr(world: World, image: PackedImage, reference: Reference, account: str, region: str) -> None:
    if account != ACCOUNT:
        raise ValueError(f"the registry of account {account} is not here: the sandbox's account is {ACCOUNT}")
    if reference.digest and reference.digest != image.manifest.digest:
        raise ValueError(f"the image of the file has the digest {image.manifest.digest}: name it by a tag")
    try:
        repository = find_repository(region, reference.path)
    except ServiceException as error:
        create = f"aws ecr create-repository --region {region} --repository-name {reference.path}"
        raise ValueError(f"{error.message}: {create}") from error
    store, storage = find_registry(world).store, name_storage(repository)
    for blob in image.blobs:
        store.put_blob(storage, blob.digest, blob.read())
    try:
        put_image(world, repository, image.manifest, reference.tag or None)
    except ServiceException as error:
        raise ValueError(error.message) from error
