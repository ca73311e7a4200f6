"""Following a bundle's journal: time limits, reboots and runners that die; connection and clock are made up."""

from collections.abc import Sequence
from typing import Any

import pytest

from kiln.errors import UserError
from provision.model.recipe import Check, Step
from provision.ssh import cloud_init
from provision.ssh.address import LOST_AFTER_S, Address, ConnectionLostError, Timing
from provision.ssh.bundle import bundle
from provision.ssh.events import Event, Rejoining
from provision.ssh.following import OVERDUE_S, Outcome
from provision.ssh.remote import Remote, Result

STEPS = (Step("one", "true", timeout=10), Step("two", "true", timeout=10, reboot=True))
DONE = b"\nend 0 0 1 .\n\nbegin 1 .\n\nend 1 0 1 .\n\ndone .\n"

Session = tuple[Sequence[tuple[float, bytes | Exception]], int]


class Wire:
    """A connection whose commands write, in turn, what `sessions` say, and end with a code.

    A session is a list of (seconds that pass, bytes that come or an error), and the exit code of its command.
    """

    def __init__(self, *sessions: Session) -> None:
        self.sessions = [(list(parts), code) for parts, code in sessions]
        self.time = 0.0
        self.timing = Timing(now=lambda: self.time, sleep=self._sleep, rejoin_s=300.0)
        self.address = Address("10.0.0.1", "kiln")
        self.commands: list[str] = []
        self.opened: list[float] = []
        self.archives: list[bytes] = []

    def _sleep(self, seconds: float) -> None:
        self.time += seconds

    def execute(self, command: str, stdin: bytes = b"") -> Any:
        self.commands.append(command)
        self.archives.append(stdin)
        parts, self.code = self.sessions.pop(0)

        class Channel:
            def __enter__(self) -> "Channel":
                return self

            def __exit__(self, *_: object) -> None:
                pass

            @staticmethod
            def recv(size: int) -> bytes:
                if not parts:
                    return b""
                seconds, data = parts.pop(0)
                self.time += seconds
                if isinstance(data, Exception):
                    raise data
                return data

        return Channel()

    def end(self, channel: Any) -> tuple[int, str]:
        return self.code, "stderr"

    def lost(self, error: Exception) -> ConnectionLostError:
        return ConnectionLostError("lost", str(error))

    def open(self, deadline_s: float, auth_grace_s: float = 0.0) -> None:
        self.opened.append(deadline_s)

    def close(self) -> None:
        pass


def perform(wire: Wire, events: list[Event] | None = None, checks: tuple[Check, ...] = ()) -> Outcome:
    remote = Remote(wire.address, None, [], wire.timing)
    remote._connection = wire  # type: ignore[assignment]
    return remote.perform(bundle(steps=STEPS, checks=checks), (events if events is not None else []).append)


def test_a_task_may_take_its_time_limit_and_what_it_takes_to_end_it() -> None:
    """Each task's time counts from its own beginning."""
    parts: list[tuple[float, bytes | Exception]] = [
        (0, b"\nbegin 0 .\n"), (10 + OVERDUE_S, b"\0"), (0, b"\nend 0 0 1 .\n\nbegin 1 .\n"), (10 + OVERDUE_S, b"\0"),
        (0, b"\nend 1 0 1 .\n\ndone .\n"),
    ]  # fmt: skip
    assert [result.code for result in perform(Wire((parts, 0))).results] == [0, 0]


def test_a_task_that_even_a_kill_does_not_end_is_given_up() -> None:
    parts: list[tuple[float, bytes | Exception]] = [(5, b"\nbegin 0 .\n"), (10 + OVERDUE_S + 0.1, b"|still here\n")]
    with pytest.raises(UserError, match='"one" could not be ended after its time limit of 10 s'):
        perform(Wire((parts, 0)))


@pytest.mark.parametrize("code", [0, 75])
def test_a_reboot_is_awaited_whatever_the_runner_ends_with(code: int) -> None:
    """0: it went down with the machine; 75: the machine has not gone down yet."""
    wire = Wire(
        ([(0, b"\nbegin 0 .\n\nend 0 0 1 .\n\nbegin 1 .\n\nend 1 0 1 .\n\nreboot 1 .\n")], code),
        ([(0, b"\ndone .\n")], 0),
    )
    events: list[Event] = []
    assert [result.code for result in perform(wire, events).results] == [0, 0]
    assert len(wire.opened) == 1
    assert not [event for event in events if isinstance(event, Rejoining)]


