"""How a container of the double fares, and what its agent tells of it."""

from dataclasses import dataclass

OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
KILLED = 137
GRACE = 30.0  # seconds from SIGTERM to SIGKILL, unless the container has a stopTimeout


@dataclass(frozen=True)
class Script:
    """A container runs for `seconds` of the clock (None: until it is stopped) and ends with `exit_code`.

    `oom`: it is killed over its memory; "unsaid": Docker does not say so. `pull_error`: its image cannot be pulled, for
    that reason; `pull_seconds`: how long the pull takes. `error`: it is never started, for that reason. `silent`: its
    agent acknowledges nothing and tells nothing. `runs_unsaid`: RUNNING is never told; `runs_late`: RUNNING carries the
    exit code. `reason`: what stands beside an exit code. `term_exit_code`: how SIGTERM ends it; None: not at all.
    `log`: lines that it writes as soon as it runs.
    """

    exit_code: int = 0
    seconds: float | None = 0.0
    oom: bool | str = False
    pull_error: str = ""
    pull_seconds: float = 0.0
    error: str = ""
    silent: bool = False
    runs_unsaid: bool = False
    runs_late: bool = False
    reason: str = ""
    term_exit_code: int | None = None
    log: tuple[str, ...] = ()

    def find_exit(self) -> tuple[int, str]:
        """The exit code, and the reason beside it."""
        if self.oom:
            return KILLED, "" if self.oom == "unsaid" else OUT_OF_MEMORY
        return self.exit_code, self.reason
