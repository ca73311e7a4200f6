"""HTTP/1.1 of one request to a connection: Docker's socket, the metadata service, AWS.

http.client would do, but loading it with what it needs takes a third of a second under software emulation.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from typing import BinaryIO, NamedTuple


class Address(NamedTuple):
    """A TCP port of `host`, or with port 0 a socket of the file system at the path `host`."""

    host: str
    port: int = 0

    @property
    def authority(self) -> str:
        """What stands in the Host header."""
        if not self.port:
            return "docker"
        return self.host if self.port == 80 else f"{self.host}:{self.port}"


class Reply(NamedTuple):
    """Header names are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def split_url(url: str) -> tuple[Address, str]:
    """Address and path of an http or ws URL; ValueError for another."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"http", "ws"}:
        raise ValueError(f"not a plain http URL: {url}")
    authority, _, path = rest.partition("/")
    host, _, port = authority.partition(":")
    return Address(host, int(port or 80)), f"/{path}"


def connect(address: Address, timeout: float | None) -> socket.socket:
    """An open connection. Raises OSError."""
    if address.port:
        return socket.create_connection((address.host, address.port), timeout)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(timeout)
    try:
        connection.connect(address.host)
    except OSError:
        connection.close()
        raise
    return connection


def ask(
    address: Address,
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    timeout: float | None = 60,
) -> Reply:
    """The answer to one request. Raises OSError (TimeoutError where no byte came for `timeout` seconds)."""
    head = {"Host": address.authority, "Connection": "close", **(headers or {})}
    if body or method != "GET":
        head["Content-Length"] = str(len(body))
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    with connect(address, timeout) as connection:
        connection.sendall(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        with connection.makefile("rb") as answer:
            return read_reply(answer)


def read_reply(answer: BinaryIO) -> Reply:
    """Status, headers and the whole body of what comes. Raises ConnectionError where it ends early."""
    status = answer.readline(65536).split(None, 2)
    if len(status) < 2 or not status[0].startswith(b"HTTP/"):
        raise ConnectionError("EOF" if not status else "no HTTP answer")
    headers = read_headers(answer)
    code = int(status[1])
    if code < 200 or code in {204, 304}:
        return Reply(code, headers, b"")
    if headers.get("transfer-encoding") == "chunked":
        return Reply(code, headers, b"".join(_chunks(answer)))
    if (length := headers.get("content-length")) is None:
        return Reply(code, headers, answer.read())
    body = answer.read(int(length))
    if len(body) < int(length):
        raise ConnectionError("unexpected EOF")
    return Reply(code, headers, body)


def read_headers(answer: BinaryIO) -> dict[str, str]:
    """Names in small letters → values, up to the empty line."""
    headers = {}
    while line := answer.readline(65536).decode("latin-1").rstrip("\r\n"):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers


def _chunks(answer: BinaryIO) -> Iterator[bytes]:
    while size := int(_line(answer).split(b";")[0], 16):
        yield answer.read(size)
        answer.readline()
    read_headers(answer)


def _line(answer: BinaryIO) -> bytes:
    if not (line := answer.readline(65536)):
        raise ConnectionError("unexpected EOF")
    return line
