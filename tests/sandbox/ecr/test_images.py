"""Images by ECR's API: they lie in the registry, layer by layer."""

import hashlib
import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox
from tests.support.container_images import LAYER, TinyImage, put_layer, put_tiny
from tests.support.refused import Refused

NAME = "team/app"


@pytest.fixture
def ecr(sandbox: Sandbox) -> Any:
    client = sandbox.client("ecr")
    client.create_repository(repositoryName=NAME)
    return client


def list_tags(ecr: Any) -> list[tuple[str, str | None]]:
    ids = ecr.list_images(repositoryName=NAME)["imageIds"]
    return sorted((entry["imageDigest"], entry.get("imageTag")) for entry in ids)


def test_an_image_that_was_put_is_had_back_byte_by_byte(ecr: Any) -> None:
    image = TinyImage()
    put_tiny(ecr, NAME, image, "1")
    (found,) = ecr.batch_get_image(repositoryName=NAME, imageIds=[{"imageTag": "1"}])["images"]
    assert found["imageManifest"] == image.manifest
    assert found["imageId"] == {"imageDigest": image.digest, "imageTag": "1"}
    (detail,) = ecr.describe_images(repositoryName=NAME)["imageDetails"]
    assert detail["imageTags"] == ["1"]
    assert detail["imageSizeInBytes"] == len(image.layer) + len(image.config)
    url = ecr.get_download_url_for_layer(repositoryName=NAME, layerDigest=image.layer_digest)["downloadUrl"]
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.read() == image.layer


def test_a_download_url_ends(ecr: Any, sandbox: Sandbox) -> None:
    image = TinyImage()
    put_tiny(ecr, NAME, image, "1")
    url = ecr.get_download_url_for_layer(repositoryName=NAME, layerDigest=image.layer_digest)["downloadUrl"]
    sandbox.clock.advance(3601)
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(url, timeout=10)


def test_a_manifest_without_its_layers_is_refused(ecr: Any, refused: Refused) -> None:
    with pytest.raises(ClientError, match=r"LayersNotFoundException.*do not exist"):
        ecr.put_image(repositoryName=NAME, imageManifest=TinyImage(b"other").manifest, imageTag="1")
    assert list_tags(ecr) == []


def test_a_layer_is_there_once_its_upload_is_complete(ecr: Any, refused: Refused) -> None:
    digest = f"sha256:{hashlib.sha256(LAYER).hexdigest()}"
    wrong = "sha256:" + "0" * 64
    upload = ecr.initiate_layer_upload(repositoryName=NAME)["uploadId"]
    wrong_part = {"repositoryName": NAME, "uploadId": upload, "partFirstByte": 5, "partLastByte": 9}
    with pytest.raises(ClientError, match="InvalidLayerPartException") as caught:
        ecr.upload_layer_part(**wrong_part, layerPartBlob=b"x")
    assert caught.value.response["lastValidByteReceived"] == -1
    half = len(LAYER) // 2
    for first, part in ((0, LAYER[:half]), (half, LAYER[half:])):
        last = first + len(part) - 1
        ecr.upload_layer_part(
            repositoryName=NAME, uploadId=upload, partFirstByte=first, partLastByte=last, layerPartBlob=part
        )
    ask = {"repositoryName": NAME, "layerDigests": [digest, wrong, "nonsense"]}
    before = ecr.batch_check_layer_availability(**ask)
    assert [entry["failureCode"] for entry in before["failures"]] == [
        "MissingLayerDigest", "MissingLayerDigest", "InvalidLayerDigest",
    ]  # fmt: skip
    ecr.complete_layer_upload(repositoryName=NAME, uploadId=upload, layerDigests=[digest])
    (layer,) = ecr.batch_check_layer_availability(**ask)["layers"]
    assert (layer["layerDigest"], layer["layerSize"]) == (digest, len(LAYER))
    with refused("UploadNotFoundException"):
        ecr.complete_layer_upload(repositoryName=NAME, uploadId=upload, layerDigests=[digest])


def test_a_layer_of_another_digest_is_refused(ecr: Any, refused: Refused) -> None:
    upload = ecr.initiate_layer_upload(repositoryName=NAME)["uploadId"]
    ecr.upload_layer_part(repositoryName=NAME, uploadId=upload, partFirstByte=0, partLastByte=0, layerPartBlob=b"x")
    with refused("InvalidLayerException"):
        ecr.complete_layer_upload(repositoryName=NAME, uploadId=upload, layerDigests=["sha256:" + "0" * 64])


def test_a_tag_moves_to_the_newer_image(ecr: Any) -> None:
    old, new = TinyImage(b"old"), TinyImage(b"new")
    put_tiny(ecr, NAME, old, "1")
    put_tiny(ecr, NAME, new, "1")
    assert list_tags(ecr) == sorted([(old.digest, None), (new.digest, "1")], key=lambda entry: entry[0])


