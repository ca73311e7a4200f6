"""Lets the registry behind answer a request, layers streaming through."""

from collections.abc import Iterator

from sandbox.ecr.front.exchange import Exchange, Reply
from sandbox.registry.store import CHUNK, Store

VERSION = {"Docker-Distribution-Api-Version": "registry/2.0"}
_ASKED = ("Range", "Content-Range")
_KEPT = ("Content-Type", "Content-Length", "Content-Range", "Range", "Docker-Upload-UUID", "Docker-Content-Digest")


def pass_on(store: Store, exchange: Exchange, path: str) -> Reply:
    """Return the registry's answer to the same request at a path of its own; raises StoreError where it refuses."""
    sent = {name: exchange.headers[name] for name in _ASKED if name in exchange.headers}
    body: Iterator[bytes] | None = None
    if exchange.method in ("PATCH", "PUT"):
        sent |= {"Content-Type": "application/octet-stream", "Transfer-Encoding": "chunked"}
        body = exchange.body
    opened = store.ask(exchange.method, path, body, sent)
    response = opened.__enter__()

    def pieces() -> Iterator[bytes]:
        try:
            while piece := response.read(CHUNK):
                yield piece
        finally:
            opened.__exit__(None, None, None)

    headers = {name: response.headers[name] for name in (*_KEPT, "Location") if name in response.headers}
    return Reply(response.status, headers, pieces())
