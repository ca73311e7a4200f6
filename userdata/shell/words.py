"""Words of the shell as text, as far as a script itself says what they become."""

import re
from collections.abc import Callable

from userdata.shell.syntax import Node

UNKNOWN = "$(…)"
"""Stands for what only the machine knows."""

Substitute = Callable[[Node], str]

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "\\": "\\", "'": "'", '"': '"', "0": ""}


def text_of(word: Node | None, env: dict[str, str], substitute: Substitute) -> str:
    """A word without its quotes: known variables and substitutions filled in, others as $NAME or `UNKNOWN`."""
    if not word:
        return ""
    return "".join(_part(part, env, substitute, quoted=False) for part in word.get("Parts", ()))


def _part(part: Node, env: dict[str, str], substitute: Substitute, *, quoted: bool) -> str:
    kind = part["Type"]
    if kind == "Lit":
        value = part.get("Value", "").replace("\\\n", "")
        return re.sub(r'\\([$`"\\])', r"\1", value) if quoted else re.sub(r"\\(.)", r"\1", value)
    if kind == "SglQuoted":
        value = part.get("Value", "")
        return unescape(value) if part.get("Dollar") is True else value
    if kind == "DblQuoted":
        return "".join(_part(inner, env, substitute, quoted=True) for inner in part.get("Parts", ()))
    if kind == "ParamExp":
        return _parameter(part, env, substitute)
    if kind in {"CmdSubst", "ProcSubst"}:
        return substitute(part)
    if kind == "BraceExp":
        return ",".join(text_of(element, env, substitute) for element in part.get("Elems", ()))
    return UNKNOWN


def here_document(word: Node, env: dict[str, str], substitute: Substitute, *, literal: bool) -> str:
    """The text of a here-document; `literal` where its delimiter is quoted."""
    parts = word.get("Parts", ())
    if literal:
        return "".join(part.get("Value", "") for part in parts)
    return "".join(_part(part, env, substitute, quoted=True) for part in parts)


def unescape(value: str) -> str:
    """Backslash escapes as $'…', echo -e and printf read them."""
    value = re.sub(r"\\x([0-9a-fA-F]{1,2})", lambda m: chr(int(m[1], 16)), value)
    value = re.sub(r"\\0?([0-7]{3})", lambda m: chr(int(m[1], 8) & 0xFF), value)
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[0]), value)


def _parameter(part: Node, env: dict[str, str], substitute: Substitute) -> str:
    name = part.get("Param", {}).get("Value", "")
    if part.get("Length") or part.get("Excl"):
        return UNKNOWN
    value = env.get(name)
    exp = part.get("Exp")
    if exp and value is None and exp.get("Op") in {":-", "-", ":=", "="}:
        return text_of(exp.get("Word"), env, substitute)
    return f"${name}" if value is None else value
