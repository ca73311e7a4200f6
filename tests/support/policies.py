"""Policies that tests give to users and roles of the offline AWS."""

import json
from collections.abc import Callable
from typing import Any

As = Callable[[str], Any]


def allow(action: str | list[str], resource: str | list[str] = "*", **rest: Any) -> dict[str, Any]:
    """A statement; `Condition=` and `Effect=` as in a policy."""
    return {"Effect": "Allow", "Action": action, "Resource": resource} | rest


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