def test_an_image_goes_with_its_last_tag(ecr: Any) -> None:
    image = TinyImage()
    for tag in ("1", "2"):
        put_tiny(ecr, NAME, image, tag)
    asked = [
        {"imageTag": "none"}, {}, {"imageDigest": "x"}, {"imageDigest": image.digest, "imageTag": "none"},
    ]  # fmt: skip
    codes = ["ImageNotFound", "MissingDigestAndTag", "InvalidImageDigest", "ImageTagDoesNotMatchDigest"]
    failures = ecr.batch_get_image(repositoryName=NAME, imageIds=asked)["failures"]
    assert [failure["failureCode"] for failure in failures] == codes
    assert failures[3]["imageId"] == asked[3]
    done = ecr.batch_delete_image(repositoryName=NAME, imageIds=[{"imageTag": "1"}, {"imageTag": "none"}])
    assert done["imageIds"] == [{"imageDigest": image.digest, "imageTag": "1"}]
    assert [failure["failureCode"] for failure in done["failures"]] == ["ImageNotFound"]
    assert list_tags(ecr) == [(image.digest, "2")]
    ecr.batch_delete_image(repositoryName=NAME, imageIds=[{"imageTag": "2"}])
    assert list_tags(ecr) == []


def test_a_digest_goes_with_all_its_tags(ecr: Any, refused: Refused) -> None:
    image = TinyImage()
    for tag in ("1", "2"):
        put_tiny(ecr, NAME, image, tag)
    done = ecr.batch_delete_image(repositoryName=NAME, imageIds=[{"imageDigest": image.digest}])
    assert {entry["imageTag"] for entry in done["imageIds"]} == {"1", "2"}
    with pytest.raises(ClientError, match=rf"ImageNotFoundException.*imageDigest:'{image.digest}'"):
        ecr.describe_images(repositoryName=NAME, imageIds=[{"imageDigest": image.digest}])


def test_the_same_image_is_not_put_twice_under_a_tag(ecr: Any, refused: Refused) -> None:
    image = TinyImage()
    put_tiny(ecr, NAME, image, "1")
    with pytest.raises(ClientError, match=r"ImageAlreadyExistsException.*already exists"):
        put_tiny(ecr, NAME, image, "1")
    with refused("ImageDigestDoesNotMatchException"):
        digest = "sha256:" + "0" * 64
        ecr.put_image(repositoryName=NAME, imageManifest=image.manifest, imageTag="2", imageDigest=digest)


def test_an_immutable_tag_stays(ecr: Any, refused: Refused) -> None:
    put_tiny(ecr, NAME, TinyImage(b"old"), "1")
    ecr.put_image_tag_mutability(repositoryName=NAME, imageTagMutability="IMMUTABLE")
    with pytest.raises(ClientError, match=r"ImageTagAlreadyExistsException.*because the tag is immutable"):
        put_tiny(ecr, NAME, TinyImage(b"new"), "1")
    put_tiny(ecr, NAME, TinyImage(b"new"), "2")


def test_a_repository_with_images_is_deleted_by_force_alone(ecr: Any, refused: Refused) -> None:
    image = TinyImage()
    put_tiny(ecr, NAME, image, "1")
    with refused("RepositoryNotEmptyException"):
        ecr.delete_repository(repositoryName=NAME)
    ecr.delete_repository(repositoryName=NAME, force=True)
    with pytest.raises(ClientError, match=rf"RepositoryNotFoundException.*'{NAME}' does not exist"):
        put_layer(ecr, NAME, LAYER)
    ecr.create_repository(repositoryName=NAME)
    asked = ecr.batch_check_layer_availability(repositoryName=NAME, layerDigests=[image.layer_digest])
    assert asked["layers"] == [], "a new repository has no layers"


def test_images_come_in_pages(ecr: Any) -> None:
    image = TinyImage()
    for tag in "abcde":
        put_tiny(ecr, NAME, image, tag)
    pages = list(ecr.get_paginator("list_images").paginate(repositoryName=NAME, PaginationConfig={"PageSize": 2}))
    assert [len(page["imageIds"]) for page in pages] == [2, 2, 1]


def test_what_has_no_effect_is_not_taken_for_done(ecr: Any) -> None:
    for ask in (
        lambda: ecr.start_image_scan(repositoryName=NAME, imageId={"imageTag": "1"}),
        lambda: ecr.put_replication_configuration(replicationConfiguration={"rules": []}),
        lambda: ecr.put_registry_policy(policyText=json.dumps({"Version": "2012-10-17", "Statement": []})),
        lambda: ecr.create_pull_through_cache_rule(ecrRepositoryPrefix="hub", upstreamRegistryUrl="quay.io"),
    ):
        with pytest.raises(ClientError, match="NotImplemented"):
            ask()
