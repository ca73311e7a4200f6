"""Both web sockets: how they open, what they bear, when they are opened again."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import pytest

from sandbox.machines.ecs_agent.control import acs, tcs
from sandbox.machines.ecs_agent.control.acs import Acs, Discovery
from sandbox.machines.ecs_agent.control.registration import Instance
from sandbox.machines.ecs_agent.control.tcs import Tcs
from sandbox.machines.ecs_agent.wire.calls import Aws
from sandbox.machines.ecs_agent.wire.imds import Imds, RoleCredentials
from sandbox.machines.ecs_agent.wire.websocket import Closed
from tests.support.control_plane_double import INSTANCE, ControlPlane, Line
from tests.support.guest_agent import GuestAgent

KEYS = {"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}


class Slept(Exception):
    """The loop is at its end for this test."""


class Waits(list[float]):
    """How long a loop waited between its sessions; it ends with the eighth wait."""

    def sleep(self, seconds: float) -> None:
        self.append(seconds)
        if len(self) == 8:
            raise Slept


@pytest.fixture
def plane() -> Iterator[ControlPlane]:
    with closing(ControlPlane()) as double:
        yield double


@pytest.fixture
def discovery(plane: ControlPlane) -> tuple[Aws, Discovery]:
    aws = Aws(plane.url, "us-east-1", RoleCredentials(Imds(), KEYS), lambda _: None)
    return aws, Discovery(aws, Instance("kiln", INSTANCE, "us-east-1a"), "use1-az1")


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def session(agent: GuestAgent, discovery: tuple[Aws, Discovery], waits: Waits) -> Acs:
    aws, found = discovery
    return Acs(aws, found, Instance("kiln", INSTANCE, "us-east-1a"), "20.10.24+dfsg1", agent.messages, waits.sleep)


def run(work: Callable[[], None]) -> threading.Thread:
    def until_slept() -> None:
        with suppress(Slept):
            work()

    thread = threading.Thread(target=until_slept, daemon=True)
    thread.start()
    return thread


def end(plane: ControlPlane, thread: threading.Thread) -> None:
    plane.refusals += [(403, {})] * 20
    for line in plane.opened:
        with suppress(OSError):
            line.cut()
    thread.join(5)


def test_its_handshake(plane: ControlPlane, session: Acs, waits: Waits) -> None:
    thread = run(session.run)
    line = plane.line("/acs/ws")
    assert line.query == {
        **{"agentHash": "standin", "agentVersion": "1.105.1", "clusterArn": "kiln", "containerInstanceArn": INSTANCE},
        **{"dockerVersion": "DockerVersion: 20.10.24+dfsg1", "protocolVersion": "2", "sendCredentials": "true"},
        "seqNum": "1",
    }
    assert (
        "/us-east-1/ecs/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token,"
        in line.headers["Authorization"]
    )
    assert line.headers["X-Amz-Security-Token"] == "t"
    line.send("HeartbeatMessage", messageId="h", healthy=True)
    assert line.take_message() == ("HeartbeatAckRequest", {"messageId": "h"})
    line.hang_up()
    assert plane.line("/acs/ws").query["sendCredentials"] == "false"
    assert [operation for operation, _ in plane.calls] == ["DiscoverPollEndpoint"]
    assert plane.calls[0][1] == {"cluster": "kiln", "containerInstance": INSTANCE, "zoneId": "use1-az1"}
    end(plane, thread)


@pytest.mark.parametrize(("code", "at_once"), [(1000, True), (1001, True), (1011, True), (1008, False)])
def test_after_a_close(plane: ControlPlane, session: Acs, waits: Waits, code: int, at_once: bool) -> None:
    thread = run(session.run)
    plane.line("/acs/ws").hang_up(code)
    plane.line("/acs/ws")
    assert (waits[0] == 0) is at_once
    end(plane, thread)


def test_a_lost_connection_is_opened_again_at_once(plane: ControlPlane, session: Acs, waits: Waits) -> None:
    thread = run(session.run)
    plane.line("/acs/ws").cut()
    plane.line("/acs/ws")
    assert waits[0] == 0
    end(plane, thread)


def test_refusals_wait_longer_and_longer(plane: ControlPlane, session: Acs, waits: Waits) -> None:
    plane.refusals = [(403, {"type": "AccessDeniedException", "message": {"message": "Forbidden"}})] * 8
    run(session.run).join(10)
    least = [0.25 * 1.5**number for number in range(8)]
    assert all(low <= wait <= low * 1.2 for low, wait in zip(least, waits, strict=True))


def test_a_deregistered_instance_stays_away_for_an_hour(plane: ControlPlane, session: Acs, waits: Waits) -> None:
    plane.refusals = [(400, {"type": "InactiveInstanceException", "message": {"message": "gone"}})]
    closed: list[bool] = []
    session.inactive = lambda: closed.append(True)
    thread = run(session.run)
    plane.line("/acs/ws")
    assert (waits[0], closed) == (3600, [True])
    end(plane, thread)


def test_silence_ends_a_connection(
    plane: ControlPlane, session: Acs, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acs, "SILENCE", (0.3, 0.3))
    thread = run(session.run)
    first: Line = plane.line("/acs/ws")
    second = plane.line("/acs/ws")
    assert first.got.get(timeout=5) is None
    assert second.query["sendCredentials"] == "false"
    end(plane, thread)


def test_a_session_ends_by_itself_and_says_so(
    plane: ControlPlane, session: Acs, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acs, "SESSION", (0.3, 0.3))
    thread = run(session.run)
    assert plane.line("/acs/ws").got.get(timeout=5) is None
    plane.line("/acs/ws")
    assert waits[0] == 0
    end(plane, thread)


def test_a_long_message_is_read(plane: ControlPlane, session: Acs, waits: Waits) -> None:
    thread = run(session.run)
    line = plane.line("/acs/ws")
    line.send("HeartbeatMessage", messageId="h", healthy=True, filler="x" * 20_000)
    assert line.take_message()[1] == {"messageId": "h"}
    end(plane, thread)


def test_telemetry_is_signed_frame_by_frame(
    plane: ControlPlane, discovery: tuple[Aws, Discovery], waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcs, "PERIOD", 0.1)
    aws, found = discovery
    session = Tcs(aws, found, Instance("kiln", INSTANCE, "us-east-1a"), "20.10.24+dfsg1", lambda: False, waits.sleep)
    thread = run(session.run)
    line = plane.line("/tcs/ws")
    assert line.query["cluster"] == "kiln"
    assert line.query["dockerVersion"] == "20.10.24+dfsg1"
    head, _, body = line.take().partition("\r\n\r\n")
    names = [header.split(":")[0] for header in head.split("\r\n")]
    assert set(names) == {"Host", "X-Amz-Date", "X-Amz-Security-Token", "Authorization"}
    message = json.loads(body)
    assert message["type"] == "PublishMetricsRequest"
    assert message["message"]["metadata"]["idle"] is True
    session.note_heartbeat()
    kinds = {json.loads(line.take().partition("\r\n\r\n")[2])["type"] for _ in range(3)}
    assert "PublishInstanceStatusRequest" in kinds
    session.begin_anew()
    plane.line("/tcs/ws")
    end(plane, thread)


def test_a_socket_that_is_ended_wakes_its_reader(plane: ControlPlane, discovery: tuple[Aws, Discovery]) -> None:
    aws, found = discovery
    opened = acs.open_socket(aws, found.take().acs, [])
    woken = threading.Event()

    def read() -> None:
        with suppress(Closed):
            opened.receive(60)
        woken.set()

    threading.Thread(target=read, daemon=True).start()
    plane.line("/acs/ws")
    ended = threading.Thread(target=opened.end, daemon=True)
    ended.start()
    ended.join(5)
    assert woken.wait(5)
