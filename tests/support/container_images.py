"""A container image of a few bytes, and how it is put into a repository by ECR's API."""

import gzip
import hashlib
import json
from dataclasses import dataclass
from typing import Any

MEDIA_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
LAYER = gzip.compress(b"a layer of a few bytes", mtime=0)


@dataclass(frozen=True)
class TinyImage:
    """Its `layer` differs with the `content`."""

    content: bytes = b"a program"

    @property
    def layer(self) -> bytes:
        return gzip.compress(self.content, mtime=0)

    @property
    def config(self) -> bytes:
        rootfs = {"type": "layers", "diff_ids": [_digest(self.content)]}
        return json.dumps({"architecture": "amd64", "os": "linux", "rootfs": rootfs}).encode()

    @property
    def layer_digest(self) -> str:
        return _digest(self.layer)

    @property
    def manifest(self) -> str:
        config = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": len(self.config),
                  "digest": _digest(self.config)}  # fmt: skip
        layer = {"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": len(self.layer),
                 "digest": self.layer_digest}  # fmt: skip
        return json.dumps({"schemaVersion": 2, "mediaType": MEDIA_TYPE, "config": config, "layers": [layer]})

    @property
    def digest(self) -> str:
        return _digest(self.manifest.encode())


def put_layer(ecr: Any, repository: str, layer: bytes) -> None:
    """Upload a layer that is not there yet."""
    digest = _digest(layer)
    if ecr.batch_check_layer_availability(repositoryName=repository, layerDigests=[digest])["layers"]:
        return
    upload = ecr.initiate_layer_upload(repositoryName=repository)["uploadId"]
    ecr.upload_layer_part(
        repositoryName=repository, uploadId=upload, partFirstByte=0, partLastByte=len(layer) - 1, layerPartBlob=layer
    )
    ecr.complete_layer_upload(repositoryName=repository, uploadId=upload, layerDigests=[digest])


def put_tiny(ecr: Any, repository: str, image: TinyImage, tag: str) -> None:
    for content in (image.layer, image.config):
        put_layer(ecr, repository, content)
    ecr.put_image(repositoryName=repository, imageManifest=image.manifest, imageTag=tag)


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
