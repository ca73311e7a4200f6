"""Connecting: how long is tried, and when there is no point in trying any more; no machine takes part."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import paramiko
import pytest

from kiln.errors import UserError
from provision.ssh.address import DEFAULT_TIMING, LOST_AFTER_S, Address, ConnectionLostError, Timing
from provision.ssh.connection import Connection


class Attempts:
    """Attempts to connect that take a second each and end as `outcomes` say; the last outcome again and again."""

    def __init__(self, *outcomes: Exception | None) -> None:
        self.outcomes = list(outcomes)
        self.time = 0.0
        self.limits: list[float] = []
        self.banners: list[float] = []
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds

    def __call__(self, timeout: float, banner: float) -> None:
        self.limits.append(timeout)
        self.banners.append(banner)
        self.time += 1
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if outcome:
            raise outcome


Open = Callable[..., float]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Open:
    def run(attempts: Attempts, deadline: float, grace: float = 30.0) -> float:
        timing = Timing(now=lambda: attempts.time, sleep=attempts.sleep)
        connection = Connection(Address("10.0.0.1", "kiln"), paramiko.ECDSAKey.generate(), [], timing)
        monkeypatch.setattr(connection, "_attempt", attempts)
        return connection.open(deadline, grace)

    return run


def test_a_machine_that_answers_later(opened: Open) -> None:
    attempts = Attempts(OSError("refused"), EOFError(), None)
    assert opened(attempts, 60) == 3.5
    assert attempts.pauses == [0.25, 0.25]


def test_every_attempt_gives_the_machine_more_time_to_say_hello_up_to_half_a_minute(opened: Open) -> None:
    attempts = Attempts(OSError("refused"))
    with pytest.raises(UserError):
        opened(attempts, 12)
    assert attempts.banners[:4] == [3.0, 4.5, 6.75, 10.125]
    assert max(attempts.banners) == 30.0


def test_an_attempt_takes_ten_seconds_at_most_and_no_longer_than_is_left(opened: Open) -> None:
    attempts = Attempts(OSError("refused"))
    with pytest.raises(UserError, match=r"no SSH connection to kiln@10\.0\.0\.1:22 within 12 s") as caught:
        opened(attempts, 12)
    assert caught.value.why == "refused"
    assert attempts.limits == [10.0, 10.0, 9.5, 8.25, 7.0, 5.75, 4.5, 3.25, 2.0, 1.0]


def test_an_error_without_words_is_told_by_its_name(opened: Open) -> None:
    with pytest.raises(UserError) as caught:
        opened(Attempts(EOFError()), 1)
    assert caught.value.why == "EOFError"


def test_a_key_that_stays_refused_ends_the_attempts(opened: Open) -> None:
    """The time counts from the first refusal; before it the machine was only not there yet."""
    attempts = Attempts(OSError("refused"), OSError("refused"), paramiko.AuthenticationException("no"))
    with pytest.raises(UserError) as caught:
        opened(attempts, 600, 5.0)
    assert caught.value.why == "it refuses the key: no"
    assert len(attempts.limits) == 2 + 5


def test_a_key_that_is_accepted_in_time(opened: Open) -> None:
    attempts = Attempts(paramiko.AuthenticationException("no"), paramiko.AuthenticationException("no"), None)
    assert opened(attempts, 600, 5.0) == 3.5


def test_how_long_a_machine_may_be_away() -> None:
    """Ten seconds to connect; five minutes for a reboot."""
    assert (DEFAULT_TIMING.connect_s, DEFAULT_TIMING.rejoin_s) == (10.0, 300.0)


@pytest.mark.parametrize(
    ("came", "code", "waiting", "end"),
    [(True, 0, b"", (0, "")), (True, 3, b" no space left\n", (3, "no space left")), (True, -1, b"", None),
     (False, 0, b"", None)],
)  # fmt: skip
def test_a_command_has_ended_once_its_exit_code_came(
    came: bool, code: int, waiting: bytes, end: tuple[int, str] | None
) -> None:
    """A connection that breaks closes the channel too: without a code the command's end is not known."""
    limits: list[float] = []

    def wait(seconds: float) -> bool:
        limits.append(seconds)
        return came

    channel = SimpleNamespace(
        status_event=SimpleNamespace(wait=wait), exit_status=code,
        recv_stderr_ready=lambda: bool(waiting), recv_stderr=lambda size: waiting,
    )  # fmt: skip
    connection = Connection(Address("10.0.0.1", "kiln"), paramiko.ECDSAKey.generate(), [], DEFAULT_TIMING)
    if end is None:
        with pytest.raises(ConnectionLostError, match=r"kiln@10\.0\.0\.1:22"):
            connection.end(cast("paramiko.Channel", channel))
    else:
        assert connection.end(cast("paramiko.Channel", channel)) == end
    assert limits == [LOST_AFTER_S]
