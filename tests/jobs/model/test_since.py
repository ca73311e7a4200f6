"""--since as people write it."""

from datetime import UTC, datetime

import pytest

from jobs.model import since
from kiln.errors import UserError

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2h", "2026-11-28T10:00"),
        ("30 min", "2026-11-28T11:30"),
        ("90 s", "2026-11-28T11:58:30"),
        ("3d", "2026-11-25T12:00"),
        ("1 W ago", "2026-11-21T12:00"),
        ("2026-11-27", "2026-11-27T00:00"),
        ("2026-11-28T09:15", "2026-11-28T09:15"),
        ("2026-11-28T09:15:00+01:00", "2026-11-28T08:15"),
    ],
)
def test_a_time_ago_or_a_date(text: str, moment: str) -> None:
    assert since.parse(text, NOW) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["yesterday", "2", "h", "-2h", "2 fortnights", "2026-13-01", "2h30", "", "٣d",
                                  "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"])  # fmt: skip
def test_nonsense_is_refused_in_a_line_that_says_what_to_try(text: str) -> None:
    with pytest.raises(UserError) as told:
        since.parse(text, NOW)
    assert told.value.what == f"--since {text} is no time"
    assert "--since 2h" in told.value.hint


def test_the_future_has_no_jobs() -> None:
    with pytest.raises(UserError, match="in the future"):
        since.parse("2026-11-29", NOW)