def test_a_lost_connection_is_joined_again_and_said_unless_the_machine_restarts() -> None:
    lost = ConnectionLostError("lost", "reset")
    events: list[Event] = []
    wire = Wire(([(0, b"\nbegin 0 .\n"), (2, lost)], 0), ([(0, DONE)], 0))
    perform(wire, events)
    assert [event for event in events if isinstance(event, Rejoining)] == [Rejoining("reset")]
    assert wire.opened == [pytest.approx(300 - 2 - 0.5)]
    assert [bool(archive) for archive in wire.archives] == [True, False], "the bundle is sent once"
    restarting = Wire(([(0, b"\nbegin 0 .\n\nend 0 0 1 .\n\nreboot 0 .\n"), (2, lost)], 0), ([(0, DONE[13:])], 0))
    events.clear()
    perform(restarting, events)
    assert not [event for event in events if isinstance(event, Rejoining)]


def test_silence_is_a_lost_connection() -> None:
    wire = Wire(([(0, b"\nbegin 0 .\n"), (LOST_AFTER_S, TimeoutError())], 0), ([(0, DONE)], 0))
    events: list[Event] = []
    perform(wire, events)
    assert [event for event in events if isinstance(event, Rejoining)] == [Rejoining("silent for 45 s")]


def test_a_machine_that_is_away_for_too_long() -> None:
    lost = ConnectionLostError("lost", "reset")
    with pytest.raises(UserError, match="could not be reached again within 300 s"):
        perform(Wire(([(0, b"\nbegin 0 .\n"), (300, lost)], 0)))
    with pytest.raises(UserError, match="did not reboot within 300 s"):
        perform(Wire(([(0, b"\nbegin 0 .\n\nend 0 0 1 .\n\nreboot 0 .\n"), (300, lost)], 0)))


def test_a_runner_may_die_once_without_any_progress() -> None:
    """Twice at the same place, and it does not work; with progress in between it may die again."""
    gone: Session = ([], 74)
    begun: Session = ([(0, b"\nbegin 0 .\n")], 74)
    assert perform(Wire(gone, ([(0, b"\nbegin 0 .\n" + DONE)], 0))).results
    assert perform(Wire(gone, begun, ([(0, DONE)], 0))).results
    with pytest.raises(UserError, match="the runner on the machine does not work") as caught:
        perform(Wire(gone, ([], 74)))
    assert caught.value.why == "stderr"


@pytest.mark.parametrize("code", [0, 1, 75])
def test_another_end_of_the_runner_is_a_fault(code: int) -> None:
    with pytest.raises(UserError, match="the runner on the machine does not work"):
        perform(Wire(([(0, b"\nbegin 0 .\n")], code)))


def test_cloud_init_may_take_as_long_as_was_said_and_a_little_to_tell_so(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire()
    remote = Remote(wire.address, None, [], wire.timing)
    remote._connection = wire  # type: ignore[assignment]
    asked: list[tuple[str, float]] = []
    answers: list[Result | Exception] = [
        ConnectionLostError("lost"), Result(cloud_init.TOO_LATE, "running", ""), Result(1, "", "no cloud-init"),
    ]  # fmt: skip

    def run(command: str, *, timeout: float) -> Result:
        asked.append((command, timeout))
        wire.time += 100
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(remote, "run", run)
    with pytest.raises(UserError, match="cloud-init did not finish within 600 s") as caught:
        remote.wait_for_cloud_init(600)
    assert caught.value.output == "running"
    assert [timeout for _, timeout in asked] == [600 + LOST_AFTER_S, 500 + LOST_AFTER_S]
    assert [command.rpartition(" ")[2] for command, _ in asked] == ["600", "500"]
    with pytest.raises(UserError, match="cloud-init's state could not be read"):
        remote.wait_for_cloud_init(600)


def test_only_what_failed_is_raised() -> None:
    outcome = perform(Wire(([(0, b"\nbegin 0 .\n\nend 0 0 1 .\n\nbegin 1 .\n\nend 1 3 1 .\n\ndone .\n")], 0)))
    assert [failure.task.name for failure in outcome.failures] == ["two"]
    with pytest.raises(UserError, match='step "two" ended with exit code 3'):
        outcome.raise_for_failure()


def test_what_takes_too_long_as_a_single_command() -> None:
    wire = Wire(([(0, b"begun"), (5, TimeoutError())], 0))
    remote = Remote(wire.address, None, [], wire.timing)
    remote._connection = wire  # type: ignore[assignment]
    wire_execute = wire.execute
    limits: list[float] = []

    def execute(command: str, stdin: bytes = b"") -> Any:
        channel = wire_execute(command, stdin)
        channel.settimeout = limits.append
        return channel

    wire.execute = execute  # type: ignore[method-assign]
    with pytest.raises(UserError, match=r"sleep 9.* within 5 s"):
        remote.run("sleep 9", timeout=5)
    assert limits == [5, 5]
