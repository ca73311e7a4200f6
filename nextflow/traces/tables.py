"""A trace file: a line of column names, then a line for each attempt, with tabs or commas between."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from kiln.errors import UserError
from nextflow.traces.columns import KNOWN, NEEDED, read_attempt
from nextflow.traces.task import Attempt

SEPARATORS = ("\t", ",", ";")
MOST_FAULTS = 3  # lines that are told of, where lines cannot be read
_FIELD_LIMIT = 1 << 24


def read_table(path: Path, text: TextIO) -> Iterator[Attempt]:
    """Read the attempts one after the other. Raises UserError for what is no trace, or breaks off within a line."""
    csv.field_size_limit(_FIELD_LIMIT)
    header = text.readline()
    separator = next((mark for mark in SEPARATORS if mark in header), "\t")
    names = [name.strip().strip('"').lstrip("\ufeff") for name in header.rstrip("\r\n").split(separator)]
    _check_header(path, names)
    rows = csv.reader(text, delimiter=separator) if separator != "\t" else (_split(line) for line in text)
    faults: list[str] = []
    for number, row in enumerate(rows, start=2):
        if not row or row == [""]:
            continue
        try:
            yield _read_row(names, row)
        except ValueError as error:
            faults.append(f"line {number}: {error}")
            if len(faults) == MOST_FAULTS:
                break
    if faults:
        raise UserError(
            f"{path} cannot be read as a trace", "; ".join(faults), "give the file as Nextflow wrote it (-with-trace)"
        )


def _split(line: str) -> list[str]:
    return line.rstrip("\r\n").split("\t")


def _read_row(names: list[str], row: list[str]) -> Attempt:
    if len(row) != len(names):
        raise ValueError(f"it has {len(row)} fields, and the first line names {len(names)}: it may be cut off")
    return read_attempt(dict(zip(names, row, strict=True)))


def _check_header(path: Path, names: list[str]) -> None:
    if not set(names) & set(NEEDED) or len(set(names) & KNOWN) < 2:
        shown = ", ".join(name[:20] for name in names[:6]) or "nothing"
        raise UserError(
            f"{path} is no Nextflow trace",
            f"its first line names no columns of one (name, process, status, realtime …); it begins: {shown}",
            "give a trace (nextflow run … -with-trace) or a report (-with-report)",
        )
