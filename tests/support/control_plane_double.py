"""A double of ECS's control plane for the guest's agent alone: its JSON calls, and web sockets for a test to speak."""

import base64
import hashlib
import json
import queue
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from typing import Any
from urllib.parse import parse_qsl, urlsplit

INSTANCE = "arn:aws:ecs:us-east-1:123456789012:container-instance/kiln/" + "0" * 32
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Line:
    """The server's end of one web socket: `path`, `query` and `headers` of its handshake, what it `got`."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        url = urlsplit(handler.path)
        self.path, self.query, self.headers = url.path, dict(parse_qsl(url.query)), dict(handler.headers)
        self.got: queue.Queue[str | None] = queue.Queue()
        self._handler = handler

    def send(self, kind: str, **message: Any) -> None:
        self._frame(0x81, json.dumps({"type": kind, "message": message}).encode())

    def hang_up(self, code: int = 1000) -> None:
        self._frame(0x88, struct.pack(">H", code))
        self._handler.connection.close()

    def cut(self) -> None:
        self._handler.connection.shutdown(2)

    def take(self, seconds: float = 10) -> str:
        text = self.got.get(timeout=seconds)
        assert text is not None, "the connection is closed"
        return text

    def take_message(self, seconds: float = 10) -> tuple[str, dict[str, Any]]:
        found = json.loads(self.take(seconds))
        return found["type"], found["message"]

    def read(self, file: BufferedIOBase) -> None:
        while head := file.read(2):
            size = head[1] & 0x7F
            if size == 126:
                (size,) = struct.unpack(">H", file.read(2))
            elif size == 127:
                (size,) = struct.unpack(">Q", file.read(8))
            assert head[1] & 0x80, "a client masks"
            mask, data = file.read(4), file.read(size)
            plain = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
            if head[0] & 0x0F == 8:
                break
            if head[0] & 0x0F == 1:
                self.got.put(plain.decode())
        self.got.put(None)

    def _frame(self, first: int, data: bytes) -> None:
        size = bytes([len(data)]) if len(data) < 126 else struct.pack(">BH", 126, len(data))
        self._handler.wfile.write(bytes([first]) + size + data)


class ControlPlane:
    """Serves at `url`. `calls` are (operation, body); `errors` are answered first, `refusals` to handshakes too."""

    def __init__(self, port: int = 0) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.headers: list[dict[str, str]] = []
        self.errors: list[tuple[int, dict[str, Any]]] = []
        self.refusals: list[tuple[int, dict[str, Any]]] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.lines: queue.Queue[Line] = queue.Queue()
        self.opened: list[Line] = []
        plane = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                operation = self.headers["X-Amz-Target"].rsplit(".", 1)[-1]
                plane.headers.append(dict(self.headers))
                plane.calls.append((operation, body))
                self.say(*(plane.errors.pop(0) if plane.errors else (200, plane.answer(operation, body))))

            def do_GET(self) -> None:
                if plane.refusals:
                    return self.say(*plane.refusals.pop(0))
                proof = base64.b64encode(hashlib.sha1(self.headers["Sec-WebSocket-Key"].encode() + GUID).digest())
                head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                self.wfile.write(f"{head}Sec-WebSocket-Accept: {proof.decode()}\r\n\r\n".encode())
                line = Line(self)
                plane.opened.append(line)
                plane.lines.put(line)
                try:
                    line.read(self.rfile)
                except OSError:
                    line.got.put(None)
                self.close_connection = True
                return None

            def say(self, status: int, document: dict[str, Any]) -> None:
                data = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.seen_at = self.url
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        if operation in self.answers:
            return self.answers[operation]
        if operation == "RegisterContainerInstance":
            arn = body.get("containerInstanceArn") or INSTANCE
            zone = {"name": "ecs.availability-zone", "value": "us-east-1a"}
            return {"containerInstance": {"containerInstanceArn": arn, "attributes": [*body["attributes"], zone]}}
        if operation == "CreateCluster":
            return {"cluster": body}
        if operation == "DiscoverPollEndpoint":
            return {"endpoint": f"{self.seen_at}/acs/", "telemetryEndpoint": f"{self.seen_at}/tcs/"}
        return {"acknowledgment": "ACK"}

    def line(self, path: str, seconds: float = 10) -> Line:
        """The next web socket of a path."""
        while (found := self.lines.get(timeout=seconds)).path != path:
            pass
        return found
