"""The layers of a repository by ECR's own API, which is another door to the same registry.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UploadLayerPart.html,
API_CompleteLayerUpload.html, API_BatchCheckLayerAvailability.html, API_GetDownloadUrlForLayer.html
"""

import re
import secrets
from base64 import b64decode
from dataclasses import dataclass
from typing import Any

from moto.core.responses import ActionResult
from moto.ecr.responses import ECRResponse

from sandbox.ecr.model.errors import refused
from sandbox.ecr.model.repositories import find_repository, name_storage
from sandbox.registry.registry import find_registry
from sandbox.registry.store import Store, StoreError
from sandbox.world.facts import LayerTicket
from sandbox.world.world import current

PART = 10 << 20  # bytes, which is advice
MEDIA_TYPE = "application/vnd.docker.image.rootfs.diff.tar.gzip"
URL_HOLDS_FOR = 3600.0  # seconds


@dataclass
class Upload:
    """`place` is where the registry goes on with it, `received` how many bytes it has."""

    place: str
    received: int = 0


class Layers(ECRResponse):
    def batch_check_layer_availability(self) -> ActionResult:
        layers, failures = [], []
        for digest in self._get_param("layerDigests"):
            if not re.fullmatch(r"sha256:[a-f0-9]{64}", digest):
                failures.append(_fail("InvalidLayerDigest", f"Invalid layer digest '{digest}'", digest))
            elif (size := self._store().find_size(self._storage(), digest)) is None:
                failures.append(_fail("MissingLayerDigest", f"Layer digest '{digest}' could not be found", digest))
            else:
                layers.append({"layerDigest": digest, "layerAvailability": "AVAILABLE", "layerSize": size,
                               "mediaType": MEDIA_TYPE})  # fmt: skip
        return ActionResult({"layers": layers, "failures": failures})

    def get_download_url_for_layer(self) -> ActionResult:  # type: ignore[override]  # moto's has none
        digest, world = str(self._get_param("layerDigest")), current()
        if self._store().find_size(self._storage(), digest) is None:
            raise refused("LayersNotFoundException", f"Layers with digests '[{digest}]' could not be found")
        ticket = secrets.token_urlsafe(48)
        world.layer_tickets[ticket] = LayerTicket(self._storage(), digest, world.clock.now() + URL_HOLDS_FOR)
        host = self.normalized_request.host
        return ActionResult({"downloadUrl": f"http://{host}/kiln-sandbox/layers/{ticket}", "layerDigest": digest})

    def initiate_layer_upload(self) -> ActionResult:
        upload_id = secrets.token_hex(16)
        self._repository().uploads[upload_id] = Upload(self._store().begin_upload(self._storage()))
        return ActionResult({"uploadId": upload_id, "partSize": PART})

    def upload_layer_part(self) -> ActionResult:
        upload, first = self._upload(), int(self._get_param("partFirstByte"))
        blob = self._read_blob()
        if first != upload.received or int(self._get_param("partLastByte")) != first + len(blob) - 1:
            raise self._refuse_part(upload, first)
        upload.place = self._store().write_part(upload.place, [blob])
        upload.received += len(blob)
        return ActionResult(self._named() | {"lastByteReceived": upload.received - 1})

    def complete_layer_upload(self) -> ActionResult:
        upload, digests = self._upload(), self._get_param("layerDigests")
        if not upload.received:
            raise refused("EmptyUploadException", "The specified layer upload does not contain any layer parts")
        if self._store().find_size(self._storage(), digests[0]) is not None:
            raise refused(
                "LayerAlreadyExistsException",
                f"The layer with digest '{digests[0]}' already exists in the repository with name "
                f"'{self._repository().name}' in the registry with id '{self._repository().registry_id}'",
            )
        try:
            self._store().finish_upload(upload.place, digests[0])
        except StoreError as error:
            raise refused("InvalidLayerException", f"The layer's digest is not '{digests[0]}'") from error
        del self._repository().uploads[self._get_param("uploadId")]
        return ActionResult(self._named() | {"layerDigest": digests[0]})

    def _refuse_part(self, upload: Upload, first: int) -> Exception:
        last = upload.received - 1
        error = refused(
            "InvalidLayerPartException",
            f"Layer part with first byte '{first}' does not follow the last byte received, '{last}'",
        )
        vars(error).update(self._named(), lastValidByteReceived=last)
        return error

    def _read_blob(self) -> bytes:
        blob = self._get_param("layerPartBlob")
        return b64decode(blob) if isinstance(blob, str) else bytes(blob)

    def _store(self) -> Store:
        return find_registry(current()).store

    def _repository(self) -> Any:
        return find_repository(self.region, str(self._get_param("repositoryName")), self._get_param("registryId"))

    def _storage(self) -> str:
        return name_storage(self._repository())

    def _named(self) -> dict[str, str]:
        repository = self._repository()
        return {"registryId": repository.registry_id, "repositoryName": repository.name,
                "uploadId": str(self._get_param("uploadId"))}  # fmt: skip

    def _upload(self) -> Upload:
        repository, upload_id = self._repository(), self._get_param("uploadId")
        upload: Upload | None = repository.uploads.get(upload_id)
        if upload is None:
            raise refused(
                "UploadNotFoundException",
                f"Upload with id '{upload_id}' could not be found for the repository with name '{repository.name}' "
                f"in the registry with id '{repository.registry_id}'",
            )
        return upload


def _fail(code: str, reason: str, digest: str) -> dict[str, str]:
    return {"layerDigest": digest, "failureCode": code, "failureReason": reason}
