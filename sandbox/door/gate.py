"""The WSGI application of the sandbox: its own routes, and the way of every other request, which is counted."""

from collections.abc import Callable, Iterable
from typing import Any

from sandbox.door import control, sockets
from sandbox.door.envelope import wrap
from sandbox.door.handshakes import is_handshake
from sandbox.door.parse import parse
from sandbox.door.way import answer
from sandbox.world.calls import Call
from sandbox.world.world import World

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Gate:
    """Answers for one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(control.PREFIX):
            return control.answer(self._world, environ, start_response)
        if is_handshake(environ):
            return sockets.answer(self._world, environ, start_response)
        request = parse(environ)
        given = wrap(answer(self._world, request), request)
        now = self._world.clock.now()
        self._world.calls.record(
            Call(request.service, request.operation, request.region, request.dry_run, given.error, now)
        )
        start_response(given.status, given.headers)
        return [given.body]
