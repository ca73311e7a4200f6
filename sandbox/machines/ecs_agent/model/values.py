"""Single values of the agent's environment, and what becomes of a wrong one: a warning, and the default."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeVar

from sandbox.machines.ecs_agent.model import durations
from sandbox.machines.ecs_agent.model.log import say

T = TypeVar("T")
_TRUE, _FALSE = {"1", "t", "T", "true", "TRUE", "True"}, {"0", "f", "F", "false", "FALSE", "False"}


class Values:
    """Reads `environment`; values are trimmed."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def text(self, key: str) -> str:
        """The value, or the empty text."""
        return self._environment.get(key, "").strip()

    def switch(self, key: str, default: bool) -> bool:
        """As Go's strconv.ParseBool reads it."""
        text = self.text(key)
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        return self._fall_back(key, default)

    def seconds(self, key: str, default: float, least: float) -> float:
        """A Go duration of `least` seconds or more."""
        found = durations.parse(self.text(key))
        return found if found is not None and found >= least else self._fall_back(key, default)

    def number(self, key: str, default: int, least: int, most: int) -> int:
        """A whole number between two."""
        text = self.text(key)
        if text.isdigit() and least <= int(text) <= most:
            return int(text)
        return self._fall_back(key, default)

    def json(self, key: str, default: object) -> object:
        """What the JSON text says."""
        try:
            return json.loads(self.text(key))
        except ValueError:
            return self._fall_back(key, default)

    def ports(self, key: str, default: Sequence[int]) -> tuple[int, ...]:
        """A JSON array of ports."""
        found = self.json(key, list(default))
        if isinstance(found, list) and all(isinstance(port, int) and 0 < port < 65536 for port in found):
            return tuple(found)
        return self._fall_back(key, tuple(default))

    def _fall_back(self, key: str, default: T) -> T:
        if self.text(key):
            say("warn", "invalid value of a setting, the default is used", setting=key, default=default)
        return default
