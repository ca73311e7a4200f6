"""Settings of the ECS agent that it reads as JSON: a list or map of the definition, or its JSON → the text."""

import ipaddress
import json
import re
from collections.abc import Collection
from typing import Any

from provision.ecs_agent.values import Write


def ports(value: Any) -> str:
    """A JSON array of port numbers."""
    listed = _from_json(value, list, "[22, 8080]")
    if not all(isinstance(port, int) and not isinstance(port, bool) and 1 <= port <= 65535 for port in listed):
        raise ValueError("takes a list of ports from 1 to 65535, such as [22, 8080]")
    return _as_json(listed)


def words(known: Collection[str]) -> Write:
    """Write a JSON array of these words."""

    def write(value: Any) -> str:
        listed = _from_json(value, list, json.dumps(sorted(known)[:2]))
        if not listed or (strange := [str(word) for word in listed if word not in known]):
            what = f", not {', '.join(strange)}" if listed else ""
            raise ValueError(f"takes a list of {', '.join(sorted(known))}{what}")
        return _as_json(listed)

    return write


def networks(value: Any) -> str:
    """A JSON array of CIDR blocks."""
    listed = _from_json(value, list, '["10.0.15.0/24"]')
    try:
        for block in listed:
            ipaddress.ip_network(block)
    except ValueError:
        raise ValueError('takes a list of CIDR blocks, such as ["10.0.15.0/24"]') from None
    return _as_json(listed)


def mapping(*, longest_key: int = 128, longest_value: int = 256, most: int = 50) -> Write:
    """Write a JSON map of texts."""

    def write(value: Any) -> str:
        given = _from_json(value, dict, '{"team": "genomics"}')
        for key, item in given.items():
            if not isinstance(item, str) or not 0 < len(str(key)) <= longest_key or len(item) > longest_value:
                raise ValueError(
                    f"takes keys of 1 to {longest_key} characters with texts of at most {longest_value}, such as "
                    '{"team": "genomics"}'
                )
            if str(key).lower().startswith("aws:"):
                raise ValueError("cannot hold a key that begins with aws:")
            if re.search(r"token|password|secret", str(key), re.IGNORECASE):
                raise ValueError(f"must hold no secret ({key}): every task on the machine can read it")
        if len(given) > most:
            raise ValueError(f"takes at most {most} keys")
        return _as_json(given)

    return write


def _from_json(value: Any, kind: type, example: str) -> Any:
    """A list or map of the definition, or the JSON of one."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError(f"takes JSON, such as {example}") from None
    if not isinstance(value, kind):
        raise ValueError(f"takes a {'list' if kind is list else 'map'}, such as {example}")
    return value


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
