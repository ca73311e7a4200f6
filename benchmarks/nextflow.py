"""What Nextflow's side costs: `python -m benchmarks.nextflow`. Sizing: a trace of 100,000 tasks, as a user types it.

Allowed: 5 s and 300 MiB, without a network: types and prices are the recorded ones. Then benchmarks/runs.py
and benchmarks/uploads.py.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import runs, uploads

TASKS = 100_000
SECONDS, MIB = 5.0, 300.0
COLUMNS = (
    "task_id", "hash", "native_id", "process", "tag", "name", "status", "exit", "module", "container", "cpus", "time",
    "disk", "memory", "attempt", "submit", "start", "complete", "duration", "realtime", "queue", "%cpu", "%mem", "rss",
    "vmem", "peak_rss", "peak_vmem", "rchar", "wchar", "syscr", "syscw", "read_bytes", "write_bytes", "workdir",
)  # fmt: skip
DAY = "2026-11-28 10:00:00.000"


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock and by the processor, and the most memory in MiB."""

    seconds: float
    worked: float
    memory: float


def main() -> int:
    print(f"\nsizing a trace of {TASKS:,} tasks (allowed: {SECONDS:g} s, {MIB:g} MiB)")
    print(f"{'values':>12} {'MiB of file':>12} {'seconds':>8} {'processor':>10} {'MiB':>6}")
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        for raw in (False, True):
            path = Path(folder) / "trace.txt"
            path.write_text("".join(write_rows(raw=raw)))
            cost = measure(path)
            missed |= cost.seconds > SECONDS or cost.memory > MIB
            print(f"{'raw' if raw else 'for people':>12} {path.stat().st_size / 2**20:>12.0f} {cost.seconds:>8.2f} "
                  f"{cost.worked:>10.2f} {cost.memory:>6.0f}")  # fmt: skip
    return max(int(missed), runs.main(), uploads.main())


def write_rows(*, raw: bool) -> Iterator[str]:
    """Write a trace of 20 processes with all columns of today's Nextflow, always the same."""
    source = random.Random(1)  # noqa: S311 no secret
    yield "\t".join(COLUMNS) + "\n"
    for number in range(TASKS):
        process, lasted = f"NF:FLOW:PROCESS{number % 20}", source.uniform(5, 4000)
        peak, read = source.uniform(1e8, 8e9), source.uniform(1e8, 5e10)
        memory = [put_size(size, raw=raw) for size in (peak * 0.9, peak * 2, peak, peak * 2, read, read / 3)]
        fields = [
            number, f"{number % 256:02x}/{number:06x}", number, process, f"s{number}", f"{process} (s{number})",
            "COMPLETED", 0, "-", "quay.io/x/y:1", 4, put_time(36000, raw=raw), "-", put_size(8e9, raw=raw), 1,
            *([1764324000000 + number] * 3 if raw else [DAY] * 3), put_time(lasted + 10, raw=raw),
            put_time(lasted, raw=raw), "-", f"{source.uniform(50, 400):.1f}{'' if raw else '%'}", 1.0, *memory, 1000,
            1000, memory[-2], memory[-1], f"/work/{number:032x}",
        ]  # fmt: skip
        yield "\t".join(map(str, fields)) + "\n"


def put_size(count: float, *, raw: bool) -> str:
    if raw:
        return str(int(count))
    return f"{count / 2**30:.1f} GB" if count >= 2**30 else f"{count / 2**20:.1f} MB"


def put_time(seconds: float, *, raw: bool) -> str:
    if raw:
        return str(int(seconds * 1000))
    hours, rest = divmod(int(seconds), 3600)
    return f"{hours}h {rest // 60}m {rest % 60}s" if hours else f"{rest // 60}m {rest % 60}s"


def measure(trace: Path) -> Cost:
    """Measure `invoke size` in a process of its own, with nothing kept and no credentials."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"XDG_CACHE_HOME": str(trace.parent), "AWS_CONFIG_FILE": str(trace.parent / "none")}
    command = [
        str(Path(sys.executable).with_name("invoke")),
        "size",
        "--trace",
        str(trace),
        "--picture",
        f"{trace}.svg",
    ]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment) as process:
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(process.stderr.read().decode() if process.stderr else "invoke size failed")
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


if __name__ == "__main__":
    sys.exit(main())
