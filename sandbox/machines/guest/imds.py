"""The Instance Metadata Service of one machine; requests without a token are answered where its options allow them.

Source: "Use the Instance Metadata Service to access instance metadata", Amazon EC2 User Guide (403 where it is off).
"""

import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sandbox.world.hypervisor import Metadata, MetadataOptions

TTL_HEADER = "X-aws-ec2-metadata-token-ttl-seconds"
TOKEN_HEADER = "X-aws-ec2-metadata-token"  # noqa: S105  a header's name
MAX_TTL = 21600
VERSION = re.compile(r"^/(latest|\d{4}-\d\d-\d\d)(?:/(.*))?$")


def answer(tree: Mapping[str, bytes], path: str) -> bytes | None:
    """The body for a path below the version ("meta-data/iam/"); None when there is nothing there.

    Directories list their children, one per line, directories among them with a slash. Keys are special: the listing
    of public-keys/ says "0=name", and the key is at public-keys/0/openssh-key. A tree may hold the directory's own
    text under a name that ends in a slash.
    """
    by_path = {_requestable(name): body for name, body in tree.items()}
    if path in by_path:
        return by_path[path]
    if (own := by_path.get(path.rstrip("/") + "/")) is not None:
        return own
    inside = path.rstrip("/") + "/" if path.strip("/") else ""
    children = {_child(name, inside) for name in tree if _requestable(name).startswith(inside)} - {""}
    return "\n".join(sorted(children)).encode() or None


def _requestable(name: str) -> str:
    return re.sub(r"^(meta-data/public-keys/\d+)=[^/]*", r"\1", name)


def _child(name: str, inside: str) -> str:
    depth = inside.count("/")
    parts = name.split("/")
    leaf = parts[depth]
    is_directory = len(parts) > depth + 1
    return leaf + "/" if is_directory and "=" not in leaf else leaf


class _Handler(BaseHTTPRequestHandler):
    server: "Imds"
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        if not self.server.options().enabled:
            return self._say(403)
        ttl = self.headers.get(TTL_HEADER, "")
        if VERSION.match(self.path) is None or not self.path.endswith("/api/token"):
            return self._say(404)
        if not ttl.isdigit() or not 1 <= int(ttl) <= MAX_TTL:
            return self._say(400)
        return self._say(200, self.server.new_token(int(ttl)).encode(), {TTL_HEADER: ttl})

    def do_GET(self) -> None:
        options, token = self.server.options(), self.headers.get(TOKEN_HEADER)
        if not options.enabled:
            return self._say(403)
        if (token is not None or options.needs_token) and not self.server.knows_token(token or ""):
            return self._say(401)
        if (asked := VERSION.match(self.path)) is None:
            return self._say(404)
        body = answer(self.server.metadata(), asked[2] or "")
        return self._say(404) if body is None else self._say(200, body)

    def _say(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        # Each connection is a process of its own (QEMU's guestfwd): kept-alive ones would pile up.
        self.send_header("Connection", "close")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class has it
        """Nothing: the guest's own log says what it asked."""


class Imds(ThreadingHTTPServer):
    """Serves `metadata` on 127.0.0.1:`port` from its construction until close()."""

    daemon_threads = True

    def __init__(self, metadata: Metadata, options: Callable[[], MetadataOptions] = MetadataOptions) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.metadata, self.options = metadata, options
        self.port: int = self.server_address[1]
        self._expiry_of: dict[str, float] = {}
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def new_token(self, ttl: int) -> str:
        """A session token that is good for `ttl` seconds."""
        now = time.monotonic()
        self._expiry_of = {token: expiry for token, expiry in self._expiry_of.items() if expiry > now}
        token = secrets.token_urlsafe(40)
        self._expiry_of[token] = now + ttl
        return token

    def knows_token(self, token: str) -> bool:
        """Whether the token was given out here and has not expired."""
        return self._expiry_of.get(token, 0.0) > time.monotonic()

    def close(self) -> None:
        """Stop serving."""
        self.shutdown()
        self.server_close()
