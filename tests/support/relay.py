"""A TCP relay on loopback that adds round-trip time, counts round trips, and can cut every connection."""

import queue
import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

Chunk = tuple[float, bytes]


class Relay:
    """Relays its own `port` to `target_port`. `turns` counts how often the direction of the bytes changed.

    One round trip is two turns.
    """

    def __init__(self, target_port: int, rtt_s: float = 0.0) -> None:
        self.turns = self.connections = 0
        self._target_port, self._delay = target_port, rtt_s / 2
        self._direction = ""
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()

    def drop(self) -> None:
        """Cuts every connection, in both directions, with what was under way in it."""
        with self._lock:
            sockets, self._sockets = self._sockets, []
        for each in sockets:
            _cut(each)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target_port))
            except OSError:
                near.close()
                continue
            with self._lock:
                self.connections += 1
                self._sockets += [near, far]
            for source, sink, direction in ((near, far, "up"), (far, near, "down")):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                chunks: queue.Queue[Chunk] = queue.Queue()
                threading.Thread(target=self._read, args=(source, chunks, direction), daemon=True).start()
                threading.Thread(target=_write, args=(chunks, sink), daemon=True).start()

    def _read(self, source: socket.socket, chunks: queue.Queue[Chunk], direction: str) -> None:
        data = b"-"
        while data:
            try:
                data = source.recv(65536)
            except OSError:
                data = b""
            with self._lock:
                self.turns += bool(data) and direction != self._direction
                self._direction = direction if data else self._direction
            chunks.put((time.monotonic() + self._delay, data))


def _write(chunks: queue.Queue[Chunk], sink: socket.socket) -> None:
    while True:
        due, data = chunks.get()
        time.sleep(max(0.0, due - time.monotonic()))
        if not data:
            _cut(sink)
            return
        with suppress(OSError):
            sink.sendall(data)


def _cut(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
