"""A double of Docker's daemon: its API on a socket of the file system, and containers that do what their image says."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

NEVER = "0001-01-01T00:00:00Z"
NOW = "2026-11-28T07:14:41.123456789Z"


@dataclass
class Behaviour:
    """What a container of an image does: `exit_code` at once, or (`lasts`) when it is told to end."""

    exit_code: int = 0
    lasts: bool = False
    oom: bool = False
    deaf: bool = False
    start_error: str = ""
    create_error: str = ""
    environment: tuple[str, ...] = ()
    ports: dict[str, list[dict[str, str]]] = field(default_factory=dict)


@dataclass
class Made:
    """A container."""

    id: str
    name: str
    config: dict[str, Any]
    behaviour: Behaviour
    running: bool = False
    started: bool = False
    exit_code: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    stop_seconds: list[int] = field(default_factory=list)

    def end(self, code: int) -> None:
        """Its process is gone."""
        self.exit_code, self.running = code, False
        self.ended.set()

    def document(self) -> dict[str, Any]:
        """As `docker inspect` shows it."""
        over = self.started and not self.running
        state = {
            **{"Running": self.running, "ExitCode": self.exit_code, "Error": "", "Dead": False},
            **{"OOMKilled": over and self.behaviour.oom, "StartedAt": NOW if self.started else NEVER},
            "FinishedAt": NOW if over else NEVER,
        }
        return {
            **{"Id": self.id, "Created": NOW, "Image": "sha256:0", "State": state},
            "NetworkSettings": {"Ports": self.behaviour.ports if self.running else {}},
        }


class DockerDouble:
    """Serves at `socket` from its construction until close(); `asked` are the requests, as "METHOD path"."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.images: dict[str, Behaviour] = {}
        self.registry: dict[str, Behaviour] = {}
        self.digests: dict[str, str] = {}
        self.containers: dict[str, Made] = {}
        self.asked: list[str] = []
        self.logins: list[str] = []
        self.refused = "manifest unknown: manifest unknown"
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                double.answer(self, "GET")

            def do_POST(self) -> None:
                double.answer(self, "POST")

            def do_DELETE(self) -> None:
                double.answer(self, "DELETE")

            def address_string(self) -> str:
                return "socket"

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        class Server(ThreadingUnixStreamServer):
            def handle_error(self, request: object, client_address: object) -> None:
                """A client that is gone."""

        self._server = Server(str(socket), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def one(self) -> Made:
        """The only container."""
        (made,) = self.containers.values()
        return made

    def answer(self, handler: BaseHTTPRequestHandler, method: str) -> None:
        url = urlsplit(handler.path)
        self.asked.append(f"{method} {handler.path}")
        length = int(handler.headers.get("Content-Length") or 0)
        body = json.loads(handler.rfile.read(length) or b"null")
        if login := handler.headers.get("X-Registry-Auth"):
            self.logins.append(login)
        status, document = self._respond(
            method, unquote(url.path), {k: v[0] for k, v in parse_qs(url.query).items()}, body
        )
        data = b"" if document is None else json.dumps(document).encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def _respond(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        parts = path.strip("/").split("/")
        if path == "/version":
            return 200, {"Version": "20.10.24+dfsg1"}
        if parts[0] == "distribution":
            return self._manifest("/".join(parts[1:-1]))
        if parts[:2] == ["images", "create"]:
            return self._pull(query["fromImage"])
        if parts[0] == "images":
            return self._image(
                method, "/".join(parts[1:-1] if parts[-1] in {"json", "tag"} else parts[1:]), parts, query
            )
        if parts[0] == "volumes":
            return (201, {}) if method == "POST" else (204, None)
        if parts[:2] == ["containers", "create"]:
            return self._create(query["name"], body)
        return self._container(method, parts, query)

    def _manifest(self, name: str) -> tuple[int, Any]:
        if name not in self.registry:
            return 404, {"message": self.refused}
        return 200, {"Descriptor": {"digest": self.digests.get(name, "sha256:" + "1" * 64)}}

    def _pull(self, name: str) -> tuple[int, Any]:
        plain = next(
            (
                known
                for known in self.registry
                if name in {known, f"{known.rsplit(':', 1)[0]}@{self.digests.get(known, 'sha256:' + '1' * 64)}"}
            ),
            None,
        )
        if plain is None:
            return 404, {"message": self.refused}
        self.images[name] = self.registry[plain]
        return 200, {"status": "done"}

    def _image(self, method: str, name: str, parts: list[str], query: dict[str, str]) -> tuple[int, Any]:
        if name not in self.images:
            return 404, {"message": f"No such image: {name}"}
        if method == "DELETE":
            del self.images[name]
            return 200, []
        if parts[-1] == "tag":
            self.images[f"{query['repo']}:{query['tag']}"] = self.images[name]
            return 201, None
        return 200, {"Config": {"Env": list(self.images[name].environment)}, "RepoDigests": []}

    def _create(self, name: str, body: dict[str, Any]) -> tuple[int, Any]:
        behaviour = self.images.get(body["Image"])
        if behaviour is None:
            return 404, {"message": f"No such image: {body['Image']}"}
        if behaviour.create_error:
            return 400, {"message": behaviour.create_error}
        made = Made(f"{len(self.containers) + 1:064x}", name, body, behaviour)
        self.containers[made.id] = made
        return 201, {"Id": made.id}

    def _container(self, method: str, parts: list[str], query: dict[str, str]) -> tuple[int, Any]:
        key = parts[1]
        made = next((known for known in self.containers.values() if key in {known.id, known.name}), None)
        if made is None:
            return 404, {"message": f"No such container: {key}"}
        if method == "DELETE":
            del self.containers[made.id]
            return 204, None
        if parts[2] == "json":
            return 200, made.document()
        if parts[2] == "wait":
            made.ended.wait(30)
            return 200, {"StatusCode": made.exit_code}
        return self._start(made) if parts[2] == "start" else self._stop(made, int(query["t"]))

    def _start(self, made: Made) -> tuple[int, Any]:
        if made.behaviour.start_error:
            return 400, {"message": made.behaviour.start_error}
        made.started = made.running = True
        if not made.behaviour.lasts:
            made.end(137 if made.behaviour.oom else made.behaviour.exit_code)
        return 204, None

    def _stop(self, made: Made, seconds: int) -> tuple[int, Any]:
        made.stop_seconds.append(seconds)
        if made.running:
            made.end(137 if made.behaviour.deaf else made.behaviour.exit_code)
        return 204, None


def until(true: Callable[[], object], seconds: float = 10) -> None:
    """Wait for something that another thread does."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not come true"
        time.sleep(0.005)
