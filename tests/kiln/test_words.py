from datetime import UTC, datetime, timedelta

import pytest

from kiln import words


@pytest.mark.parametrize(("value", "text"), [(1.44, "1.4 s"), (372, "6 min 12 s"), (7500, "2 h 5 min")])
def test_seconds(value: float, text: str) -> None:
    assert words.seconds(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(512, "512 B"), (1536, "1.5 KiB"), (3 * 2**30, "3.0 GiB"), (2**41, "2.0 TiB")]
)
def test_size(value: float, text: str) -> None:
    assert words.size(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(40, "40 s old"), (7200, "2 h old"), (86400, "1 day old"), (9 * 86400, "9 days old")]
)
def test_age(seconds: int, text: str) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert words.age(now - timedelta(seconds=seconds), now) == text
