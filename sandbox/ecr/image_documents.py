"""How ECR's answers tell of an image, and why there is none.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageFailure.html, API_ImageDetail.html
"""

import re
from datetime import UTC, datetime
from typing import Any

from sandbox.ecr.model.images import StoredImage, find_image
from sandbox.registry.store import Manifest

_INVALID = "Invalid request parameters: "


def look_up(repository: Any, asked: dict[str, str]) -> tuple[StoredImage | None, dict[str, Any]]:
    """Find an image; or why there is none, as an entry of `failures`."""
    tag, digest = asked.get("imageTag"), asked.get("imageDigest")
    if not tag and not digest:
        return None, _fail(asked, "MissingDigestAndTag", f"{_INVALID}both tag and digest cannot be null")
    if digest and not re.fullmatch(r"[a-zA-Z0-9_+.-]+:[a-fA-F0-9]+", digest):
        why = "image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'"
        return None, _fail(asked, "InvalidImageDigest", f"{_INVALID}{why}")
    image = find_image(repository, tag, digest)
    if image is None and tag and find_image(repository, None, digest):
        return None, _fail(
            asked, "ImageTagDoesNotMatchDigest", "Requested tag does not belong to the image of the digest"
        )
    return (image, {}) if image else (None, _fail(asked, "ImageNotFound", "Requested image not found"))


def _fail(asked: dict[str, str], code: str, reason: str) -> dict[str, Any]:
    return {"imageId": asked, "failureCode": code, "failureReason": reason}


def list_tags(image: StoredImage) -> list[str | None]:
    return [*image.tags] or [None]


def name_image(digest: str, tag: str | None) -> dict[str, str]:
    return {"imageDigest": digest} | ({"imageTag": tag} if tag else {})


def show_manifest(manifest: Manifest) -> dict[str, str]:
    return {"imageManifest": manifest.body.decode(), "imageManifestMediaType": manifest.media_type}


def show_image(image: StoredImage) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "imageDigest": image.digest, "imageSizeInBytes": image.size, "imageManifestMediaType": image.media_type,
        "imagePushedAt": datetime.fromtimestamp(image.pushed_at, UTC),
    }  # fmt: skip
    if image.tags:
        detail["imageTags"] = list(image.tags)
    if image.artifact_type:
        detail["artifactMediaType"] = image.artifact_type
    if image.pulled_at:
        detail["lastRecordedPullTime"] = datetime.fromtimestamp(image.pulled_at, UTC)
    return detail
