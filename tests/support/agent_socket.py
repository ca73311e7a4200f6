"""A client of the agents' web sockets, over the wire: signed as the agent signs, read as it comes."""

import json
import socket
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    CloseConnection,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)

Message = dict[str, Any]


class Refused(Exception):
    """The handshake was refused: HTTP status and the message in the body."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(status, body)
        self.status, self.message = status, json.loads(body)


class Closed(Exception):
    """The other side has closed the socket, with that code."""


class AgentSocket:
    """`AgentSocket(endpoint, query, keys)`; keys are access key, secret and session token, or None for no signature."""

    def __init__(
        self, endpoint: str, query: dict[str, str], keys: tuple[str, str, str | None] | None, service: str = "ecs"
    ) -> None:
        url = urlsplit(f"{endpoint}ws?{urlencode(query)}")
        self._wire = socket.create_connection((url.hostname or "", url.port or 80), timeout=20)
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._messages: list[Message] = []
        self._text = ""
        request = AWSRequest("GET", url.geturl(), headers={"Host": url.netloc})
        if keys:
            SigV4Auth(Credentials(*keys), service, "us-east-1").add_auth(request)
        headers = [(name.encode(), value.encode()) for name, value in request.headers.items() if name != "Host"]
        self._send(Request(host=url.netloc, target=f"{url.path}?{url.query}", extra_headers=headers))
        self._accepted, self._status, self._body = False, 0, b""
        try:
            while not self._accepted:
                self._read()
        except (Refused, Closed, OSError):
            self._wire.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.close()

    def send(self, kind: str, **body: Any) -> None:
        self.send_text(json.dumps({"type": kind, "message": body}))

    def send_text(self, text: str) -> None:
        self._send(TextMessage(text))

    def receive(self) -> Message:
        """The next message; `Closed` when there will be none."""
        while not self._messages:
            self._read()
        return self._messages.pop(0)

    def receive_type(self, kind: str) -> Message:
        """The body of the next message of that type; others before it are let pass."""
        while (message := self.receive())["type"] != kind:
            pass
        body: Message = message["message"]
        return body

    def _send(self, event: Any) -> None:
        self._wire.sendall(self._protocol.send(event))

    def _read(self) -> None:
        data = self._wire.recv(65536)
        self._protocol.receive_data(data or None)
        for event in self._protocol.events():
            if isinstance(event, AcceptConnection):
                self._accepted = True
            elif isinstance(event, RejectConnection):
                self._status = event.status_code
            elif isinstance(event, RejectData):
                self._body += event.data
                if event.body_finished:
                    raise Refused(self._status, self._body)
            elif isinstance(event, TextMessage):
                self._text += event.data
                if event.message_finished:
                    self._messages.append(json.loads(self._text))
                    self._text = ""
            elif isinstance(event, CloseConnection):
                raise Closed(event.code)
        if not data:
            raise Closed(1006)
