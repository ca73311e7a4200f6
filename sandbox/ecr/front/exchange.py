"""A request of Docker's and the answer to it, as the registry's door sees them."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus

_ROUTE = re.compile(
    r"/v2/(?P<name>.+?)/(?:(?P<kind>manifests|blobs)/(?P<reference>[^/]+)|blobs/(?P<uploads>uploads)/(?P<upload>[^/]*)"
    r"|(?P<tags>tags/list))"
)


@dataclass(frozen=True)
class Route:
    """`kind` is manifests, blobs, uploads or tags; `reference` a tag, a digest, an upload's id, or ""."""

    name: str
    kind: str
    reference: str = ""


@dataclass(frozen=True)
class Exchange:
    """`body` yields what is sent, piece by piece, once."""

    method: str
    host: str
    path: str
    query: str
    headers: Message
    body: Iterator[bytes]

    def find_route(self) -> Route | None:
        """Read name and kind of what is asked for; None for a path that is no registry's."""
        found = _ROUTE.fullmatch(self.path)
        if found is None:
            return None
        if found["uploads"]:
            return Route(found["name"], "uploads", found["upload"])
        return Route(found["name"], found["kind"] or "tags", found["reference"] or "")


@dataclass(frozen=True)
class Reply:
    """`body` is bytes, or pieces whose length stands in the headers."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterator[bytes] = b""


class RegistryRefusal(Exception):
    """An error in the registry API's form. Docker shows its words behind those of the code (DENIED: "denied: …")."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message = status, code, message

    @property
    def reply(self) -> Reply:
        body = json.dumps({"errors": [{"code": self.code, "message": self.message}]}).encode() + b"\n"
        return Reply(self.status, {"Content-Type": "application/json"}, body)


def refuse_as_unsupported() -> RegistryRefusal:
    return RegistryRefusal(HTTPStatus.METHOD_NOT_ALLOWED, "UNSUPPORTED", "The operation is unsupported.")
