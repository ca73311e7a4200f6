"""The columns of a trace, whatever their set and order: what each becomes of an `Attempt`.

Source: https://www.nextflow.io/docs/latest/reports.html#trace-fields; older names by their documentation of the time.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from nextflow.traces.task import Attempt
from nextflow.traces.units import read_bytes, read_count, read_instant, read_seconds, read_share

# Column → field, and how it is read. Of two columns for one field the first that knows it counts.
READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "exit": ("exit_code", read_count),
    "attempt": ("attempt", read_count),
    "cpus": ("cpus", read_count),
    "memory": ("memory", read_bytes),
    "time": ("time", read_seconds),
    "disk": ("disk", read_bytes),
    "%cpu": ("cpu", read_share),
    "peak_rss": ("peak_memory", read_bytes),
    "rss": ("peak_memory", read_bytes),
    "realtime": ("realtime", read_seconds),
    "duration": ("duration", read_seconds),
    "submit": ("submitted", read_instant),
    "start": ("begun", read_instant),
    "complete": ("completed", read_instant),
    "rchar": ("read", read_bytes),
    "wchar": ("written", read_bytes),
    "read_bytes": ("read_by_disk", read_bytes),
    "write_bytes": ("written_by_disk", read_bytes),
}
TEXTS = {"status": "status", "task_id": "task_id", "queue": "queue", "container": "container", "tag": "tag",
         "error_action": "error_action"}  # fmt: skip
# A header without any of these is no trace's.
NEEDED = ("name", "process")
KNOWN = {*READERS, *TEXTS, *NEEDED, "hash", "native_id", "peak_vmem", "vmem", "%mem", "syscr", "syscw", "workdir",
         "scratch", "module", "script", "env", "hostname", "cpu_model", "vol_ctxt", "inv_ctxt"}  # fmt: skip
_NAME = re.compile(r"(?P<process>.*?)(?: \((?P<tag>.*)\))?", re.S)


def read_attempt(row: Mapping[str, str]) -> Attempt:
    """Read a row by its columns' names. Raises ValueError, with the column's name, for a value that is none of it."""
    fields: dict[str, Any] = {field: row.get(column, "").strip() for column, field in TEXTS.items()}
    for column, (field, read) in READERS.items():
        if column in row and fields.get(field) is None:
            try:
                fields[field] = read(row[column])
            except ValueError as error:
                raise ValueError(f"column {column}: {error}") from None
    match = _NAME.fullmatch(row.get("name", "").strip())
    process = row.get("process", "").strip() or (match["process"] if match else "")
    fields["tag"] = _known(fields["tag"]) or (match["tag"] or "" if match else "")
    fields["status"] = fields["status"].upper() or _guess_status(fields.get("exit_code"))
    fields["queue"], fields["container"] = _known(fields["queue"]), _known(fields["container"])
    return Attempt(process=process, **fields)


def _known(text: str) -> str:
    return "" if text == "-" else text


def _guess_status(exit_code: int | None) -> str:
    return "COMPLETED" if exit_code in (0, None) else "FAILED"
