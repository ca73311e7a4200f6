import gzip
import hashlib
import io
import json
import tarfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse

import pytest

from sandbox.registry.busybox import MANIFEST, Registry, busybox_image, digest_of

PROGRAM = b"\x7fELF a program"


@pytest.fixture
def registry() -> Iterator[Registry]:
    server = Registry(busybox_image(PROGRAM, ("sh", "ls", "busybox")))
    yield server
    server.close()


def ask(registry: Registry, path: str, method: str = "GET") -> HTTPResponse:
    request = urllib.request.Request(f"http://127.0.0.1:{registry.port}{path}", method=method)
    response: HTTPResponse = urllib.request.urlopen(request, timeout=5)
    return response


def test_an_image_can_be_pulled_as_docker_does_it(registry: Registry) -> None:
    assert ask(registry, "/v2/").status == 200
    head = ask(registry, "/v2/library/busybox/manifests/1", "HEAD")
    assert head.headers["Content-Type"] == MANIFEST
    assert head.read() == b""
    body = ask(registry, f"/v2/library/busybox/manifests/{head.headers['Docker-Content-Digest']}").read()
    assert digest_of(body) == head.headers["Docker-Content-Digest"]
    manifest = json.loads(body)
    for part in (manifest["config"], *manifest["layers"]):
        blob = ask(registry, f"/v2/library/busybox/blobs/{part['digest']}").read()
        assert (f"sha256:{hashlib.sha256(blob).hexdigest()}", len(blob)) == (part["digest"], part["size"])


def test_the_layer_holds_the_program_under_its_names(registry: Registry) -> None:
    manifest = json.loads(registry.image.manifest)
    config = json.loads(registry.image.blobs[manifest["config"]["digest"]])
    layer = gzip.decompress(registry.image.blobs[manifest["layers"][0]["digest"]])
    assert config["rootfs"]["diff_ids"] == [digest_of(layer)]
    with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
        program = tar.extractfile("bin/busybox")
        assert program is not None
        assert program.read() == PROGRAM
        assert tar.getmember("bin/busybox").mode == 0o755
        assert tar.getmember("bin/sh").linkname == "busybox"
        assert tar.getmember("bin/busybox").isfile()


def test_the_same_program_has_the_same_digest() -> None:
    assert busybox_image(PROGRAM, ("ls", "sh")).manifest == busybox_image(PROGRAM, ("sh", "ls")).manifest
    assert busybox_image(PROGRAM, ("sh",)).manifest != busybox_image(PROGRAM + b"2", ("sh",)).manifest


@pytest.mark.parametrize(
    "path",
    [
        "/v2/library/alpine/manifests/1",
        "/v2/library/busybox/manifests/sha256:0",
        "/v2/library/busybox/blobs/sha256:0",
        "/etc/passwd",
    ],
)
def test_anything_else_is_not_found(registry: Registry, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        ask(registry, path)
    assert error.value.code == 404


def test_nothing_can_be_pushed(registry: Registry) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        ask(registry, "/v2/library/busybox/blobs/uploads/", "POST")
    assert error.value.code == 501


def test_it_listens_on_loopback_alone(registry: Registry) -> None:
    assert registry.server_address[0] == "127.0.0.1"
