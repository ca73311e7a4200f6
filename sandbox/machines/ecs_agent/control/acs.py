"""The session with ACS: the web socket by which tasks come. It is opened again for ever."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from sandbox.machines.ecs_agent.control.messages import Messages
from sandbox.machines.ecs_agent.control.registration import Instance
from sandbox.machines.ecs_agent.model.backoff import Backoff
from sandbox.machines.ecs_agent.model.log import say
from sandbox.machines.ecs_agent.wire.calls import VERSION, Aws, AwsError
from sandbox.machines.ecs_agent.wire.http import split_url
from sandbox.machines.ecs_agent.wire.imds import NoCredentials
from sandbox.machines.ecs_agent.wire.signing import Request, query_string, sign
from sandbox.machines.ecs_agent.wire.websocket import Closed, Refused, WebSocket

SILENCE = (60.0, 120.0)
SESSION = (1800.0, 2100.0)
INACTIVE_WAIT = 3600.0
_AT_ONCE = {1000, 1001, 1006, 1011}
_POLL_KEPT = 12 * 3600.0


class Endpoints(NamedTuple):
    """URLs of both web sockets, and until when they hold (a monotonic time)."""

    acs: str
    tcs: str
    good_until: float


class Discovery:
    """DiscoverPollEndpoint, asked once in 12 hours, whatever becomes of the connections."""

    def __init__(self, aws: Aws, instance: Instance, zone_id: str) -> None:
        self._aws, self._instance, self._zone_id = aws, instance, zone_id
        self._found, self._lock = Endpoints("", "", 0.0), threading.Lock()

    def take(self) -> Endpoints:
        """Raises AwsError."""
        with self._lock:
            if time.monotonic() >= self._found.good_until:
                named = {"cluster": self._instance.cluster, "containerInstance": self._instance.arn}
                found = self._aws.ecs("DiscoverPollEndpoint", {**named, "zoneId": self._zone_id})
                telemetry = str(found.get("telemetryEndpoint") or "")
                self._found = Endpoints(str(found["endpoint"]), telemetry, time.monotonic() + _POLL_KEPT)
            return self._found


def open_socket(aws: Aws, url: str, query: list[tuple[str, str]]) -> WebSocket:
    """A signed web socket below an endpoint. Raises Refused, NoCredentials, OSError, ValueError."""
    address, path = split_url(url)
    path = f"{path.rstrip('/')}/ws"
    request = Request("GET", address.authority, path, query)
    signed = sign(request, aws.credentials.take(), aws.region, "ecs", time.time())
    return WebSocket(address, f"{path}?{query_string(query)}", signed)


class Acs:
    """`inactive` is called where ECS calls the instance deregistered: the telemetry session then begins anew."""

    def __init__(
        self,
        aws: Aws,
        discovery: Discovery,
        instance: Instance,
        docker: str,
        messages: Messages,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._aws, self._discovery, self._instance = aws, discovery, instance
        self._docker, self._messages, self._sleep = docker, messages, sleep
        self._send_credentials = True
        self.inactive: Callable[[], None] = lambda: None

    def run(self) -> None:
        """For ever."""
        waits = Backoff(0.25, 120, 1.5)
        while True:
            begun = time.monotonic()
            wait = self._session(waits)
            if time.monotonic() - begun > random.uniform(60, 120):  # noqa: S311  no secret
                waits.reset()
            self._sleep(wait)

    def _session(self, waits: Backoff) -> float:
        """How long to wait before the next, in seconds."""
        try:
            socket = open_socket(self._aws, self._discovery.take().acs, self._query())
        except Refused as error:
            say("error", "ACS refused the connection", error=error)
            self._aws.credentials.forget()
            if is_inactive(error):
                self.inactive()
                return INACTIVE_WAIT
            return waits.take()
        except (OSError, AwsError, NoCredentials, ValueError) as error:
            say("error", "ACS is not reached", error=error)
            return waits.take()
        say("info", "connected to ACS")
        self._send_credentials = False
        try:
            self._talk(socket)
            return 0.0
        except Closed as error:
            say("info", "ACS closed the connection", error=error)
            return 0.0 if error.code in _AT_ONCE else waits.take()
        except TimeoutError:
            say("warn", "ACS was silent for too long")
            return 0.0
        except OSError as error:
            say("warn", "the connection to ACS is lost", error=error)
            return 0.0
        finally:
            socket.end()

    def _talk(self, socket: WebSocket) -> None:
        ends = time.monotonic() + random.uniform(*SESSION)  # noqa: S311  no secret
        while (left := ends - time.monotonic()) > 0:
            silence = random.uniform(*SILENCE)  # noqa: S311  no secret
            try:
                text = socket.receive(min(silence, left))
            except TimeoutError:
                if time.monotonic() < ends:
                    raise
                break
            for answer in self._messages.answer(text):
                socket.send(answer)
        socket.close(1000, "ConnectionExpired: Reconnect to continue")

    def _query(self) -> list[tuple[str, str]]:
        return [
            ("agentHash", "standin"),
            ("agentVersion", VERSION),
            ("clusterArn", self._instance.cluster),
            ("containerInstanceArn", self._instance.arn),
            ("dockerVersion", f"DockerVersion: {self._docker}"),
            ("protocolVersion", "2"),
            ("sendCredentials", "true" if self._send_credentials else "false"),
            ("seqNum", "1"),
        ]


def is_inactive(refused: Refused) -> bool:
    """Whether ECS says that the container instance was deregistered."""
    try:
        return bool(json.loads(refused.reply.body)["type"] == "InactiveInstanceException")
    except (ValueError, KeyError, TypeError):
        return False
