"""Groovy's signs as closures of configurations have them (pure)."""

import re
from dataclasses import dataclass

_SIGNS = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)"""
    r"""|(?P<number>\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?[lLgGdDfFiI]?(?![A-Za-z0-9_]))"""
    r"""|(?P<name>[A-Za-z_$][\w$]*)"""
    r"""|(?P<sign>\*\*|\?:|\?\.|==~|=~|==|!=|<=|>=|&&|\|\||->|[-+*/%<>!?:.,;=(){}\[\]])""",
    re.S,
)
DEEPEST = 20  # texts within texts
_MARKS = ("'''", '"""', "'", '"', "$/")
_ESCAPE = re.compile(r"\\(.)", re.S)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True)
class Token:
    """`kind` is text, number, name, sign or pattern; a text with variables in it is of the kind `filled`."""

    kind: str
    text: str


def find_end(source: str, at: int, depth: int = 0) -> int:
    """Find where the text that begins at `at` ends, regular expressions among them; `at` where none begins there.

    Texts within `${…}` of a text are texts of their own. Raises ValueError for a text that is not closed, or of which
    the inmost lies too deep.
    """
    for mark in _MARKS:
        if source.startswith(mark, at):
            return _skip(source, at + len(mark), "/$" if mark == "$/" else mark, depth)
    if source[at] == "/" and source[at + 1 : at + 2] not in ("/", "*") and _is_operand(source, at):
        return _skip(source, at + 1, "/", depth)
    return at


def _is_operand(source: str, at: int) -> bool:
    """Behind a value a slash divides."""
    at -= 1
    while at >= 0 and source[at].isspace():
        at -= 1
    return at < 0 or source[at] in "=(,[{:?!~&|;>"


def _skip(source: str, at: int, mark: str, depth: int) -> int:
    if depth > DEEPEST:
        raise ValueError("it is too deep")
    while at < len(source):
        if source.startswith(mark, at):
            return at + len(mark)
        if source[at] == "\n" and len(mark) == 1:
            break
        if source.startswith("${", at) and mark not in ("'", "'''"):
            at = _skip_filled(source, at + 2, depth + 1)
        else:
            at += 2 if source[at] == "\\" and mark != "/$" else 1
    raise ValueError(f"{mark} is not closed")


def _skip_filled(source: str, at: int, depth: int) -> int:
    left = 1
    while at < len(source):
        end = find_end(source, at, depth)
        if end == at:
            left += (source[at] == "{") - (source[at] == "}")
            end += 1
        at = end
        if not left:
            return at
    raise ValueError("${ is not closed")


def split(source: str) -> list[Token]:
    """Split into tokens; raises ValueError for a sign that is none of these."""
    tokens, at = [], 0
    while at < len(source):
        if (end := find_end(source, at)) > at:
            tokens.append(_read_text(source[at:end]))
        elif match := _SIGNS.match(source, at):
            end = match.end()
            if match.lastgroup != "space":
                tokens.append(Token(match.lastgroup or "", match[0]))
        else:
            raise ValueError(f"{source[at]!r} is not understood")
        at = end
    return tokens


def count_open(line: str) -> int:
    """Count the brackets that a value leaves open; raises ValueError where a text is not closed."""
    signs = [token.text for token in split(line) if token.kind == "sign"]
    return sum(1 for sign in signs if sign in "([{") - sum(1 for sign in signs if sign in ")]}")


def _read_text(quoted: str) -> Token:
    if quoted[0] in "/$":
        return Token("pattern", quoted)
    width = 3 if quoted[:3] in ("'''", '"""') else 1
    inner = quoted[width:-width]
    if quoted[0] == '"' and re.search(r"(?<!\\)\$", inner):
        return Token("filled", inner)
    return Token("text", _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), inner))
