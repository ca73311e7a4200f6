"""One attempt of one task, as a trace tells it."""

from dataclasses import dataclass

MEMORY_CODES = (137, 247)  # killed (128 + SIGKILL), and what some tools make of it
TIME_CODES = (140, 143)  # killed for time: SIGUSR2 of grid engines, SIGTERM
HOST_LOST = 2147483647  # no exit code: the machine was lost, or the container never began


@dataclass(frozen=True, slots=True)
class Attempt:
    """None stands for unknown, everywhere. Times in seconds, amounts in bytes, `cpu` in percent of one CPU."""

    process: str
    tag: str
    status: str
    exit_code: int | None = None
    attempt: int | None = None
    task_id: str = ""
    cpus: int | None = None
    memory: int | None = None
    time: float | None = None
    disk: int | None = None
    cpu: float | None = None
    peak_memory: int | None = None
    realtime: float | None = None
    duration: float | None = None
    begun: float | None = None
    completed: float | None = None
    read: int | None = None
    written: int | None = None
    read_by_disk: int | None = None
    written_by_disk: int | None = None
    queue: str = ""
    gpus: int | None = None
    hash: str = ""
    """The first signs of its work folder: of a task that another run took over (CACHED) it is the same."""

    @property
    def is_measured(self) -> bool:
        """Whether the task's image had what measures it (`ps`)."""
        return self.peak_memory is not None or self.cpu is not None

    @property
    def cpus_used(self) -> float | None:
        """CPUs that it kept busy on the average."""
        return None if self.cpu is None else self.cpu / 100

    @property
    def lasted(self) -> float | None:
        """Seconds that it ran, as far as is known: of a lost machine only begin and end are."""
        if self.realtime is not None:
            return self.realtime
        if self.begun is not None and self.completed is not None:
            return max(0.0, self.completed - self.begun)
        return self.duration
