"""The session with TCS, telemetry: the agent says that it is there, and how Docker is."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable

from sandbox.machines.ecs_agent.control.acs import Discovery, open_socket
from sandbox.machines.ecs_agent.control.registration import Instance
from sandbox.machines.ecs_agent.model.backoff import Backoff
from sandbox.machines.ecs_agent.model.log import say
from sandbox.machines.ecs_agent.model.records import random_uuid
from sandbox.machines.ecs_agent.wire.calls import VERSION, Aws, AwsError
from sandbox.machines.ecs_agent.wire.http import split_url
from sandbox.machines.ecs_agent.wire.imds import NoCredentials
from sandbox.machines.ecs_agent.wire.signing import Request, sign
from sandbox.machines.ecs_agent.wire.websocket import Closed, Refused, WebSocket

PERIOD = 20.0
SILENCE = (60.0, 120.0)


class Tcs:
    """`busy` says whether tasks run."""

    def __init__(
        self,
        aws: Aws,
        discovery: Discovery,
        instance: Instance,
        docker: str,
        busy: Callable[[], bool],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._aws, self._discovery, self._instance = aws, discovery, instance
        self._docker, self._busy, self._sleep = docker, busy, sleep
        self._checked = threading.Event()
        self._socket: WebSocket | None = None

    def note_heartbeat(self) -> None:
        """ACS's heartbeat is when Docker's health is looked at; the next period reports it."""
        self._checked.set()

    def begin_anew(self) -> None:
        """Close the connection, to be opened again."""
        if (socket := self._socket) is not None:
            socket.close()

    def run(self) -> None:
        """For ever."""
        waits = Backoff(1, 60, 2)
        while True:
            try:
                url = self._discovery.take().tcs
                self._socket = open_socket(self._aws, url, self._query())
                waits.reset()
                self._talk(url, self._socket)
            except (OSError, AwsError, NoCredentials, Refused, Closed, ValueError) as error:
                say("warn", "no connection to TCS", error=error)
            finally:
                if self._socket is not None:
                    self._socket.end()
            self._sleep(waits.take())

    def _talk(self, url: str, socket: WebSocket) -> None:
        stop = threading.Event()
        sender = threading.Thread(target=self._publish, args=(url, socket, stop), name="telemetry", daemon=True)
        sender.start()
        try:
            while True:
                socket.receive(random.uniform(*SILENCE))  # noqa: S311  no secret
        finally:
            stop.set()

    def _publish(self, url: str, socket: WebSocket, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                idle = not self._busy()
                tasks: dict[str, object] = {} if idle else {"taskMetrics": []}
                self._send(url, socket, "PublishMetricsRequest", {"idle": idle, "fin": True}, tasks)
                if self._checked.is_set():
                    self._checked.clear()
                    statuses: dict[str, object] = {"statuses": [{"type": "ContainerRuntime", "status": "OK"}]}
                    self._send(url, socket, "PublishInstanceStatusRequest", {}, statuses)
                stop.wait(PERIOD)
        except OSError as error:
            say("warn", "telemetry is not sent", error=error)

    def _send(
        self, url: str, socket: WebSocket, kind: str, metadata: dict[str, object], more: dict[str, object]
    ) -> None:
        named = {"cluster": self._instance.cluster, "containerInstance": self._instance.arn}
        message = {"metadata": {**named, "messageId": random_uuid(), **metadata}, "timestamp": int(time.time() * 1000)}
        body = json.dumps({"type": kind, "message": {**message, **more}})
        address, path = split_url(url)
        request = Request("GET", address.authority, f"{path.rstrip('/')}/ws", self._query(), {}, body.encode())
        signed = sign(request, self._aws.credentials.take(), self._aws.region, "ecs", time.time())
        lines = "".join(f"{name}: {value}\r\n" for name, value in {"Host": address.authority, **signed}.items())
        socket.send(f"{lines}\r\n{body}")

    def _query(self) -> list[tuple[str, str]]:
        return [
            ("agentHash", "standin"),
            ("agentVersion", VERSION),
            ("cluster", self._instance.cluster),
            ("containerInstance", self._instance.arn),
            ("dockerVersion", self._docker),
        ]
