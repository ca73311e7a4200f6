"""A client of container registries that speaks to the sandbox's door, under the registries' own names."""

import base64
import http.client
import json
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sandbox.ecr.front.front import Front
from tests.support.container_images import MEDIA_TYPE, TinyImage

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> str:
        """The code and the words of a refusal, as Docker joins them."""
        (error,) = json.loads(self.body)["errors"]
        return f"{error['code'].lower().replace('_', ' ')}: {error['message']}"


class _Connection(http.client.HTTPConnection):
    def __init__(self, front: Front, host: str) -> None:
        super().__init__(host)
        self._front = front

    def connect(self) -> None:
        context = ssl.create_default_context(cadata=self._front.identity.ca)
        plain = socket.create_connection(("127.0.0.1", self._front.port), timeout=30)
        self.sock = context.wrap_socket(plain, server_hostname=self.host)


@dataclass
class RegistryClient:
    """Asks `host` with the login `token` ("AWS:password" in base64), or without any."""

    front: Front
    host: str = ECR
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        own = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            own["Authorization"] = f"Basic {self.token}"
        connection = _Connection(self.front, self.host)
        try:
            chunked = body is not None and not isinstance(body, bytes)
            if chunked:
                own["Transfer-Encoding"] = "chunked"
            connection.request(method, path, body, own, encode_chunked=chunked)
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def push_blob(self, name: str, digest: str, pieces: Iterable[bytes]) -> Answer:
        """Upload a layer as Docker does: POST, PATCH in pieces, PUT. Return the first refusal, else the last."""
        begun = self.ask("POST", f"/v2/{name}/blobs/uploads/")
        if begun.status >= 400:
            return begun
        sent = self.ask("PATCH", begun.headers["location"], iter(pieces))
        if sent.status >= 400:
            return sent
        place = sent.headers["location"]
        return self.ask("PUT", f"{place}{'&' if '?' in place else '?'}digest={digest}", b"")

    def push(self, name: str, image: TinyImage, reference: str) -> Answer:
        """Push an image; the first answer that is a refusal, else that to its manifest."""
        for content in (image.layer, image.config):
            answer = self.push_blob(name, digest_of(content), [content[:5], content[5:]])
            if answer.status >= 400:
                return answer
        return self.ask("PUT", f"/v2/{name}/manifests/{reference}", image.manifest.encode(), Content_Type=MEDIA_TYPE)


def digest_of(content: bytes) -> str:
    import hashlib

    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def log_in(ecr: Any) -> str:
    """Return the token of whose keys the client has."""
    return str(ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"])


def encode(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()
