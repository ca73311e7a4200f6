"""The registry's door: HTTPS on loopback, where guests come by forwarding, under the names of the registries."""

import logging
import threading
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sandbox.ecr.front import private, public
from sandbox.ecr.front.bodies import read_body
from sandbox.ecr.front.exchange import Exchange, RegistryRefusal, Reply
from sandbox.ecr.front.relay import VERSION
from sandbox.machines.registry_names import NAMES
from sandbox.registry.certificates import make_identity
from sandbox.registry.references import find_ecr
from sandbox.registry.store import StoreError
from sandbox.world.world import ACCOUNT, World

log = logging.getLogger("sandbox")
HANDSHAKE_SECONDS = 60.0


def respond(world: World, exchange: Exchange) -> Reply:
    """Answer a request of Docker's, refusals included."""
    try:
        ecr = find_ecr(exchange.host)
        if ecr is None:
            return public.answer(world, exchange)
        if ecr[0] != ACCOUNT:
            raise RegistryRefusal(HTTPStatus.FORBIDDEN, "DENIED", f"the registry of account {ecr[0]} is not here")
        return private.answer(world, exchange, ecr[1])
    except RegistryRefusal as refusal:
        return refusal.reply
    except StoreError as error:
        return RegistryRefusal(HTTPStatus(error.status), error.code, error.message).reply
    except Exception:
        log.exception("a fault of the sandbox in its registry: %s %s", exchange.method, exchange.path)
        why = "The sandbox failed; its log has the traceback"
        return RegistryRefusal(HTTPStatus.INTERNAL_SERVER_ERROR, "UNKNOWN", why).reply


class _Handler(BaseHTTPRequestHandler):
    server: "Front"
    protocol_version = "HTTP/1.1"

    def _handle(self) -> None:
        path, _, query = self.path.partition("?")
        body = read_body(self.headers, self.rfile)  # type: ignore[arg-type]
        host = self.headers.get("Host", "").partition(":")[0].lower()
        reply = respond(self.server.world, Exchange(self.command, host, path, query, self.headers, body))
        for _ in body:  # what was refused unread: Docker reads the answer once it has sent all
            pass
        self._send(reply)

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = _handle  # noqa: N815  the base class looks for them

    def _send(self, reply: Reply) -> None:
        whole = isinstance(reply.body, bytes)
        pieces: Iterable[bytes] = [reply.body] if isinstance(reply.body, bytes) else reply.body
        headers: Mapping[str, str] = VERSION | dict(reply.headers)
        self.send_response(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if whole:
            self.send_header("Content-Length", str(len(reply.body)))  # type: ignore[arg-type]
        elif "Content-Length" not in headers:
            self.send_header("Content-Length", "0")  # what the registry accepts, it answers without words
        self.end_headers()
        for piece in pieces:
            if self.command != "HEAD":
                self.wfile.write(piece)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class has it
        """Nothing: Docker says what it pulls."""


class Front(ThreadingHTTPServer):
    """Serves 127.0.0.1:`port` from its construction until close(); who comes trusts `identity.ca`."""

    daemon_threads = True

    def __init__(self, world: World) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.world, self.identity = world, make_identity(NAMES)
        self.port: int = self.server_address[1]
        self._context = self.identity.make_context()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Speak TLS first, in the connection's own thread."""
        request.settimeout(HANDSHAKE_SECONDS)
        with self._context.wrap_socket(request, server_side=True) as secure:
            secure.settimeout(None)
            super().finish_request(secure, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that break off."""
        log.debug("a connection to the registry ended", exc_info=True)

    def shutdown_request(self, request: Any) -> None:
        if request.fileno() >= 0:
            super().shutdown_request(request)

    def close(self) -> None:
        """Stop serving."""
        self.shutdown()
        self.server_close()
