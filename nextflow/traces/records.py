"""Lines of a trace become records, the fields of an attempt (pure).

Nextflow joins the fields and quotes none: between commas a name may have some of its own, and a script spans lines
(nextflow.trace.TraceRecord.renderText); a tag may hold the end of a line, or a tab. Where the fields do not come out by
themselves, the columns on both sides of such free text tell where it ends. What others wrote may be quoted, as in any
CSV; Excel and R quote between tabs too.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from nextflow.traces.columns import READERS, normalise, read_text

SPANNING = ("script", "env")  # columns that span lines as a rule
FREE = ("name", "tag")  # columns that may, where a sample's name does
MOST_TAG_LINES = 20
MOST_LINES = 1000  # of a record
MOST_TRIES = 4  # to end a record where the next seems to begin
Numbered = tuple[int, str]


class Splitter:
    """Splits the lines under a line of column names; a record comes with the number of its first line."""

    def __init__(self, columns: Sequence[str], separator: str) -> None:
        names = [normalise(column) for column in columns]
        self._number, self._separator = len(names), separator
        self._spanning = [place for place, name in enumerate(names) if name in SPANNING]
        mark = re.escape(separator)
        once = [name if name not in names[:place] else "" for place, name in enumerate(names)]
        patterns = [f"(?P<c{place}>{_write_pattern(name, mark)})" for place, name in enumerate(once)]
        first, last = (self._spanning[0], self._spanning[-1]) if self._spanning else (0, 0)
        self._free = {place for place, name in enumerate(names) if name in FREE}
        self._begin = re.compile("".join(f"{pattern}{mark}" for pattern in patterns[:first]))
        self._begin_by_hash = _compile_ids(names[: min(self._free, default=0)], mark)
        self._whole = [_compile(patterns, mark)]
        if "name" in names and "tag" in names and names.index("name") < (tag := names.index("tag")):
            patterns[tag] = f"(?P<c{tag}>(?P=inner)|-)"  # the name has it too
            self._whole.insert(0, _compile(patterns, mark))
        rest = [_write_pattern(name, mark) for name in once[last + 1 :]] if first == 0 else []
        self._end = re.compile("".join(f"{mark}{pattern}" for pattern in rest) + "$")

    def split(self, lines: Iterable[Numbered]) -> Iterator[tuple[int, list[str]]]:
        """Split; a record whose fields cannot be told comes with as many as there are separators for."""
        if self._spanning:
            yield from ((number, self._split(text)) for number, text in self._join(lines))
            return
        rest, unread = iter(lines), list[Numbered]()
        while True:
            rest, unread = chain(unread, rest), []
            for number, line in rest:
                text = line.rstrip("\r\n")
                fields = text.split(self._separator)
                if len(fields) != self._number or '"' in text:
                    fields = self._split(text)
                if len(fields) < self._number and text.strip():
                    fields, unread = self._read_on(text, fields, rest)
                yield number, fields
                if unread:
                    break
            else:
                return

    def _read_on(self, text: str, fields: list[str], rest: Iterator[Numbered]) -> tuple[list[str], list[Numbered]]:
        """Read on where a name goes on in the next line; else `fields` again, and what was read in vain."""
        taken: list[Numbered] = []
        for number, line in islice(rest, MOST_TAG_LINES):
            taken.append((number, line))
            if self._whole[-1].fullmatch(line.rstrip("\r\n")):
                break
            text += "\n" + line.rstrip("\r\n")
            joined = self._split(text)
            spanning = {place for place, field in enumerate(joined) if "\n" in field}
            if len(joined) == self._number and spanning <= self._free:
                return joined, []
        return fields, taken

    def _split(self, text: str) -> list[str]:
        if (quoted := self._read_quoted(text)) is not None:
            return quoted
        plain = text.split(self._separator)
        if len(plain) < self._number or (len(plain) == self._number and not self._spanning):
            return plain
        match = next((match for whole in self._whole if (match := whole.fullmatch(text))), None)
        if match:
            return [match[f"c{place}"] for place in range(self._number)]
        return plain if any(field.strip() for field in plain[self._number :]) else plain[: self._number]

    def _read_quoted(self, text: str) -> list[str] | None:
        """Read the fields as CSV has them; None for what is none, or has another number of them."""
        if '"' not in text or len(self._separator) > 1:
            return None
        try:
            rows = list(csv.reader(text.splitlines(keepends=True), delimiter=self._separator, strict=True))
        except csv.Error:
            return None
        return rows[0] if len(rows) == 1 and len(rows[0]) == self._number else None

    def _join(self, lines: Iterable[Numbered]) -> Iterator[Numbered]:
        """Join the lines of records: where the next begins and this one is whole, it ends."""
        begin, tries, held = 0, 0, list[str]()
        for number, line in lines:
            ends = self._begins(line) if self._begin.pattern else bool(held and self._end.search(held[-1]))
            tries += bool(held and ends)
            if len(held) > MOST_LINES or tries > MOST_TRIES:
                yield begin, held[0]
                tries, held = 0, []
            elif held and ends and len(self._split("\n".join(held))) == self._number:
                yield begin, "\n".join(held)
                tries, held = 0, []
            if held or line.strip():
                begin = begin if held else number
                held.append(line.rstrip("\r\n"))
        if held:
            yield begin, "\n".join(held)

    def _begins(self, line: str) -> bool:
        by_hash = self._begin_by_hash
        return bool(self._begin.match(line) or (by_hash and by_hash.match(line)))


def _compile_ids(names: Sequence[str], mark: str) -> re.Pattern[str] | None:
    """Compile what stands before a record's name, the task's hash in it: the name may end in another line."""
    if "hash" not in names:
        return None
    ids = {"hash": "[0-9a-f]{2}/[0-9a-f]{6}", "taskid": r"\d+"}
    return re.compile("".join((ids.get(name) or f"(?:(?!{mark}).)*") + mark for name in names))


def _compile(patterns: Sequence[str], mark: str) -> re.Pattern[str]:
    return re.compile(mark.join(patterns))


def _write_pattern(name: str, mark: str) -> str:
    """Write what a column's fields look like."""
    field, reader = READERS.get(name, ("", read_text))
    if name in SPANNING:
        return "(?s:.*?)"
    if name == "name":
        return rf"(?:(?!{mark})[^\s()])+(?: \((?P<inner>(?s:.*?))\))?"
    if name == "tag":
        return "(?s:.*?)"
    if field == "status":
        return "[A-Za-z]+"
    return rf"(?:(?!{mark}).)*" if reader is read_text else rf"(?:-|NA|null|\d(?:(?!{mark}).)*|)"
