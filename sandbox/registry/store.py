"""Manifests and layers as the registry keeps them, by its HTTP API. A repository is any path; tags are kept elsewhere.

Source: https://distribution.github.io/distribution/spec/api/ (OCI Distribution Specification)
"""

import hashlib
import http.client
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from urllib.parse import urlencode

from sandbox.registry.daemon import Connection, Daemon

CHUNK = 1 << 20
MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)


class StoreError(Exception):
    """The registry's refusal: its code ("BLOB_UNKNOWN"), its message, and HTTP's status."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True)
class Manifest:
    """A manifest, byte for byte."""

    media_type: str
    body: bytes

    @property
    def digest(self) -> str:
        return digest_of(self.body)


@dataclass
class Store:
    """What one daemon keeps; it is started when it is first needed."""

    start: Callable[[], Daemon]
    _daemon: list[Daemon] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def put_manifest(self, repository: str, manifest: Manifest) -> None:
        """Keep a manifest by its digest; StoreError where a layer that it names is not there."""
        headers = {"Content-Type": manifest.media_type}
        with self.ask("PUT", f"{repository}/manifests/{manifest.digest}", manifest.body, headers):
            pass

    def read_manifest(self, repository: str, digest: str) -> Manifest:
        headers = {"Accept": ", ".join(MANIFESTS)}
        with self.ask("GET", f"{repository}/manifests/{digest}", headers=headers) as answer:
            return Manifest(answer.headers["Content-Type"], answer.read())

    def delete_manifest(self, repository: str, digest: str) -> None:
        with self.ask("DELETE", f"{repository}/manifests/{digest}"):
            pass

    def find_size(self, repository: str, digest: str) -> int | None:
        """Find the size of a layer in bytes; None where there is no such."""
        try:
            with self.ask("HEAD", f"{repository}/blobs/{digest}") as answer:
                return int(answer.headers["Content-Length"])
        except StoreError as error:
            if error.status == http.client.NOT_FOUND:
                return None
            raise

    @contextmanager
    def read_blob(self, repository: str, digest: str, ranged: str = "") -> Iterator[http.client.HTTPResponse]:
        """Open a layer; `ranged` is the header of that name."""
        headers = {"Range": ranged} if ranged else {}
        with self.ask("GET", f"{repository}/blobs/{digest}", headers=headers) as answer:
            yield answer

    def begin_upload(self, repository: str) -> str:
        """Begin an upload; its place, to be given to `write_part` and `finish_upload`."""
        with self.ask("POST", f"{repository}/blobs/uploads/") as answer:
            return str(answer.headers["Location"])

    def write_part(self, place: str, part: Iterable[bytes]) -> str:
        """Append to an upload; its place from then on."""
        headers = {"Content-Type": "application/octet-stream", "Transfer-Encoding": "chunked"}
        with self.ask("PATCH", place, part, headers) as answer:
            return str(answer.headers["Location"])

    def finish_upload(self, place: str, digest: str) -> None:
        """End an upload; StoreError (DIGEST_INVALID) where its bytes have another digest."""
        with self.ask("PUT", f"{place}{'&' if '?' in place else '?'}{urlencode({'digest': digest})}"):
            pass

    def put_blob(self, repository: str, digest: str, content: Iterable[bytes]) -> None:
        """Keep a layer, where it is not there yet."""
        if self.find_size(repository, digest) is None:
            self.finish_upload(self.write_part(self.begin_upload(repository), content), digest)

    def close(self) -> None:
        while self._daemon:
            self._daemon.pop().close()

    def _connect(self) -> Connection:
        with self._lock:
            if not self._daemon:
                self._daemon.append(self.start())
            return self._daemon[0].connect()

    @contextmanager
    def ask(
        self, method: str, path: str, body: bytes | Iterable[bytes] | None = None, headers: dict[str, str] | None = None
    ) -> Iterator[http.client.HTTPResponse]:
        """Ask the registry itself; raises StoreError for what it refuses."""
        connection = self._connect()
        try:
            chunked = "Transfer-Encoding" in (headers or {})
            target = path if path.startswith("/") else f"/v2/{path}"
            connection.request(method, target, body, headers or {}, encode_chunked=chunked)
            answer = connection.getresponse()
            if answer.status >= http.client.BAD_REQUEST:
                raise _read_error(answer)
            yield answer
        finally:
            connection.close()


def digest_of(content: bytes) -> str:
    """ "sha256:…" as registries write it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _read_error(answer: http.client.HTTPResponse) -> StoreError:
    try:
        error = json.loads(answer.read())["errors"][0]
        return StoreError(answer.status, str(error["code"]), str(error["message"]))
    except (ValueError, KeyError, IndexError):
        return StoreError(answer.status, "UNKNOWN", f"the registry answered {answer.status}")
