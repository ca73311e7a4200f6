"""What stands in a file, in words: as it was written, or what kind of value it is."""

import re
from typing import Any, get_origin

from pydantic import BaseModel

from kiln.keys.takes import Declared

_READ_OTHERWISE = re.compile(r"[\d.+-]*|(?i:true|false|yes|no|on|off|null|~)")
_LONGEST = 60  # signs of a value that are shown


def show(value: Any, text: str = "") -> str:
    """Show a value as it stands in the file; `text` is how a plain one is written there."""
    if isinstance(value, dict):
        return "what stands there" if value else "{}"
    if isinstance(value, list):
        return as_yaml(value) if len(as_yaml(value)) <= _LONGEST else "the list"
    if isinstance(value, str):
        shown = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
        shown = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in shown)
        return shown if text == value and shown and not set(shown) & set(" ,:'\"") else f'"{shown}"'
    return text or {True: "true", False: "false"}.get(value, str(value))


def kind_differs(value: Any, text: str, of: Declared) -> str:
    """Say how YAML reads a value where that is another kind than the key takes; "" where it is the same."""
    takes_text = of.annotation is str
    if value is None:
        return "nothing stands there."
    if isinstance(value, bool) and of.annotation is not bool:
        quoted = f', put it in quotes: "{text}"' if takes_text and text else ""
        return f"{text or value} does not fit: YAML reads it as {str(value).lower()}{quoted}."
    if isinstance(value, int | float) and not isinstance(value, bool) and takes_text:
        return f'{text or value} does not fit: YAML reads it as a number, put it in quotes: "{text or value}".'
    if isinstance(value, dict) and not _has_keys(of):
        return "keys of their own stand where none belong."
    if isinstance(value, list) and len(value) != 1 and get_origin(of.annotation) is not tuple and not _is_union(of):
        return "a list stands where none belongs."
    return ""


def count(value: Any) -> str:
    """`it has 4 entries`, `it has 300 characters`; "" for what has no length to speak of."""
    if isinstance(value, list):
        return f"it has {len(value)} entries" if len(value) != 1 else "it has one entry"
    return f"it has {len(value)} characters" if isinstance(value, str) and len(value) > _LONGEST else ""


def as_yaml(value: Any) -> str:
    """Write a value as it can stand in a definition; what YAML would read otherwise is in quotes."""
    if isinstance(value, list):
        return f"[{', '.join(map(as_yaml, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {as_yaml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, bool):
        return str(value).lower()
    return (
        f'"{value}"'
        if isinstance(value, str) and re.fullmatch(r"[\d.+-]*|(?i:true|false|yes|no|on|off|null|~)", value)
        else str(value)
    )


def _is_union(of: Declared) -> bool:
    return len(of.branches) > 1


def _has_keys(of: Declared) -> bool:
    is_model = isinstance(of.annotation, type) and issubclass(of.annotation, BaseModel)
    return is_model or get_origin(of.annotation) is dict or _is_union(of)
