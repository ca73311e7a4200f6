"""Reads traces and reports, each told by what it holds."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from kiln.errors import UserError
from nextflow.traces.reports import read_report
from nextflow.traces.tables import read_table
from nextflow.traces.task import Attempt

_LOOK = 4096  # bytes: enough to tell a page from a table, and either from what is no text


def read_all(paths: Iterable[Path]) -> Iterator[Attempt]:
    """Read the attempts of several runs, file after file. Raises UserError."""
    for path in paths:
        yield from read(path)


def read(path: Path) -> Iterator[Attempt]:
    """Read the attempts of a trace, or of a report. Raises UserError for what is neither."""
    try:
        with path.open("rb") as file:
            head = file.read(_LOOK)
    except OSError as error:
        raise UserError(f"{path} cannot be read", str(error.strerror or error), "check the path") from None
    if not head.strip():
        raise UserError(
            f"{path} is empty", "a trace has at least a line of column names", "give a finished run's trace"
        )
    if b"\0" in head:
        raise UserError(f"{path} is no Nextflow trace", "it is a binary file", "give a trace or a report, unpacked")
    try:
        if b"<html" in head.lower() or head.lstrip().lower().startswith(b"<!doctype"):
            yield from read_report(path, path.read_text(encoding="utf-8"))
            return
        with path.open(encoding="utf-8", newline="") as text:
            yield from read_table(path, text)
    except UnicodeDecodeError:
        raise UserError(
            f"{path} is no Nextflow trace", "it is not text in UTF-8", "give it as Nextflow wrote it"
        ) from None
