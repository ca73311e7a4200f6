"""Reads traces and reports, each told by what it holds."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from kiln.errors import UserError
from nextflow.traces.columns import is_trace, split_names
from nextflow.traces.reports import read_report
from nextflow.traces.tables import read_table
from nextflow.traces.task import Attempt

_LOOK = 4096  # bytes: enough to tell a page from a table, and either from what is no text


def read_all(paths: Iterable[Path], notes: list[str] | None = None) -> Iterator[Attempt]:
    """Read the attempts of several runs, file after file, and a task that a later run took over from the cache once.

    What a person should know goes to `notes`. Raises UserError.
    """
    noted, seen, repeated = notes if notes is not None else [], set[int](), 0
    for path in paths:
        for attempt in read(path, noted):
            if attempt.hash:
                mark = hash((attempt.process, attempt.tag, attempt.hash))
                if mark in seen:
                    repeated += 1
                    continue
                seen.add(mark)
            yield attempt
    if repeated:
        rows = "1 row was of a task that stands" if repeated == 1 else f"{repeated} rows were of tasks that stand"
        noted.append(f"{rows} in another row too (a resumed run): counted once")


def read(path: Path, notes: list[str] | None = None) -> Iterator[Attempt]:
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
    if b"\0" in head and not is_trace(split_names(head.lstrip().decode(errors="replace").partition("\n")[0])):
        raise UserError(f"{path} is no Nextflow trace", *_describe_binary(path, head))
    # Names of samples may be in another encoding than UTF-8: what matters is plain in all of them.
    with path.open(encoding="utf-8", errors="replace", newline="") as text:
        if b"<html" in head.lower() or head.lstrip().lower().startswith(b"<!doctype"):
            yield from read_report(path, text.read())
        else:
            yield from read_table(path, text, notes if notes is not None else [])


def _describe_binary(path: Path, head: bytes) -> tuple[str, str]:
    """Say what it is, and what to do."""
    if head.startswith(b"\x1f\x8b"):
        return "it is a binary file: packed by gzip", f"unpack it first: gunzip {path}"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "it is a text in UTF-16, as Excel writes it", "save it as text in UTF-8, or give what Nextflow wrote"
    return "it is a binary file", "give a trace or a report, unpacked"
