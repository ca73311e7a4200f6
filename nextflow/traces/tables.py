"""A trace file: a line of column names, then a line for each attempt, with tabs or commas between."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from kiln.errors import UserError
from nextflow.traces.columns import is_trace, list_unknown
from nextflow.traces.rows import RowReader
from nextflow.traces.task import Attempt

SEPARATORS = ("\t", ",", ";")
MOST_FAULTS = 3  # lines that are told of, where lines cannot be read
LONGEST = 1 << 20  # characters of a line: a script may be among the columns
_HINT = "give the file as Nextflow wrote it (-with-trace)"


def read_table(path: Path, text: TextIO, notes: list[str]) -> Iterator[Attempt]:
    """Read the attempts one after the other; what a person should know goes to `notes`.

    Raises UserError for what is no trace, or breaks off within a line.
    """
    csv.field_size_limit(LONGEST)
    header = text.readline(LONGEST)
    separator = next((mark for mark in SEPARATORS if mark in header), "\t")
    columns = [name.strip().strip('"').lstrip("\ufeff") for name in header.rstrip("\r\n").split(separator)]
    _check_header(path, columns)
    if unknown := list_unknown(columns):
        notes.append(f"{path}: passed over, as no Nextflow is known to write it: {', '.join(unknown[:8])}")
    reader, faults = RowReader(columns), list[str]()
    lines = _Lines(text)
    for number, row in enumerate(_split(lines, separator), start=2):
        if not row or row == [""]:
            continue
        try:
            yield reader.read(row)
        except ValueError as error:
            faults.append(f"line {number}: {error}")
            if len(faults) == MOST_FAULTS:
                break
    if faults:
        raise UserError(f"{path} cannot be read as a trace", "; ".join(faults), _HINT)
    if not lines.last.endswith(("\n", "\r")):
        notes.append(f"{path}: its last line has no end, so that it may be cut off")


class _Lines:
    """The lines of a file; `last` is the one that was read last."""

    def __init__(self, text: TextIO) -> None:
        self._text, self.last = text, "\n"

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.last = line
            yield line


def _split(text: Iterable[str], separator: str) -> Iterable[list[str]]:
    """Nextflow quotes nothing between tabs; between commas, what wrote the file may have."""
    if separator != "\t":
        return csv.reader(text, delimiter=separator)
    return (line.rstrip("\r\n").split("\t") for line in text)


def _check_header(path: Path, columns: list[str]) -> None:
    if not is_trace(columns):
        shown = ", ".join(name[:20] for name in columns[:6]) or "nothing"
        raise UserError(
            f"{path} is no Nextflow trace",
            f"its first line names no columns of a trace (name, process, status, realtime …); it begins: {shown}",
            "give a trace (nextflow run … -with-trace) or a report (-with-report)",
        )
