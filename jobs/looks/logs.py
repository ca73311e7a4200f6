"""The output of jobs in CloudWatch Logs: its end, and what comes anew.

Source: GetLogEvents, Amazon CloudWatch Logs API Reference: the token of an answer leads on, and stays the same at the
end of the stream.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cloud import errors
from cloud.session import Cloud

TAIL = 20


@dataclass(frozen=True)
class Line:
    at: datetime
    text: str


@dataclass
class Stream:
    """A log stream that is read on and on; `group` and `name` as CloudWatch Logs has them."""

    cloud: Cloud
    group: str
    name: str
    _token: str = field(default="", repr=False)

    def read_tail(self, most: int = TAIL) -> list[Line] | None:
        """Read the last lines; None where there is no such stream (yet, or any more)."""
        answer = self._get(limit=most, startFromHead=False)
        if answer is None:
            return None
        self._token = answer.get("nextForwardToken") or ""
        return _lines(answer)[-most:]

    def read_on(self) -> Iterator[Line]:
        """Read all lines that were not read yet, from the stream's beginning where nothing was."""
        while True:
            more: dict[str, Any] = {"nextToken": self._token} if self._token else {}
            answer = self._get(startFromHead=True, **more)
            if answer is None:
                return
            token, before = answer.get("nextForwardToken") or "", self._token
            self._token = token
            yield from _lines(answer)
            if not answer.get("events") or token == before:
                return

    def _get(self, **query: Any) -> dict[str, Any] | None:
        call = self.cloud.client("logs").get_log_events
        return errors.or_none(
            call, "ResourceNotFoundException", logGroupName=self.group, logStreamName=self.name, **query
        )


def _lines(answer: dict[str, Any]) -> list[Line]:
    return [
        Line(datetime.fromtimestamp(event["timestamp"] / 1000, UTC), str(event["message"]).rstrip("\r\n"))
        for event in answer.get("events") or ()
    ]
