"""Tells a resolved configuration from a trace, and reads what either asks for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kiln.errors import UserError
from nextflow.config.check import of_config, of_trace
from nextflow.config.check.flat import HOW, is_flat, read_flat
from nextflow.config.check.model import Ask, Judged, Note, Verdict
from nextflow.config.check.notes import list_notes
from nextflow.config.check.of_config import OwnLimit
from nextflow.traces.read import read as read_trace

LOOK = 65536  # bytes in which an option of a configuration must occur
LARGEST = 20 << 20  # bytes of a configuration


@dataclass(frozen=True)
class Contents:
    """What a file holds: the options of a configuration, or (None) what a trace's tasks asked for.

    `remarks` are what a person should know of how a trace was read.
    """

    options: Mapping[str, str] | None
    asks: Sequence[Ask] = ()
    remarks: Sequence[str] = ()


@dataclass(frozen=True)
class Asked:
    """What a file asks for, what of it another executor runs, and what is wrong with the file as a whole."""

    asks: Sequence[Ask]
    elsewhere: Sequence[Judged] = ()
    notes: Sequence[Note] = ()


def read(path: Path) -> Contents:
    """Read a file; raises UserError for what is neither a resolved configuration nor a trace."""
    if is_flat(_look(path)):
        if path.stat().st_size > LARGEST:
            raise UserError(f"{path} is too large for a configuration", f"it has more than {LARGEST >> 20} MiB", HOW)
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            return Contents(read_flat(str(path), lines))
    remarks: list[str] = []
    try:
        asks = of_trace.list_asks(read_trace(path, remarks))
    except UserError as error:
        if not error.what.endswith("is no Nextflow trace"):
            raise
        raise _neither(path, error.why) from None
    if not asks:
        raise UserError(f"{path} has no tasks", "it is a trace of column names alone", "Give a finished run's trace.")
    return Contents(None, asks, remarks)


def list_asks(contents: Contents, queues: Collection[str], own: OwnLimit | None = None) -> Asked:
    """List what is asked for (pure). A trace may be another system's: of its queues those among `queues` count."""
    if contents.options is not None:
        return _of_config(contents.options, own)
    return Asked([ask if ask.queue in queues else replace(ask, queue="") for ask in contents.asks])


def _look(path: Path) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(LOOK)
    except OSError as error:
        raise UserError(f"{path} cannot be read", str(error.strerror or error), "Check the path.") from None
    if not head.strip():
        raise UserError(f"{path} is empty", "it holds neither options nor tasks", HOW)
    if b"\0" in head:
        raise _neither(path, "it is a binary file")
    return head.decode("utf-8-sig", errors="replace")


def _neither(path: Path, why: str) -> UserError:
    return UserError(f"{path} is neither a resolved configuration nor a trace", why, HOW)


def _of_config(options: Mapping[str, str], own: OwnLimit | None) -> Asked:
    params = {key.removeprefix("params."): value for key, value in options.items() if key.startswith("params.")}
    asks: list[Ask] = []
    elsewhere: list[Judged] = []
    for settings in of_config.list_settings(options):
        if settings.executor in ("", "awsbatch"):
            asks += of_config.list_asks(settings, params, own)
        else:
            why = f"the executor {settings.executor} runs it, not AWS Batch"
            elsewhere.append(Judged(Ask(settings.process, 1, "", None, None), "", Verdict.ELSEWHERE, why=why))
    return Asked(asks, elsewhere, tuple(list_notes(options)))
