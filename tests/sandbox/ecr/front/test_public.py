"""The public registries as guests see them: what the sandbox holds, and how to load the rest."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.ecr.front.front import Front
from sandbox.ecr.pulls import resolve
from sandbox.inprocess import Sandbox
from sandbox.registry import java_image, small_image
from sandbox.registry.held import STORED, HeldImage
from sandbox.registry.push import Blob, PackedImage, push
from sandbox.registry.references import parse
from sandbox.registry.registry import find_registry
from sandbox.registry.store import Manifest
from tests.support.container_images import MEDIA_TYPE, TinyImage
from tests.support.registry_client import RegistryClient, digest_of

IMAGE, SMALL = TinyImage(), TinyImage(b"a small Debian")
OTHER = "sha256:" + "b" * 64


def pack(image: TinyImage) -> PackedImage:
    blobs = tuple(Blob(digest_of(c), len(c), lambda c=c: [c]) for c in (image.layer, image.config))  # type: ignore[misc]
    return PackedImage(Manifest(MEDIA_TYPE, image.manifest.encode()), blobs)


@pytest.fixture
def front(sandbox: Sandbox) -> Iterator[Front]:
    """With a tiny image that is held under several names."""
    registry = find_registry(sandbox.world)
    push(registry.store, STORED, pack(IMAGE))
    for name in ("ubuntu:24.04", f"ubuntu@{OTHER}", "quay.io/x/y:1", "registry.example.org/team/aligner:2.1"):
        registry.held.add(parse(name), HeldImage(IMAGE.digest, MEDIA_TYPE))
    serving = Front(sandbox.world)
    yield serving
    serving.close()


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("registry-1.docker.io", "library/ubuntu/manifests/24.04"),
        ("registry-1.docker.io", f"library/ubuntu/manifests/{IMAGE.digest}"),
        ("quay.io", "x/y/manifests/1"),
        ("registry.kiln-sandbox.internal", "registry.example.org/team/aligner/manifests/2.1"),
    ],
)
def test_a_held_image_is_pulled_under_its_own_name_without_a_login(front: Front, host: str, path: str) -> None:
    docker = RegistryClient(front, host)
    assert docker.ask("GET", "/v2/").status == 200
    answer = docker.ask("GET", f"/v2/{path}")
    assert (answer.status, answer.body.decode()) == (200, IMAGE.manifest)
    name = path.partition("/manifests/")[0]
    assert docker.ask("GET", f"/v2/{name}/blobs/{IMAGE.layer_digest}").body == IMAGE.layer


def test_what_is_not_held_says_how_to_load_it(front: Front) -> None:
    for host, path, name in (
        ("registry-1.docker.io", "library/fedora/manifests/41", "docker.io/library/fedora:41"),
        ("quay.io", f"x/z/manifests/{OTHER}", f"quay.io/x/z@{OTHER}"),
        ("registry.kiln-sandbox.internal", "registry.example.org/a/b/manifests/1", "registry.example.org/a/b:1"),
    ):
        answer = RegistryClient(front, host).ask("GET", f"/v2/{path}")
        assert answer.status == 404
        assert answer.error.startswith(f"manifest unknown: the sandbox is offline and does not hold {name}. ")
        assert answer.error.endswith(f"invoke sandbox.load-image FILE --as {name}")


def test_an_image_held_under_another_digest_is_pulled_by_a_tag(front: Front) -> None:
    """As `resolve` writes it: by the digest itself Docker would refuse what it gets."""
    image, _ = resolve("us-east-1", f"ubuntu@{OTHER}")
    docker = RegistryClient(front, "registry-1.docker.io")
    by_digest = docker.ask("GET", f"/v2/library/ubuntu/manifests/{OTHER}")
    assert by_digest.error.endswith(f"a stand-in under this digest, which can be pulled as {image}")
    tag = image.rpartition(":")[2]
    assert docker.ask("GET", f"/v2/library/ubuntu/manifests/{tag}").body.decode() == IMAGE.manifest


def test_nothing_is_pushed_to_a_public_registry(front: Front) -> None:
    answer = RegistryClient(front, "quay.io").push("x/y", IMAGE, "1")
    assert answer.error.startswith("denied: requested access to the resource is denied")


def test_the_small_image_stands_in_for_debian(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """By any digest and by each slim tag; it is put into the registry when it is first asked for."""
    built: list[Path] = []

    def build(cache: Path) -> PackedImage:
        built.append(cache)
        return pack(SMALL)

    monkeypatch.setattr(small_image, "build", build)
    monkeypatch.setattr(find_registry(front.world).held, "stand_ins", {})
    docker = RegistryClient(front, "registry-1.docker.io")
    by_digest = resolve("us-east-1", f"debian@{OTHER}")[0].rpartition(":")[2]
    for reference in ("stable-slim", by_digest, SMALL.digest):
        answer = docker.ask("GET", f"/v2/library/debian/manifests/{reference}")
        assert answer.body.decode() == SMALL.manifest, reference
    assert docker.ask("GET", f"/v2/library/debian/blobs/{SMALL.layer_digest}").body == SMALL.layer
    assert docker.ask("GET", "/v2/library/debian/manifests/nonsense").status == 404
    assert len(built) == 1


def test_the_image_with_java_stands_in_for_temurin(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java_image, "build", lambda cache: pack(SMALL))
    monkeypatch.setattr(find_registry(front.world).held, "stand_ins", {})
    docker = RegistryClient(front, "public.ecr.aws")
    by_digest = resolve("us-east-1", f"public.ecr.aws/docker/library/eclipse-temurin@{OTHER}")[0].rpartition(":")[2]
    for reference in ("21-jre-noble", by_digest):
        answer = docker.ask("GET", f"/v2/docker/library/eclipse-temurin/manifests/{reference}")
        assert answer.body.decode() == SMALL.manifest, reference
    assert docker.ask("GET", "/v2/docker/library/amazoncorretto/manifests/21").status == 404
