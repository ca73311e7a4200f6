from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_daemon import policy
from storage_daemon.policy import GIB, Space
from storage_daemon.settings import Settings

gib = st.integers(1, 5000)


def settings(first: int = 100, step: int = 100, largest: int = 1000, ceiling: int = 4000, volumes: int = 10,
             kind: str = "gp3") -> Settings:  # fmt: skip
    return Settings("lvm", "/var/lib/docker", "/dev/sdc", 20, first, step, largest, ceiling, volumes, kind, True)


def schedule(wanted: Settings, total: int) -> list[int]:
    """The sizes of all volumes that are added to a first one of `total` GiB."""
    sizes: list[int] = []
    while size := policy.next_size(wanted, len(sizes), total + sum(sizes)):
        sizes.append(size)
    return sizes


@given(first=gib, step=gib, more=gib, ceiling=gib, volumes=st.integers(1, 11), total=gib)
def test_no_growth_is_above_what_was_allowed(
    first: int, step: int, more: int, ceiling: int, volumes: int, total: int
) -> None:
    wanted = settings(first, step, first + more, ceiling, volumes)
    sizes = schedule(wanted, total)
    assert len(sizes) <= volumes
    assert all(0 < size <= wanted.largest for size in sizes)
    assert not sizes or total + sum(sizes) <= ceiling
    assert sizes[:-1] == sorted(sizes[:-1]), "they rise, but for the last, which takes what is left"
    assert len(sizes) == volumes or total + sum(sizes) >= ceiling, "it stops at a limit alone"


def test_the_schedule_in_figures() -> None:
    assert schedule(settings(), 100) == [100, 200, 300, 400, 500, 600, 700, 800, 300]
    assert schedule(settings(volumes=2), 100) == [100, 200]
    assert schedule(settings(ceiling=100), 100) == []


@pytest.mark.parametrize(
    ("smallest", "ceiling", "sizes"),
    [(125, 349, [125]), (125, 350, [125, 125]), (8, 232, [125]), (7, 232, [125, 7])],
)
def test_what_is_left_below_the_ceiling_may_be_too_small_for_type_and_iops(
    smallest: int, ceiling: int, sizes: list[int]
) -> None:
    assert schedule(replace(settings(first=125, step=0, ceiling=ceiling), smallest=smallest), 100) == sizes


@pytest.mark.parametrize(
    ("free", "rate", "reason"),
    [
        (21, 0.0, ""),
        (19, 0.0, "19 % free, below 20 %"),
        (50, 0.5, ""),  # 100 s left
        (50, 1.0, "full in 50 s"),  # a growth takes 30 s, and may take 60
        (0, 0.0, "0 % free"),
    ],
)
def test_reasons(free: int, rate: float, reason: str) -> None:
    found = policy.why_grow(Space(100 * GIB, free * GIB), rate * GIB, 30.0, 20)
    assert found.startswith(reason)
    assert bool(found) == bool(reason)


def test_metadata_may_run_out_first() -> None:
    assert "metadata" in policy.why_grow(Space(100, 99, metadata_full=True), 0.0, 30.0, 20)


@given(st.lists(st.integers(0, 10**12), min_size=2, max_size=50))
def test_the_rate_is_that_of_the_window(free: list[int]) -> None:
    samples = [(float(n), value) for n, value in enumerate(free)]
    expected = max(0.0, (free[0] - free[-1]) / (len(free) - 1))
    assert policy.fall_rate(samples) == pytest.approx(expected)


def test_too_little_time_says_nothing() -> None:
    assert policy.fall_rate([]) == policy.fall_rate([(0.0, 9)]) == policy.fall_rate([(0.0, 9), (0.1, 1)]) == 0.0


@given(st.integers(0, 10**13), st.floats(0, 1e11))
def test_a_look_is_never_far_away_and_never_a_busy_loop(free: int, rate: float) -> None:
    assert 0.1 <= policy.pause(Space(10**13, free), rate) <= 1.0


def test_failures_are_spaced_out() -> None:
    assert [policy.backoff(n, limited=False) for n in (1, 2, 3, 7, 50)] == [5, 10, 20, 300, 300]
    assert [policy.backoff(n, limited=True) for n in (1, 2, 3, 50)] == [60, 120, 240, 300]
