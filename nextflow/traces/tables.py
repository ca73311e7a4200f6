"""A trace file: a line of column names, then a line for each attempt, with tabs or commas between."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from kiln.errors import UserError
from nextflow.traces.columns import SEPARATORS, find_separator, is_trace, list_unknown, split_names
from nextflow.traces.records import Splitter
from nextflow.traces.rows import RowReader
from nextflow.traces.task import Attempt

MOST_FAULTS = 3  # lines that are told of, where lines cannot be read
LONGEST = 1 << 20  # characters of the line of column names
_DIGIT = re.compile(r"\d")  # in every row, and in no column's name: of a million lines few are looked at
_HINT = "give the file as Nextflow wrote it (-with-trace)"


def read_table(path: Path, text: TextIO, notes: list[str]) -> Iterator[Attempt]:
    """Read the attempts one after the other; what a person should know goes to `notes`.

    A file may be several traces put together: another line of column names begins the next. Raises UserError for what
    is no trace, or breaks off within a line.
    """
    lines, faults = _Lines(text), list[str]()
    columns = lines.find_header()
    _check_header(path, columns)
    while columns:
        if unknown := list_unknown(columns):
            notes.append(f"{path}: passed over, as no Nextflow is known to write it: {', '.join(unknown[:8])}")
        reader = RowReader(columns)
        for number, row in Splitter(columns, lines.separator).split(lines):
            if not any(field.strip() for field in row):
                continue
            try:
                yield reader.read(row)
            except ValueError as error:
                faults.append(f"line {number}: {error}")
                if len(faults) == MOST_FAULTS:
                    break
        columns = [] if len(faults) == MOST_FAULTS else lines.next_columns
    if faults:
        raise UserError(f"{path} cannot be read as a trace", "; ".join(faults), _HINT)
    if not lines.last.endswith(("\n", "\r")):
        notes.append(f"{path}: its last line has no end, so that it may be cut off")


class _Lines:
    """The lines of a file with their numbers, up to the next line of column names; `last` is what was read last."""

    def __init__(self, text: TextIO) -> None:
        self._text, self._number, self.last, self.separator = text, 0, "\n", SEPARATORS[0]
        self.next_columns: list[str] = []

    def find_header(self) -> list[str]:
        """Read the column names, in the first line that is not blank; whatever stands there."""
        line = "\n"
        while line and not line.strip():
            line, self._number = self._text.readline(LONGEST), self._number + 1
        self.separator = find_separator(line)
        return split_names(line)

    def __iter__(self) -> Iterator[tuple[int, str]]:
        self.next_columns = []
        for line in self._text:
            self.last, self._number = line, self._number + 1
            if not _DIGIT.search(line) and is_trace(columns := split_names(line)):
                self.next_columns = columns
                return
            yield self._number, line


def _check_header(path: Path, columns: list[str]) -> None:
    if not is_trace(columns):
        shown = ", ".join(name[:20] for name in columns[:6]) or "nothing"
        raise UserError(
            f"{path} is no Nextflow trace",
            f"its first line names no columns of a trace (name, process, status, realtime …); it begins: {shown}",
            "give a trace (nextflow run … -with-trace) or a report (-with-report)",
        )
