"""A pipeline's nextflow.config as it was written: its plain assignments, without running any of it (pure).

Read are `NAME = VALUE`, blocks, selectors, the profiles that are chosen, and files included by a name of their own. All
else (conditions, functions, files whose names are worked out) is counted, and left to Nextflow.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from nextflow.config.check.groovy.tokens import find_end

_BLANK = re.compile(r"(?:\s|;|//[^\n]*|/\*.*?\*/)+", re.S)
_WORD = r"(?:[A-Za-z_$][\w$]*|'[^'\n]*'|\"[^\"\n$]*\")"
_SELECTOR = re.compile(rf"(?P<kind>withName|withLabel)\s*:\s*(?P<which>{_WORD})\s*\{{")
_BLOCK = re.compile(rf"(?P<name>{_WORD}(?:\.{_WORD})*)\s*\{{")
_OPTION = re.compile(rf"(?P<name>{_WORD}(?:\.{_WORD})*)[ \t]*=(?!=)\s*")
_INCLUDE = re.compile(r"includeConfig[ \t(]+(?P<quote>['\"])(?P<file>[^'\"\n$]+)(?P=quote)[ \t)]*(?=[\n;}]|$)")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
_GOES_ON = re.compile(r"\s*(?:\?|:(?!:)|&&|\|\||\.\w|\*|\+)")
_DEEPEST = 10  # files that include one another
_INMOST = 50  # blocks within blocks
ReadFile = Callable[[str], str | None]


@dataclass
class Plain:
    """Options by their names as `nextflow config -flat` prints them, values as their source; `unread` are the
    beginnings of the statements that were not read. A parameter that is set to two values is left out: which of them an
    option has that names it, lies in the order of the statements."""

    options: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    changing: set[str] = field(default_factory=set)


def read_plain(text: str, profiles: Sequence[str], read_file: ReadFile = lambda name: None) -> Plain:
    """Read a configuration; `read_file` gives a file's text by its name in the project, None where there is none."""
    plain = Plain()
    _Reader(text, plain, read_file, 0).read(())
    chosen: dict[str, str] = {}
    for profile in profiles:
        begin = f"profiles.{profile}."
        chosen |= {name.removeprefix(begin): value for name, value in plain.options.items() if name.startswith(begin)}
    kept = {name: value for name, value in plain.options.items() if not name.startswith("profiles.")}
    changing = {*plain.changing, *(name for name in chosen if kept.get(name, chosen[name]) != chosen[name])}
    whole = kept | chosen
    return Plain({name: whole[name] for name in whole if not (name in changing and name.startswith("params."))},
                 plain.unread)  # fmt: skip


class _Reader:
    def __init__(self, text: str, plain: Plain, read_file: ReadFile, depth: int) -> None:
        self._text, self._at, self._plain, self._read_file, self._depth = text, 0, plain, read_file, depth

    def read(self, path: tuple[str, ...]) -> None:
        """Read statements to the end of the block or file."""
        while (match := _BLANK.match(self._text, self._at)) or self._at < len(self._text):
            self._at = match.end() if match else self._at
            if self._at >= len(self._text):
                return
            if self._text[self._at] == "}":
                self._at += 1
                return
            self._statement(path)

    def _statement(self, path: tuple[str, ...]) -> None:
        if len(path) > _INMOST:
            self._plain.unread.append(self._take_value().strip().partition("\n")[0][:60])
        elif match := _SELECTOR.match(self._text, self._at):
            self._at = match.end()
            self.read((*path, f"'{match['kind']}:{_bare(match['which'])}'"))
        elif match := _INCLUDE.match(self._text, self._at):
            self._at = match.end()
            self._include(match["file"], path)
        elif match := _OPTION.match(self._text, self._at):
            self._at = match.end()
            name, value = ".".join((*path, *_split(match["name"]))), self._take_value().strip()
            if self._plain.options.setdefault(name, value) != value:
                self._plain.changing.add(name)
            self._plain.options[name] = value
        elif (match := _BLOCK.match(self._text, self._at)) and match["name"] not in ("else", "try", "finally"):
            self._at = match.end()
            self.read((*path, *_split(match["name"])))
        else:
            self._plain.unread.append(self._take_value().strip().partition("\n")[0][:60])

    def _include(self, name: str, path: tuple[str, ...]) -> None:
        text = self._read_file(name) if self._depth < _DEEPEST else None
        if text is None:
            self._plain.unread.append(f"includeConfig '{name}'")
        else:
            _Reader(text, self._plain, self._read_file, self._depth + 1).read(path)

    def _look_at_piece(self) -> str:
        """A comment, a text, or a sign."""
        comment = _COMMENT.match(self._text, self._at)
        if comment:
            return comment[0]
        try:
            end = find_end(self._text, self._at)
        except ValueError:
            end = self._at
        return self._text[self._at : max(end, self._at + 1)]

    def _take_value(self) -> str:
        """Take what stands up to the end of the line, brackets closed."""
        begin, depth = self._at, 0
        while self._at < len(self._text):
            sign = self._look_at_piece()
            if depth <= 0 and (sign in ("}", ";") or (sign == "\n" and not _GOES_ON.match(self._text, self._at))):
                break
            depth += (sign in ("{", "(", "[")) - (sign in ("}", ")", "]"))
            self._at += len(sign)
        if self._at == begin:
            self._at += 1
        return self._text[begin : self._at]


def _bare(name: str) -> str:
    return name.strip("'\"")


def _split(name: str) -> list[str]:
    return [_bare(part) for part in re.findall(_WORD, name)]
