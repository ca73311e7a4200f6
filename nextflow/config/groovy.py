"""Groovy as configuration files have it: texts, amounts, closures by attempt, blocks (pure)."""

import re
from collections.abc import Iterable, Sequence

_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def quote(text: str) -> str:
    """Write a text in single quotes, in which nothing is filled in."""
    return "'" + "".join(_ESCAPES.get(sign, sign) for sign in text) + "'"


def quote_selector(process: str) -> str:
    """Write the name of a process for withName, which takes it for a regular expression: one of DSL 1 is any text."""
    return quote(re.sub(r"[^\w: -]", r"\\\g<0>", process))


def write_memory(mib: int) -> str:
    """Write an amount: 15400.MB, 8.GB. Nextflow's units are binary."""
    return f"{mib // 1024}.GB" if mib % 1024 == 0 else f"{mib}.MB"


def write_time(seconds: int) -> str:
    return f"{seconds // 60}.min" if seconds % 60 == 0 else f"{seconds}.s"


def write_by_attempt(values: Sequence[str]) -> str:
    """Write what differs by attempt as a closure, what does not as the value itself. The last value stays."""
    shown = list(values)
    while len(shown) > 1 and shown[-1] == shown[-2]:
        shown.pop()
    if len(shown) == 1:
        return shown[0]
    later = [f"task.attempt > {number} ? {shown[number]} : " for number in range(len(shown) - 1, 0, -1)]
    return f"{{ {''.join(later)}{shown[0]} }}"


def block(name: str, lines: Iterable[str]) -> list[str]:
    """Put lines into a block, as deep as it is."""
    return [f"{name} {{", *(f"    {line}" if line else line for line in lines), "}"]


def is_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text))
