"""Requests with a client token are carried out once, and answered alike as often as they come.

Source: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Earlier:
    """What was answered to a token before; `same` is False when the request was another one then."""

    answer: Any
    same: bool


class ClientTokens:
    """The tokens of an account. `operation` keeps those of one call apart from those of another."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], tuple[str, Any]] = {}

    def find(self, operation: str, request: Mapping[str, Any]) -> Earlier | None:
        """Find what was answered to the token of `request`; None for a new one, and for a request without a token."""
        token = request.get("ClientToken")
        if not token or (operation, token) not in self._answers:
            return None
        text, answer = self._answers[operation, token]
        return Earlier(answer, text == _text(request))

    def keep(self, operation: str, request: Mapping[str, Any], answer: Any) -> None:
        """Remember an answer, if the request has a token."""
        token = request.get("ClientToken")
        if token:
            self._answers[operation, token] = (_text(request), answer)

    def clear(self) -> None:
        self._answers.clear()


def _text(request: Mapping[str, Any]) -> str:
    """Write what is asked for, of which a dry run says nothing."""
    return json.dumps({key: value for key, value in request.items() if key != "DryRun"}, sort_keys=True, default=str)
