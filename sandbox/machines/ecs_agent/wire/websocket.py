"""A client's end of a web socket, for text messages. Source: RFC 6455."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import struct
import threading
from collections.abc import Mapping
from contextlib import suppress

from sandbox.machines.ecs_agent.wire.http import Address, Reply, connect, read_reply

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_CONTINUED, _TEXT, _CLOSE, _PING, _PONG = 0, 1, 8, 9, 10
NO_CODE, LOST = 1005, 1006


class Refused(Exception):
    """The handshake was answered with an HTTP error."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"HTTP {reply.status}: {reply.body[:300].decode(errors='replace')}")
        self.reply = reply


class Closed(Exception):
    """The other side closed, or is gone (1006)."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"closed with {code} {reason}".strip())
        self.code = code


class WebSocket:
    """Connected from its construction on. Raises Refused, or OSError."""

    def __init__(self, address: Address, path: str, headers: Mapping[str, str], timeout: float = 30) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        head = {
            **{"Host": address.authority, "User-Agent": "Go-http-client/1.1", "Connection": "Upgrade"},
            **{"Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key},
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in {**head, **headers}.items())
        self._lock = threading.Lock()
        self._socket = connect(address, timeout)
        self._file = self._socket.makefile("rb")
        try:
            self._socket.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
            reply = read_reply(self._file)
            proof = base64.b64encode(hashlib.sha1((key + _GUID).encode()).digest()).decode()  # noqa: S324  RFC 6455
            if reply.status != 101 or reply.headers.get("sec-websocket-accept") != proof:
                raise Refused(reply)
        except BaseException:
            self.end()
            raise

    def send(self, text: str) -> None:
        """One text message. Raises OSError."""
        self._send(_TEXT, text.encode())

    def receive(self, timeout: float) -> str:
        """The next text message. Raises Closed, and TimeoutError where none came for `timeout` seconds."""
        self._socket.settimeout(timeout)
        message = b""
        while True:
            last, kind, payload = self._frame()
            if kind == _PING:
                self._send(_PONG, payload)
            elif kind == _CLOSE:
                code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else NO_CODE
                self.close(code if code != NO_CODE else 1000)
                raise Closed(code, payload[2:].decode(errors="replace"))
            elif kind != _PONG:
                message += payload
                if last:
                    return message.decode()

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Say goodbye and hang up."""
        with suppress(OSError):
            self._send(_CLOSE, struct.pack(">H", code) + reason.encode())
        self.end()

    def end(self) -> None:
        """Hang up without a word; a thread that waits for a message wakes up."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._file.close()
        self._socket.close()

    def _frame(self) -> tuple[bool, int, bytes]:
        first, second = self._read(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", self._read(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self._read(8))
        return bool(first & 0x80), first & 0x0F, self._read(length)

    def _read(self, count: int) -> bytes:
        try:
            found = self._file.read(count) if count else b""
        except TimeoutError:
            raise
        except (OSError, ValueError) as error:
            raise Closed(LOST, str(error)) from error
        if len(found) < count:
            raise Closed(LOST)
        return found

    def _send(self, kind: int, payload: bytes) -> None:
        mask = os.urandom(4)
        size = len(payload)
        if size < 126:
            head = struct.pack(">BB", 0x80 | kind, 0x80 | size)
        elif size < 65536:
            head = struct.pack(">BBH", 0x80 | kind, 0xFE, size)
        else:
            head = struct.pack(">BBQ", 0x80 | kind, 0xFF, size)
        pattern = (mask * (size // 4 + 1))[:size]
        masked = (int.from_bytes(payload, "big") ^ int.from_bytes(pattern, "big")).to_bytes(size, "big")
        with self._lock:
            self._socket.sendall(head + mask + masked)
