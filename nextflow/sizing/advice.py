"""What a sized process should ask for, as a configuration writes it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProcessAdvice:
    """A process by its whole name (`A:B:STAR`); None leaves what the configuration says of all processes.

    `memory_mib` is for the first attempt, `excess_memory_mib` for those after it; `time_seconds` is at least 60, the
    least that AWS Batch takes.
    """

    name: str
    cpus: int | None = None
    memory_mib: int | None = None
    excess_memory_mib: int | None = None
    time_seconds: int | None = None
