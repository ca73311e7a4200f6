"""Traces of tests' own making."""

from collections.abc import Iterable, Mapping
from pathlib import Path

COLUMNS = (
    "task_id", "hash", "name", "status", "exit", "realtime", "%cpu", "cpus", "memory", "time", "peak_rss", "rchar",
    "wchar",
)  # fmt: skip


def write_trace(path: Path, rows: Iterable[Mapping[str, object]]) -> str:
    """Write a trace; what a row does not name is unknown, its number and hash apart. Returns the file's name."""
    lines = ["\t".join(COLUMNS)]
    for number, row in enumerate(rows, start=1):
        whole = {"task_id": number, "hash": f"{number % 256:02x}/{number:06x}", "status": "COMPLETED", "exit": 0, **row}
        lines.append("\t".join(str(whole.get(column, "-")) for column in COLUMNS))
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def list_salmon(number: int = 40) -> list[dict[str, object]]:
    """List the 2019 guide's tasks: 6 threads, 8 GB and 2:30 min on the average, asked for with 12 CPUs and 8 GB."""
    return [
        {"name": f"salmon (s{n})", "realtime": "2m 30s", "%cpu": f"{590 + n % 21}%", "cpus": 12, "memory": "8 GB",
         "peak_rss": f"{7.8 + 0.1 * (n % 5):.1f} GB", "rchar": "9 GB", "wchar": "300 MB"}
        for n in range(number)
    ]  # fmt: skip
