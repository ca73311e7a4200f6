"""Which tasks of a payload the agent can load at all."""

from __future__ import annotations

import json
from typing import Any

_OVERRIDES = {"command"}


def find_fault(payload: dict[str, Any]) -> str | None:
    """The task's reason where it cannot be loaded, in the words of AWS's agent (its spelling too)."""
    for text, known in _overrides(payload):
        try:
            found = json.loads(text) if text is not None else {}
        except (ValueError, TypeError) as error:
            return _reason(payload, str(error))
        if not isinstance(found, dict):
            return _reason(payload, f"cannot read overrides: {text}")
        if unknown := sorted(set(found) - known):
            return _reason(payload, f"Unrecognized key: {unknown[0]}")
    return None


def _overrides(payload: dict[str, Any]) -> list[tuple[Any, set[str]]]:
    own = [(payload.get("overrides"), {"containerOverrides", "taskRoleArn", "executionRoleArn", "cpu", "memory"})]
    own = [(text or None, known) for text, known in own]
    return own + [(definition.get("overrides"), _OVERRIDES) for definition in payload.get("containers") or ()]


def _reason(payload: dict[str, Any], why: str) -> str:
    return f"UnrecogniedTaskError: Error loading task - {payload.get('arn')}: {why}"
