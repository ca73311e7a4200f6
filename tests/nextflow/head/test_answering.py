"""A machine answers by SSH when it sends SSH's first line, and not when its port is open."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from cloud import wait
from kiln.errors import UserError
from nextflow.head.answering import answers, await_ssh


@contextmanager
def serving(*lines: bytes) -> Iterator[int]:
    """A port that sends each of the lines to another connection, and then closes it."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for line in lines:
                connection, _ = server.accept()
                with connection:
                    connection.sendall(line)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_only_its_first_line_is_an_answer() -> None:
    with serving(b"SSH-2.0-OpenSSH_9.2\r\n", b"", b"HTTP/1.1 400\r\n") as port:
        assert [answers("127.0.0.1", port) for _ in range(3)] == [True, False, False]
    assert not answers("127.0.0.1", port)


def test_it_is_asked_until_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=0.0)

    def sleep(seconds: float) -> None:
        clock.now += seconds

    monkeypatch.setattr(wait, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=sleep))
    with serving(b"", b"", b"SSH-2.0-x\r\n") as port:
        await_ssh("127.0.0.1", port)
    assert clock.now > 0
    with pytest.raises(UserError, match="did not happen within 300 s"):
        await_ssh("127.0.0.1", port)
