"""Laws: how events are read: in pages of at most 10,000 events and 1 MiB, by tokens that stay valid at the end (pure).

Sources in the CloudWatch Logs API Reference: API_GetLogEvents.html ("If you have reached the end of the stream, it
returns the same token you passed in"; startFromHead; events at endTime are left out), API_FilterLogEvents.html (sorted
by timestamp over all streams; events at endTime are in; searchedLogStreams is empty since 2020), and
cloudwatch_limits_cwl.html (the size of an event: its message in UTF-8 and 26 bytes).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from moto.logs.exceptions import InvalidParameterException

MOST, _BYTES, _OVERHEAD = 10_000, 1 << 20, 26
_TOKEN = re.compile(r"([fb])/(\d{56})/s")


def check_limit(limit: int | None) -> int:
    """Return how many events a page may have; raises InvalidParameterException below 1 and above 10,000."""
    if limit is None:
        return MOST
    for holds, bound in ((limit >= 1, "greater than or equal to 1"), (limit <= MOST, f"less than or equal to {MOST}")):
        if not holds:
            raise InvalidParameterException(
                constraint=f"Member must have value {bound}", parameter="limit", value=limit
            )
    return limit


def read_stream(
    events: Sequence[Any], token: str | None, limit: int, *, from_head: bool
) -> tuple[Sequence[Any], str, str]:
    """Return a page of a stream's events, by time, and the tokens that lead back and forward from it.

    A token names a place between events. Without one the page is the first, or the last, of the stream.
    """
    direction, place = _read(token) if token else ("f", 0) if from_head else ("b", len(events))
    place = min(place, len(events))
    if direction == "f":
        end = place + _fit(events[place:], limit)
        return events[place:end], _write("b", place), token if token and end == place else _write("f", end)
    start = place - _fit(events[:place][::-1], limit)
    return events[start:place], token if token and start == place else _write("b", start), _write("f", place)


def read_group(
    events: Iterable[tuple[str, Any]], token: str | None, limit: int
) -> tuple[Sequence[tuple[str, Any]], str | None]:
    """Return a page of a group's events, with the names of their streams, and the token of the next, or None."""
    ordered = sorted(events, key=lambda found: (found[1].timestamp, found[1].event_id))
    start = _read(token)[1] if token else 0
    end = start + _fit([event for _, event in ordered[start:]], limit)
    return ordered[start:end], _write("f", end) if end < len(ordered) else None


def lie_between(start: int | None, end: int | None, *, with_end: bool) -> Callable[[Any], bool]:
    """Return the test whether an event lies in a time (ms since the epoch)."""

    def test(event: Any) -> bool:
        begun = start is None or event.timestamp >= start
        return begun and (end is None or event.timestamp < end or (with_end and event.timestamp == end))

    return test


def _fit(events: Sequence[Any], limit: int) -> int:
    """How many of them fit into a page; one does always."""
    size = 0
    for number, event in enumerate(events[:limit]):
        size += len(event.message.encode()) + _OVERHEAD
        if size > _BYTES and number:
            return number
    return min(limit, len(events))


def _read(token: str) -> tuple[str, int]:
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise InvalidParameterException("The specified nextToken is invalid.")
    return match[1], int(match[2])


def _write(direction: str, place: int) -> str:
    return f"{direction}/{place:056d}/s"
