"""A small HTTP server for GET requests of the machine's own containers and people."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from typing import NamedTuple

from sandbox.machines.ecs_agent.model.log import say
from sandbox.machines.ecs_agent.wire.http import read_headers

_WORDS = {200: "OK", 400: "Bad Request", 404: "Not Found", 429: "Too Many Requests", 503: "Service Unavailable"}


class Asked(NamedTuple):
    """A request: its path without the query, and who asks."""

    path: str
    query: str
    client: str
    agent: str


Respond = Callable[[Asked], "tuple[int, object]"]


class Server:
    """Answers on 127.0.0.1:`port` (0: any) with what `respond` returns: a status and a document."""

    def __init__(self, port: int, respond: Respond, host: str = "127.0.0.1") -> None:
        self._respond = respond
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((host, port))
        self._socket.listen(64)
        self.port: int = self._socket.getsockname()[1]

    def start(self) -> None:
        """Serve, each client in a thread of its own."""
        threading.Thread(target=self._serve, name=f"port {self.port}", daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, client = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection, client[0]), daemon=True).start()

    def _answer(self, connection: socket.socket, client: str) -> None:
        try:
            with connection, connection.makefile("rb") as asked:
                connection.settimeout(30)
                words = asked.readline(65536).decode("latin-1").split()
                headers = read_headers(asked)
                if len(words) < 2:
                    return
                path, _, query = words[1].partition("?")
                status, document = self._respond(Asked(path, query, client, headers.get("user-agent", "")))
                body = json.dumps(document).encode()
                head = f"HTTP/1.1 {status} {_WORDS.get(status, 'Error')}\r\nContent-Type: application/json\r\n"
                connection.sendall(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        except OSError as error:
            say("debug", "a local request ended early", error=error)
