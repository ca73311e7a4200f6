from datetime import UTC, datetime, timedelta

import pytest

from kiln import words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.44, "1.4 s"), (59.94, "59.9 s"), (60, "1 min 0 s"), (372, "6 min 12 s"), (3599, "59 min 59 s"),
        (3600, "1 h 0 min"), (7500, "2 h 5 min"),
    ],
)  # fmt: skip
def test_seconds(value: float, text: str) -> None:
    assert words.format_seconds(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (512, "512 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (-2048, "-2.0 KiB"),
        (5 * 2**20, "5.0 MiB"), (3 * 2**30, "3.0 GiB"), (2**41, "2.0 TiB"),
    ],
)  # fmt: skip
def test_size(value: float, text: str) -> None:
    assert words.format_size(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s old"), (40, "40 s old"), (59, "59 s old"), (60, "1 min old"), (3599, "59 min old"), (3600, "1 h old"),
        (7200, "2 h old"), (86399, "23 h old"), (86400, "1 day old"), (9 * 86400, "9 days old"),
    ],
)  # fmt: skip
def test_age(seconds: int, text: str) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert words.format_age(now - timedelta(seconds=seconds), now) == text


def test_the_present_is_the_default() -> None:
    assert words.format_age(datetime.now(UTC) - timedelta(minutes=3)) == "3 min old"


@pytest.mark.parametrize(("number", "text"), [(0, "0 volumes"), (1, "1 volume"), (2, "2 volumes")])
def test_count(number: int, text: str) -> None:
    assert words.count(number, "volume") == text
