"""What a download URL of ECR leads to: the bytes of a layer, or the part of them that is asked for."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Any

from sandbox.registry.registry import find_registry
from sandbox.registry.store import CHUNK, StoreError
from sandbox.world.world import World

_KEPT = ("Content-Type", "Content-Length", "Content-Range", "Accept-Ranges")


def answer(world: World, ticket: str, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Serve the layer of a URL; 403 for one that has ended or never was, as a presigned URL of S3."""
    layer = world.layer_tickets.get(ticket)
    if layer is None or layer.until <= world.clock.now():
        start_response("403 Forbidden", [("Content-Type", "text/plain")])
        return [b"Request has expired\n"]
    opened = ExitStack()
    try:
        read = find_registry(world).store.read_blob(layer.storage, layer.digest, environ.get("HTTP_RANGE", ""))
        response = opened.enter_context(read)
    except StoreError as error:
        start_response(f"{error.status} Refused", [("Content-Type", "text/plain")])
        return [f"{error.message}\n".encode()]
    headers = [(name, response.headers[name]) for name in _KEPT if name in response.headers]
    start_response(f"{response.status} {response.reason}", headers)
    return _chunks(response, opened)


def _chunks(response: Any, opened: ExitStack) -> Iterator[bytes]:
    with opened:
        while chunk := response.read(CHUNK):
            yield chunk
