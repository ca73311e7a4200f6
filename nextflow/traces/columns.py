"""The columns of a trace, whatever their set and order: what each becomes of an `Attempt`.

Source: https://www.nextflow.io/docs/latest/reports.html#trace-fields; older names by their documentation of the time.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from nextflow.traces.units import read_bytes, read_count, read_instant, read_seconds, read_share

Reader = Callable[[str], Any]


def read_text(text: str) -> str:
    text = text.strip()
    return "" if text in ("-", "null") else text


# Column → field, and how it is read. Of two columns for the same field the first that knows it counts. A column's name
# is taken without "_" and "-", so that exports with peakRss or exit_status are read as well.
READERS: dict[str, tuple[str, Reader]] = {
    "name": ("name", read_text), "process": ("process", read_text), "tag": ("tag", read_text),
    "status": ("status", read_text), "taskid": ("task_id", read_text), "hash": ("hash", read_text),
    "queue": ("queue", read_text),
    "exit": ("exit_code", read_count), "exitstatus": ("exit_code", read_count), "attempt": ("attempt", read_count),
    "cpus": ("cpus", read_count), "memory": ("memory", read_bytes), "time": ("time", read_seconds),
    "disk": ("disk", read_bytes), "accelerator": ("gpus", read_count), "acceleratorrequest": ("gpus", read_count),
    "%cpu": ("cpu", read_share), "pcpu": ("cpu", read_share),
    "peakrss": ("peak_memory", read_bytes), "rss": ("peak_memory", read_bytes), "mem": ("peak_memory", read_bytes),
    "realtime": ("realtime", read_seconds), "runtime": ("realtime", read_seconds),
    "duration": ("duration", read_seconds), "walltime": ("duration", read_seconds),
    "start": ("begun", read_instant), "complete": ("completed", read_instant),
    "rchar": ("read", read_bytes), "wchar": ("written", read_bytes),
    "readbytes": ("read_by_disk", read_bytes), "writebytes": ("written_by_disk", read_bytes),
}  # fmt: skip
# What Nextflow writes besides, and sizing has no use for.
IGNORED = {
    "submit", "container", "erroraction", "nativeid", "peakvmem", "vmem", "%mem", "pmem", "syscr", "syscw",
    "workdir", "script", "scratch", "module", "env", "hostname", "host", "cpumodel", "volctxt", "invctxt", "executor",
    "shell", "machinetype", "cloudzone", "pricemodel", "numspotinterruptions", "logstreamid", "resourceallocation",
    "acceleratortype", "dataset", "id", "cost",
}  # fmt: skip
# A header without any of these is no trace's.
SEPARATORS = ("\t", ",", ";", "|")
_BETWEEN = re.compile(r'[\s"\ufeff]*%?\w+"?([^\w%"]+)')
NEEDED = ("name", "process")


def normalise(column: str) -> str:
    return re.sub(r"[_\- ]", "", column.strip().strip('"').lstrip("\ufeff").lower())


def find_separator(header: str) -> str:
    """Find what stands between the columns' names: a usual mark, else whatever it is (`trace.sep` may be any text)."""
    mark = next((mark for mark in SEPARATORS if mark in header), "")
    own = _BETWEEN.match(header)
    if own and ("\0" in header or mark == "" or (mark == "|" and header.count(own[1]) == header.count(mark))):
        return own[1]
    return mark or SEPARATORS[0]


def split_names(header: str) -> list[str]:
    """Split a line of column names."""
    names = header.rstrip("\r\n").split(find_separator(header))
    return [name.strip().strip('"').lstrip("\ufeff") for name in names]


def is_trace(columns: Sequence[str]) -> bool:
    """Tell a trace's header: it names processes or tasks, and something else that a trace knows of them."""
    names = {normalise(column) for column in columns}
    return bool(names & set(NEEDED)) and len(names & (READERS.keys() | IGNORED)) >= 2


def list_unknown(columns: Sequence[str]) -> list[str]:
    """List the columns that no Nextflow is known to write: they are passed over, as is one without a name."""
    return [column.strip() for column in columns if normalise(column) not in READERS.keys() | IGNORED | {""}]
