"""What a setting of the ECS agent takes: a value of the definition → the text that the agent reads.

Source: README of aws/amazon-ecs-agent, "Environment Variables", and what the agent makes of a value that it does not
take (agent/config): most are dropped with a line in its log, some end it.
"""

import ipaddress
import json
import re
from collections.abc import Callable, Collection
from typing import Any

Write = Callable[[Any], str]
_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_GO_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
_GO = r"(?:\d+(?:\.\d+)?(?:ms|h|m|s))+"
_PASSWORD = re.compile(r"://[^\s/:@]*:[^\s/@]+@|^[^\s/:@]+:[^\s/@]+@")


def truth(value: Any) -> str:
    """true or false."""
    if isinstance(value, bool):
        return str(value).lower()
    if value in ("true", "false"):
        return str(value)
    raise ValueError("takes true or false")


def only(allowed: bool, why: str) -> Write:
    """True or false, of which one cannot work here."""

    def write(value: Any) -> str:
        if truth(value) != str(allowed).lower():
            raise ValueError(f"cannot be {str(not allowed).lower()}: {why}")
        return truth(value)

    return write


def duration(least: int = 0, most: int | None = None) -> Write:
    """Write a time, as in a definition (10 min) or as the agent has it (10m, 1h30m); bounds in seconds."""

    def write(value: Any) -> str:
        text = value.strip() if isinstance(value, str) else ""
        if match := re.fullmatch(r"(\d{1,9})\s*(s|min|h|d)", text):
            seconds, written = float(match[1]) * _UNITS[match[2]], f"{int(match[1]) * _UNITS[match[2]]}s"
        elif re.fullmatch(_GO, text):
            parts = re.findall(r"(\d+(?:\.\d+)?)(ms|h|m|s)", text)
            seconds, written = sum(float(number) * _GO_UNITS[unit] for number, unit in parts), text
        else:
            raise ValueError("takes a time, such as 10 min or 10m")
        if seconds < least or (most is not None and seconds > most):
            raise ValueError(f"takes at least {least} s" + (f" and at most {most} s" if most is not None else ""))
        return written

    return write


def whole(least: int, most: int) -> Write:
    """Write a whole number in these bounds."""

    def write(value: Any) -> str:
        number = int(value) if isinstance(value, str) and re.fullmatch(r"\d{1,10}", value) else value
        if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= most:
            raise ValueError(f"takes a whole number from {least} to {most}")
        return str(number)

    return write


def mebibytes(value: Any) -> str:
    """MiB, as a number or with a unit; the agent takes at most 65535."""
    match = re.fullmatch(r"(\d{1,6})\s*(MiB|GiB)", value) if isinstance(value, str) else None
    number = int(match[1]) * (1024 if match[2] == "GiB" else 1) if match else value
    try:
        return whole(0, 65535)(number)
    except ValueError:
        raise ValueError("takes MiB from 0 to 65535, such as 32 or 32 MiB") from None


def one_of(*values: str) -> Write:
    """Write one of these words."""

    def write(value: Any) -> str:
        if value not in values:
            raise ValueError(f"takes {', '.join(values[:-1])} or {values[-1]}")
        return str(value)

    return write


def path(value: Any) -> str:
    """An absolute path."""
    if not isinstance(value, str) or not re.fullmatch(r"/\S*", value):
        raise ValueError("takes an absolute path")
    return value


def text(pattern: str, example: str) -> Write:
    """Write a text of this pattern."""

    def write(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(f"takes a text such as {example}")
        if _PASSWORD.search(value):
            raise ValueError("must hold no password: every task on the machine can read it")
        return value

    return write


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
