"""Images from files: what docker save and OCI archives hold is there under its name, whatever machine pulls it."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from sandbox.command.state import get, post
from sandbox.ecr.loading import load
from sandbox.inprocess import Sandbox
from sandbox.registry.references import parse
from sandbox.registry.registry import find_registry
from sandbox.registry.store import digest_of
from tests.support.container_images import TinyImage

IMAGE = TinyImage()
LAYER = b"a layer as docker save writes it: not compressed"


def write_tar(path: Path, files: dict[str, bytes], links: dict[str, str] | None = None) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        for name, target in (links or {}).items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            tar.addfile(entry)
    return path


def save(path: Path, *tags: str) -> Path:
    """Write a file as docker save of Docker 20.10 does; its second layer is a link to the first."""
    config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}).encode()
    name = f"{digest_of(config)[7:]}.json"
    entry = {"Config": name, "RepoTags": list(tags) or None, "Layers": ["aa/layer.tar", "bb/layer.tar"]}
    files = {name: config, "aa/layer.tar": LAYER, "manifest.json": json.dumps([entry]).encode()}
    return write_tar(path, files, {"bb/layer.tar": "../aa/layer.tar"})


def lay_out(path: Path, *, name: str = "", platform: str = "amd64") -> Path:
    """Write an OCI archive whose index leads to an index of platforms."""
    contents = {"layer": IMAGE.layer, "config": IMAGE.config, "manifest": IMAGE.manifest.encode()}
    described = {
        "digest": IMAGE.digest,
        "size": len(IMAGE.manifest),
        "platform": {"os": "linux", "architecture": platform},
    }
    contents["index"] = json.dumps(
        {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [described]}
    ).encode()
    entry: dict[str, Any] = {"digest": digest_of(contents["index"]), "size": len(contents["index"])}
    if name:
        entry["annotations"] = {"io.containerd.image.name": name}
    files = {f"./blobs/sha256/{digest_of(content)[7:]}": content for content in contents.values()}
    files["./index.json"] = json.dumps({"schemaVersion": 2, "manifests": [entry]}).encode()
    return write_tar(path, {"./oci-layout": b"{}", **files})


def read_held(sandbox: Sandbox, name: str) -> dict[str, Any]:
    registry = find_registry(sandbox.world)
    image = registry.held.find(parse(name))
    assert image is not None, registry.held.list_references()
    return dict(json.loads(registry.store.read_manifest("held", image.digest).body))


def test_what_docker_saved_is_held_under_its_tags(sandbox: Sandbox, tmp_path: Path) -> None:
    loaded = load(sandbox.world, str(save(tmp_path / "x.tar", "debian:mine", "quay.io/team/app:1")))
    assert [entry["name"] for entry in loaded] == ["docker.io/library/debian:mine", "quay.io/team/app:1"]
    layers = read_held(sandbox, "quay.io/team/app:1")["layers"]
    assert [layer["digest"] for layer in layers] == [digest_of(LAYER)] * 2
    store = find_registry(sandbox.world).store
    with store.read_blob("held", digest_of(LAYER)) as answer:
        assert answer.read() == LAYER


def test_an_oci_archive_is_held_with_the_digest_of_its_manifest(sandbox: Sandbox, tmp_path: Path) -> None:
    (loaded,) = load(sandbox.world, str(lay_out(tmp_path / "x.tar", name="quay.io/team/app:2")))
    assert loaded["digest"] == IMAGE.digest
    assert find_registry(sandbox.world).held.find(parse(f"quay.io/team/app@{IMAGE.digest}"))


def test_a_name_may_be_given_also_by_digest(sandbox: Sandbox, tmp_path: Path) -> None:
    path = save(tmp_path / "x.tar")
    with pytest.raises(ValueError, match="does not say what its image is called: add --as NAME"):
        load(sandbox.world, str(path))
    name = "ubuntu@sha256:" + "c" * 64
    assert load(sandbox.world, str(path), name)[0]["name"] == f"docker.io/library/{name}"
    assert read_held(sandbox, name)["layers"]
    with pytest.raises(ValueError, match="is no name of an image"):
        load(sandbox.world, str(path), "Not A Name")


def test_a_repository_of_ecr_takes_it_where_it_exists(sandbox: Sandbox, tmp_path: Path) -> None:
    name = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app:1"
    path, ecr = save(tmp_path / "x.tar", "app"), sandbox.client("ecr")
    with pytest.raises(ValueError, match="aws ecr create-repository --region us-east-1 --repository-name team/app"):
        load(sandbox.world, str(path), name)
    ecr.create_repository(repositoryName="team/app", imageTagMutability="IMMUTABLE")
    (loaded,) = load(sandbox.world, str(path), name)
    (detail,) = ecr.describe_images(repositoryName="team/app")["imageDetails"]
    assert (detail["imageDigest"], detail["imageTags"]) == (loaded["digest"], ["1"])
    with pytest.raises(ValueError, match="the tag is immutable"):
        load(sandbox.world, str(path), name)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no tar at all", "cannot be read as a tar file"),
        ({"x": b""}, "holds no image: .* docker save IMAGE -o FILE"),
        ({"manifest.json": b"[{}]"}, "damaged archive"),
        ({"manifest.json": b"{"}, "damaged archive"),
        ({"manifest.json": b'[{"Config": "gone", "Layers": []}]'}, "damaged archive .*gone is missing"),
    ],
)
def test_what_is_no_archive_of_an_image_is_told(sandbox: Sandbox, tmp_path: Path, content: Any, words: str) -> None:
    path = tmp_path / "x.tar"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        write_tar(path, content)
    with pytest.raises(ValueError, match=words):
        load(sandbox.world, str(path), "x:1")


def test_an_image_for_another_processor_is_told(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no image for linux/amd64"):
        load(sandbox.world, str(lay_out(tmp_path / "x.tar", platform="arm64")), "x:1")


def test_the_sandboxs_own_route_loads(sandbox: Sandbox, tmp_path: Path) -> None:
    path = save(tmp_path / "x.tar", "debian:mine")
    (loaded,) = post(sandbox.endpoint, "images", {"path": str(path)})
    assert loaded["name"] == "docker.io/library/debian:mine"
    assert get(sandbox.endpoint, "images") == [
        "debian:*-slim (a small stand-in)",
        "eclipse-temurin (a stand-in of Debian's Java 17)",
        "docker.io/library/debian:mine",
    ]
    with pytest.raises(ValueError, match=r"cannot be read as a tar file: .*No such file"):
        post(sandbox.endpoint, "images", {"path": str(tmp_path / "none")})
