"""ECR's registry as Docker speaks to it: login, push, pull, and each of AWS's refusals."""

import json
from typing import Any

from sandbox.ecr.front.front import Front
from sandbox.inprocess import Sandbox
from tests.support.container_images import MEDIA_TYPE, TinyImage
from tests.support.registry_client import ECR, RegistryClient, encode

NAME = "team/app"


def test_without_a_login_there_is_a_challenge_and_nothing_else(front: Front, ecr: Any) -> None:
    for path in ("/v2/", f"/v2/{NAME}/manifests/1"):
        answer = RegistryClient(front).ask("GET", path)
        assert answer.status == 401
        assert answer.headers["www-authenticate"] == f'Basic realm="https://{ECR}/",service="ecr.amazonaws.com"'


def test_a_login_is_taken_until_it_ends(front: Front, docker: RegistryClient, sandbox: Sandbox) -> None:
    assert docker.ask("GET", "/v2/").status == 200
    assert RegistryClient(front, token=encode("AWS", "guessed")).ask("GET", "/v2/").status == 400
    sandbox.clock.advance(12 * 3600)
    answer = docker.ask("GET", "/v2/")
    assert answer.status == 403
    assert answer.error == "denied: Your authorization token has expired. Reauthenticate and try again."


def test_what_is_pushed_can_be_pulled_by_tag_and_by_digest(docker: RegistryClient, ecr: Any) -> None:
    image = TinyImage()
    assert docker.push(NAME, image, "1").status == 201
    for reference in ("1", image.digest):
        head = docker.ask("HEAD", f"/v2/{NAME}/manifests/{reference}")
        assert (head.status, head.headers["docker-content-digest"]) == (200, image.digest)
        got = docker.ask("GET", f"/v2/{NAME}/manifests/{reference}")
        assert (got.body.decode(), got.headers["content-type"]) == (image.manifest, MEDIA_TYPE)
    assert docker.ask("GET", f"/v2/{NAME}/blobs/{image.layer_digest}").body == image.layer
    part = docker.ask("GET", f"/v2/{NAME}/blobs/{image.layer_digest}", Range="bytes=2-4")
    assert (part.status, part.body) == (206, image.layer[2:5])
    assert docker.ask("HEAD", f"/v2/{NAME}/blobs/{image.layer_digest}").headers["content-length"] == str(
        len(image.layer)
    )
    assert json.loads(docker.ask("GET", f"/v2/{NAME}/tags/list").body) == {"name": NAME, "tags": ["1"]}
    (detail,) = ecr.describe_images(repositoryName=NAME)["imageDetails"]
    assert (detail["imageDigest"], detail["imageTags"]) == (image.digest, ["1"])


def test_what_the_api_put_docker_pulls(docker: RegistryClient, ecr: Any) -> None:
    from tests.support.container_images import put_tiny

    put_tiny(ecr, NAME, TinyImage(), "by-api")
    assert docker.ask("GET", f"/v2/{NAME}/manifests/by-api").body.decode() == TinyImage().manifest


def test_what_is_not_there_is_unknown(docker: RegistryClient) -> None:
    missing = "sha256:" + "0" * 64
    manifest = docker.ask("GET", f"/v2/{NAME}/manifests/none")
    assert (manifest.status, manifest.error) == (404, "manifest unknown: Requested image not found")
    assert docker.ask("GET", f"/v2/{NAME}/blobs/{missing}").status == 404
    assert docker.ask("HEAD", f"/v2/{NAME}/blobs/{missing}").status == 404


def test_a_repository_is_not_made_by_a_push(docker: RegistryClient) -> None:
    answer = docker.push("nobody/made-it", TinyImage(), "1")
    words = "The repository with name 'nobody/made-it' does not exist in the registry with id '123456789012'"
    assert (answer.status, answer.error) == (404, f"name unknown: {words}")


def test_an_immutable_tag_refuses_a_push_whatever_is_pushed(docker: RegistryClient, ecr: Any) -> None:
    ecr.put_image_tag_mutability(repositoryName=NAME, imageTagMutability="IMMUTABLE")
    assert docker.push(NAME, TinyImage(b"old"), "1").status == 201
    for content in (b"old", b"new"):
        answer = docker.push(NAME, TinyImage(content), "1")
        assert answer.status == 400
        assert answer.error == (
            f"tag invalid: The image tag '1' already exists in the '{NAME}' repository and cannot be overwritten "
            "because the tag is immutable."
        )
    assert docker.push(NAME, TinyImage(b"new"), "2").status == 201


def test_bytes_of_another_digest_are_refused(docker: RegistryClient) -> None:
    wrong = "sha256:" + "0" * 64
    assert docker.push_blob(NAME, wrong, [b"x"]).error.startswith("digest invalid")
    manifest = TinyImage().manifest.encode()
    assert docker.ask("PUT", f"/v2/{NAME}/manifests/{wrong}", manifest, Content_Type=MEDIA_TYPE).status == 400


def test_a_manifest_without_its_layers_is_refused(docker: RegistryClient) -> None:
    body = TinyImage(b"never pushed").manifest.encode()
    answer = docker.ask("PUT", f"/v2/{NAME}/manifests/1", body, Content_Type=MEDIA_TYPE)
    assert answer.error.startswith("blob unknown: Layers with digests")


def test_what_ecr_does_not_have_is_unsupported(docker: RegistryClient) -> None:
    for method, path in (("DELETE", f"/v2/{NAME}/manifests/1"), ("GET", "/v2/_catalog"), ("GET", "/elsewhere")):
        assert docker.ask(method, path).error.startswith("unsupported"), path


def test_another_accounts_registry_is_not_here(front: Front, docker: RegistryClient) -> None:
    from sandbox.ecr.front.exchange import Exchange
    from sandbox.ecr.front.front import respond

    asked = Exchange("GET", ECR.replace("123456789012", "210987654321"), "/v2/", "", {}, iter([]))  # type: ignore[arg-type]
    assert respond(front.world, asked).status == 403


def test_a_repository_is_of_its_region(front: Front, docker: RegistryClient) -> None:
    docker.push(NAME, TinyImage(), "1")
    elsewhere = RegistryClient(front, ECR.replace("us-east-1", "eu-west-1"), docker.token)
    assert elsewhere.ask("GET", f"/v2/{NAME}/manifests/1").error.startswith("name unknown")
