"""The images of a repository by ECR's own API: what really lies in the registry.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Operations.html
"""

import json
from typing import Any

from moto.core.responses import ActionResult
from moto.ecr.responses import ECRResponse

from sandbox.ecr.image_documents import list_tags, look_up, name_image, show_image, show_manifest
from sandbox.ecr.model.errors import refuse_parameter, refused
from sandbox.ecr.model.images import StoredImage, delete_image, find_image, put_image, read_manifest
from sandbox.ecr.model.repositories import find_repository
from sandbox.registry.store import MANIFESTS, Manifest
from sandbox.world.world import current

_TAG_STATUS = {"TAGGED": lambda image: bool(image.tags), "UNTAGGED": lambda image: not image.tags}


class Images(ECRResponse):
    def put_image(self) -> ActionResult:
        repository, text = self._repository(), str(self._get_param("imageManifest"))
        manifest = Manifest(self._read_media_type(text), text.encode())
        tag, digest = self._get_param("imageTag"), self._get_param("imageDigest")
        if digest and digest != manifest.digest:
            why = f"Image digest '{digest}' does not match the digest of the image manifest"
            raise refused("ImageDigestDoesNotMatchException", why)
        present = find_image(repository, tag, manifest.digest)
        if present:
            tagged = f" and tag '{tag}'" if tag else ""
            raise refused(
                "ImageAlreadyExistsException",
                f"Image with digest '{present.digest}'{tagged} already exists in the repository with name "
                f"'{repository.name}' in registry with id '{repository.registry_id}'",
            )
        image = put_image(current(), repository, manifest, tag)
        named = name_image(image.digest, tag)
        return ActionResult({"image": self._place(repository) | {"imageId": named} | show_manifest(manifest)})

    def batch_get_image(self) -> ActionResult:
        repository, images, failures = self._repository(), [], []
        for asked in self._get_param("imageIds"):
            image, failure = look_up(repository, asked)
            if failure or image is None:
                failures.append(failure)
                continue
            shown = show_manifest(read_manifest(current(), repository, image))
            images.append(
                self._place(repository) | {"imageId": name_image(image.digest, asked.get("imageTag"))} | shown
            )
        return ActionResult({"images": images, "failures": failures})

    def list_images(self) -> ActionResult:
        images = self._list_filtered()
        return ActionResult({"imageIds": [name_image(i.digest, tag) for i in images for tag in list_tags(i)]})

    def describe_images(self) -> ActionResult:
        repository, asked = self._repository(), self._get_param("imageIds")
        images = [self._find(repository, entry) for entry in asked] if asked else self._list_filtered()
        return ActionResult({"imageDetails": [self._place(repository) | show_image(image) for image in images]})

    def batch_delete_image(self) -> ActionResult:
        repository, deleted, failures = self._repository(), [], []
        with current().lock:
            for asked in self._get_param("imageIds"):
                image, failure = look_up(repository, asked)
                if failure or image is None:
                    failures.append(failure)
                    continue
                tag = asked.get("imageTag")
                taken = [tag] if tag and not asked.get("imageDigest") else list_tags(image)
                deleted += [name_image(image.digest, name) for name in taken]
                image.tags = [name for name in image.tags if name not in taken]
                if not image.tags:
                    delete_image(current(), repository, image)
        return ActionResult({"imageIds": deleted, "failures": failures})

    def _repository(self) -> Any:
        return find_repository(self.region, str(self._get_param("repositoryName")), self._get_param("registryId"))

    def _place(self, repository: Any) -> dict[str, Any]:
        return {"registryId": repository.registry_id, "repositoryName": repository.name}

    def _find(self, repository: Any, asked: dict[str, str]) -> StoredImage:
        image = find_image(repository, asked.get("imageTag"), asked.get("imageDigest"))
        if image is None:
            named = f"{{imageDigest:'{asked.get('imageDigest', 'null')}', imageTag:'{asked.get('imageTag', 'null')}'}}"
            raise refused(
                "ImageNotFoundException",
                f"The image with imageId {named} does not exist within the repository with name '{repository.name}' "
                f"in the registry with id '{repository.registry_id}'",
            )
        return image

    def _list_filtered(self) -> list[StoredImage]:
        status = (self._get_param("filter") or {}).get("tagStatus", "ANY")
        images: list[StoredImage] = self._repository().images
        return [image for image in images if _TAG_STATUS.get(status, lambda _: True)(image)]

    def _read_media_type(self, text: str) -> str:
        try:
            named = self._get_param("imageManifestMediaType") or json.loads(text).get("mediaType")
        except (ValueError, AttributeError):
            raise refuse_parameter("imageManifest", "Invalid JSON syntax") from None
        return str(named or MANIFESTS[2])  # an OCI manifest need not say what it is
