"""What of a list has not been given out yet, by the token that asks for it.

A token holds for 24 hours ("The token expires after 24 hours", API_DescribeLogGroups.html), in its own account and
region, and for the operation that gave it out. What the list was when its first page was asked for is kept, so that
nothing is left out because something was deleted meanwhile.
"""

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

_HOLDS_FOR = 24 * 3600.0  # seconds
_AT_MOST = 1000  # tokens: what nobody asks for any more goes


@dataclass(frozen=True)
class Rest:
    """`lists` are what remains of each list of the answer; `until` is in seconds since the epoch."""

    place: tuple[str, str, str]  # service, region, operation
    lists: tuple[list[Any], ...]
    until: float


class Rests:
    """The tokens of an account."""

    def __init__(self) -> None:
        self._rests: OrderedDict[str, Rest] = OrderedDict()

    def keep(self, place: tuple[str, str, str], lists: tuple[list[Any], ...], now: float) -> str:
        """Remember a rest; the token for it."""
        token = secrets.token_urlsafe(48)
        self._rests[token] = Rest(place, lists, now + _HOLDS_FOR)
        while len(self._rests) > _AT_MOST:
            self._rests.popitem(last=False)
        return token

    def find(self, place: tuple[str, str, str], token: str, now: float) -> Rest | None:
        """Find the rest of a token; None for one that is foreign, or has expired."""
        rest = self._rests.get(token)
        return rest if rest and rest.place == place and now < rest.until else None

    def clear(self) -> None:
        self._rests.clear()
