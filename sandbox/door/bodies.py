"""JSON bodies as AWS's services read them, before anything else looks at what they ask for (pure).

They are strict where moto is not: 5 is no text, and "5" is no number. Rules and words were tried on AWS over the wire
by others, with the same outcome for services of either JSON protocol: floci-io/floci#2686 (EventBridge Scheduler) and
its SES v2, aoyagikouhei/athena-local (46 bodies for Athena). What neither says of words has none here.
"""

import json
from typing import Any

LIST, MAP = "Start of list found where not expected", "Start of structure or map found where not expected."
_NOTHING = "Expected null"
_NUMBERS = {"integer": ("an Integer", 31), "long": ("a Long", 63), "double": ("a Double", 0), "float": ("a Float", 0)}
_YES, _NO = {"true", "yes", "y", "t", "1"}, {"false", "no", "n", "f", "0"}


class Misfit(Exception):
    """A body that AWS cannot read; its words are AWS's, and may be none."""


def read(shape: Any, body: bytes) -> Any:
    """Read a body by the shape of its operation's input, None where it has none: decimals are cut, words are booleans,
    empty places of lists are dropped, and members that are null or that the model does not know. Raises `Misfit`.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Misfit from None
    if isinstance(document, list):
        raise Misfit(LIST)
    if not isinstance(document, dict):
        raise Misfit
    return _read(shape, document) if shape is not None else {}


def _read(shape: Any, value: Any) -> Any:
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return value
    if kind == "list":
        return _read_list(shape, value)
    if kind in ("structure", "map"):
        return _read_members(shape, value)
    if isinstance(value, list):
        raise Misfit(LIST)
    if isinstance(value, dict):
        raise Misfit(MAP)
    if kind == "boolean":
        return _read_boolean(value)
    if kind in _NUMBERS:
        return _read_number(kind, value)
    if kind == "string":
        return _read_text(value)
    return value  # times and blobs: moto's parser reads them, in any of their forms


def _read_list(shape: Any, value: Any) -> list[Any]:
    if isinstance(value, dict):
        raise Misfit(MAP)
    if not isinstance(value, list):
        raise Misfit("Expected list or null")
    return [_read(shape.member, member) for member in value if member is not None]


def _read_members(shape: Any, value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        raise Misfit(LIST)
    if not isinstance(value, dict):
        raise Misfit(_NOTHING)
    given = {name: member for name, member in value.items() if member is not None}
    if shape.type_name == "map":
        return {name: _read(shape.value, member) for name, member in given.items()}
    known = {member.serialization.get("name", name): member for name, member in shape.members.items()}
    return {name: _read(known[name], member) for name, member in given.items() if name in known}


def _read_text(value: Any) -> str:
    if not isinstance(value, str):
        raise Misfit(f"{_name(value)} can not be converted to a String")
    return value.encode(errors="replace").decode()  # half a character (a lone surrogate) is "?", as Java writes it


def _read_boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise Misfit(f"{_name(value)} can not be converted to a Boolean")
    if value.lower() not in _YES | _NO:
        raise Misfit(f"{_name(value)} can not be converted to an Boolean")  # AWS's own article
    return value.lower() in _YES


def _read_number(kind: str, value: Any) -> float:
    words, bits = _NUMBERS[kind]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Misfit(f"{_name(value)} can not be converted to {words}")
    if not bits:
        return value
    if not -(1 << bits) <= value < 1 << bits:
        raise Misfit
    return int(value)


def _name(value: Any) -> str:
    """Name a value as AWS's parser does."""
    if isinstance(value, bool):
        return f"{value}_VALUE".upper()
    return "STRING_VALUE" if isinstance(value, str) else "NUMBER_VALUE"
