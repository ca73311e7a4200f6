"""Waiting by asking: when it asks, how long it pauses, and the last wait before a time limit."""

from types import SimpleNamespace

import pytest

from cloud import wait
from kiln.errors import UserError


class Clock:
    """A clock that pauses move; `pauses` are the seconds of each."""

    def __init__(self) -> None:
        self.time = 100.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(wait, "time", SimpleNamespace(monotonic=lambda: clock.time, sleep=clock.sleep))
    return clock


def test_an_answer_that_is_there_is_not_waited_for(clock: Clock) -> None:
    assert wait.until(lambda: 0, what="it", timeout=0) == 0
    assert clock.pauses == []


def test_pauses_grow_by_half_up_to_the_longest(clock: Clock) -> None:
    answers = iter([None, None, None, None, "there"])
    assert wait.until(lambda: next(answers), what="it", timeout=None, every=2, longest=6) == "there"
    assert clock.pauses == [2, 3, 4.5, 6]


def test_the_ordinary_pauses(clock: Clock) -> None:
    answers = iter([*[None] * 9, "there"])
    wait.until(lambda: next(answers), what="it", timeout=None)
    assert clock.pauses == [1, 1.5, 2.25, 3.375, 5.0625, 7.59375, 11.390625, 15, 15]


def test_the_last_wait_ends_with_the_time_limit(clock: Clock) -> None:
    """A pause may end at the limit itself, and what is asked then still counts."""
    answers = iter([None, None, "in time"])
    assert wait.until(lambda: next(answers), what="it", timeout=2.5) == "in time"
    assert clock.pauses == [1, 1.5]


def test_no_wait_goes_beyond_the_time_limit(clock: Clock) -> None:
    """What could only be asked behind the limit is not waited for."""
    with pytest.raises(UserError, match="the start did not happen within 4 s") as caught:
        wait.until(lambda: None, what="the start", timeout=4, hint="Start it.")
    assert clock.pauses == [1, 1.5]
    assert caught.value.hint == "Start it."


def test_without_a_limit_it_asks_for_ever(clock: Clock) -> None:
    answers = iter([*[None] * 1000, "there"])
    assert wait.until(lambda: next(answers), what="it", timeout=None) == "there"
    assert clock.time > 100 + 900 * 15


def test_a_pause_and_the_clock(clock: Clock) -> None:
    wait.pause(7)
    assert clock.pauses == [7]
    assert wait.now() == 107
