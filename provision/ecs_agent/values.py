"""What a setting of the ECS agent takes: a value of the definition → the text that the agent reads.

Source: README of aws/amazon-ecs-agent, "Environment Variables", and what the agent makes of a value that it does not
take (agent/config): most are dropped with a line in its log, some end it.
"""

import re
from collections.abc import Callable
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
