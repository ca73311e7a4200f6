"""The web sockets of ECS's agents, on the sandbox's own port: what carries their sessions.

A thread of the server's reads, one more writes: whoever sends a message never waits for its machine. Heartbeats go by
real time, as the agent's own timers do: it gives a session up after 60 to 120 seconds of silence (recorded off 1.105).
"""

import json
import logging
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from simple_websocket import ConnectionClosed, Server
from wsproto.utilities import RemoteProtocolError

from sandbox.door import handshakes
from sandbox.ecs.model import tables
from sandbox.ecs.sessions import handshake, telemetry
from sandbox.world.calls import Call
from sandbox.world.refusals import Refusal
from sandbox.world.world import World

log = logging.getLogger("sandbox")
BEAT = 30.0  # seconds between two heartbeats
SILENT = 3  # heartbeats without any answer: nobody is there any more
_LARGEST = 16 * 1024 * 1024  # bytes of a message: more than any report of an agent's


def answer(world: World, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Serve a session to its end. ConnectionError then: the server has nothing more to say on this connection."""
    with world.lock:
        world.settle()
        asked = handshakes.read(world, environ)
        refusal = handshakes.check(world, asked)
        request = asked.request
        code = refusal.code if refusal else ""
        world.calls.record(Call("ecs", request.operation, request.region, False, code, world.clock.now()))
    if refusal:
        return _refuse(refusal, start_response)
    try:
        wire = Wire(Server.accept(environ, receive_bytes=65536, max_message_size=_LARGEST))
    except (RemoteProtocolError, RuntimeError) as error:
        return _refuse(Refusal("BadRequestException", f"no handshake of a web socket: {error}"), start_response)
    if request.operation == "Poll":
        with world.lock:
            session = handshake.begin(tables.of(request.region), asked.query, asked.caller, wire.send, wire.hang_up)
        try:
            wire.carry(lambda frame: _hand_over(world, session.receive, frame), session.beat)
        finally:
            with world.lock:
                session.end()
    else:
        wire.carry(lambda frame: _acknowledge(wire, frame), lambda: wire.send(handshake.make_heartbeat()))
    raise ConnectionError("the session is over")


def _refuse(refusal: Refusal, start_response: Any) -> Iterable[bytes]:
    body = handshakes.write_refusal(refusal)
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response(f"{refusal.status} Refused", headers)
    return [body]


def _hand_over(world: World, receive: Callable[[dict[str, Any]], None], frame: str) -> None:
    try:
        message = json.loads(frame)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        log.warning("no message of an agent's: %.200s", frame)
        return
    with world.lock:
        receive(message)


def _acknowledge(wire: "Wire", frame: str) -> None:
    message = telemetry.answer(frame)
    if message:
        wire.send(message)


class Wire:
    """A web socket that is open, and what waits to be written to it."""

    def __init__(self, web_socket: Any) -> None:
        self._socket = web_socket
        self._outbox: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._heard = time.monotonic()

    def send(self, message: dict[str, Any]) -> None:
        """Have a message written soon."""
        self._outbox.put(message)

    def hang_up(self) -> None:
        """Close it, once all before is written; the agent then connects anew at once."""
        self._outbox.put(None)

    def carry(self, take: Callable[[str], None], beat: Callable[[], None]) -> None:
        """Hand every frame to `take` until the socket is closed; `beat` is called for each heartbeat."""
        writer = Thread(target=self._write, args=(beat,), name="agent-writer", daemon=True)
        writer.start()
        try:
            while True:
                frame = self._socket.receive()
                self._heard = time.monotonic()
                take(frame if isinstance(frame, str) else bytes(frame or b"").decode("utf-8", "replace"))
        except (ConnectionClosed, OSError):
            return
        finally:
            self.hang_up()
            writer.join()

    def _write(self, beat: Callable[[], None]) -> None:
        due = time.monotonic() + BEAT
        try:
            while True:
                try:
                    message = self._outbox.get(timeout=max(0.0, due - time.monotonic()))
                except Empty:
                    due += BEAT
                    if time.monotonic() - self._heard > SILENT * BEAT:
                        break
                    beat()
                    continue
                if message is None:
                    break
                self._socket.send(json.dumps(message))
            self._socket.close()
        except (ConnectionClosed, OSError):
            pass
        finally:
            self._shut()

    def _shut(self) -> None:
        """End the reading too, though the other side does not answer."""
        with suppress(OSError):
            self._socket.sock.shutdown(socket.SHUT_RDWR)
