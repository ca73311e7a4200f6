"""Groovy's signs as closures of configurations have them (pure)."""

import re
from dataclasses import dataclass

_SIGNS = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)"""
    r"""|(?P<text>'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")"""
    r"""|(?P<number>\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?[lLgGdDfFiI]?(?![A-Za-z0-9_]))"""
    r"""|(?P<name>[A-Za-z_$][\w$]*)"""
    r"""|(?P<sign>\?:|\?\.|==~|=~|==|!=|<=|>=|&&|\|\||->|[-+*/%<>!?:.,;=(){}\[\]])""",
    re.S,
)
_ESCAPE = re.compile(r"\\(.)", re.S)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True)
class Token:
    """`kind` is text, number, name or sign; a text with variables in it is of the kind `filled`."""

    kind: str
    text: str


def split(source: str) -> list[Token]:
    """Split into tokens; raises ValueError for a sign that is none of these."""
    tokens, at = [], 0
    while at < len(source):
        match = _SIGNS.match(source, at)
        if match is None:
            raise ValueError(f"{source[at]!r} is not understood")
        at = match.end()
        kind = match.lastgroup or ""
        if kind == "text":
            tokens.append(_read_text(match[0]))
        elif kind != "space":
            tokens.append(Token(kind, match[0]))
    return tokens


def count_open(line: str) -> int:
    """Count the brackets that a value leaves open; raises ValueError where a text is not closed."""
    signs = [token.text for token in split(line) if token.kind == "sign"]
    return sum(1 for sign in signs if sign in "([{") - sum(1 for sign in signs if sign in ")]}")


def _read_text(quoted: str) -> Token:
    width = 3 if quoted[:3] in ("'''", '"""') else 1
    inner = quoted[width:-width]
    if quoted[0] == '"' and re.search(r"(?<!\\)\$", inner):
        return Token("filled", inner)
    return Token("text", _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), inner))
