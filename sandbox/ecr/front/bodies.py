"""The body of a request, piece by piece, whichever way its length is told (RFC 9112, 6 and 7)."""

from collections.abc import Iterator
from email.message import Message
from typing import BinaryIO

PIECE = 1 << 18


def read_body(headers: Message, stream: BinaryIO) -> Iterator[bytes]:
    """Yield what is sent; ConnectionError where it breaks off."""
    if headers.get("Transfer-Encoding", "").lower() == "chunked":
        while size := int(stream.readline().partition(b";")[0].strip() or b"0", 16):
            yield from _read(stream, size)
            stream.readline()
        while stream.readline().strip():  # trailers
            pass
    else:
        yield from _read(stream, int(headers.get("Content-Length") or 0))


def _read(stream: BinaryIO, size: int) -> Iterator[bytes]:
    while size:
        piece = stream.read(min(size, PIECE))
        if not piece:
            raise ConnectionError("the body broke off")
        size -= len(piece)
        yield piece
