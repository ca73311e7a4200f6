"""The public images that the sandbox holds: those that a person has loaded, and its small one under Debian's name.

A held image is known by the references that it was loaded as. A digest among them need not be its own: docker save
keeps no manifest, so that of the registry where the image came from cannot be had back.
"""

from dataclasses import dataclass, field
from threading import Lock

from sandbox.registry.references import HUB, Reference

STORED = "held"
"""The repository of the sandbox's registry where all of them lie."""
# What the small image stands in for: Debian's slim images, by any digest.
_DEBIAN = (f"{HUB}/library/debian", "public.ecr.aws/docker/library/debian", "public.ecr.aws/debian/debian")
SMALL = "debian:*-slim"
"""How people are told of it."""
# What the image with Java stands in for, by any tag and digest.
_TEMURIN = (f"{HUB}/library/eclipse-temurin", "public.ecr.aws/docker/library/eclipse-temurin")
JAVA = "eclipse-temurin"
_AS_TAG = "sha256-"


@dataclass(frozen=True)
class HeldImage:
    """`digest` is that of its manifest in the sandbox's registry."""

    digest: str
    media_type: str


@dataclass
class Held:
    """Every held image by its references; `stand_ins` are the sandbox's own by name, once they lie in the registry."""

    stand_ins: dict[str, HeldImage] = field(default_factory=dict)
    _images: dict[Reference, HeldImage] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, reference: Reference, image: HeldImage) -> None:
        with self._lock:
            self._images[reference] = image

    def find(self, reference: Reference) -> HeldImage | None:
        """Find what was loaded under a reference, or has its digest in a repository of that name."""
        with self._lock:
            by_name = self._images.get(reference)
            same = (image for known, image in self._images.items() if known.name == reference.name)
            return by_name or next((image for image in same if image.digest == reference.digest), None)

    def clear(self) -> None:
        with self._lock:
            self._images.clear()

    def list_references(self) -> list[str]:
        with self._lock:
            return sorted(map(str, self._images))


def is_small(reference: Reference) -> bool:
    """Return whether the small image stands in for it."""
    return reference.name in _DEBIAN and (bool(reference.digest) or reference.tag.endswith("slim"))


def is_java(reference: Reference) -> bool:
    """Return whether the image with Java stands in for it."""
    return reference.name in _TEMURIN


def write_as_tag(reference: Reference) -> Reference:
    """Write a reference by digest as one by tag: Docker refuses an answer whose digest is another."""
    tag = reference.digest.replace("sha256:", _AS_TAG)
    return Reference(reference.host, reference.path, tag) if tag else reference


def read_tag(reference: Reference) -> Reference:
    """Read back what `write_as_tag` wrote; any other reference as it is."""
    if not reference.tag.startswith(_AS_TAG) or len(reference.tag) != len(_AS_TAG) + 64:
        return reference
    return Reference(reference.host, reference.path, "", reference.tag.replace(_AS_TAG, "sha256:"))
