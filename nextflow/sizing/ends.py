"""Why an attempt ended (pure)."""

from enum import Enum

from nextflow.traces.task import HOST_LOST, MEMORY_CODES, TIME_CODES, Attempt

NEAR = 0.95  # the share of its time limit from which on an attempt that was ended ran into it


class End(Enum):
    """`LOST`: no exit code, as where a Spot machine is taken or an image cannot be pulled."""

    DONE = "done"
    CACHED = "cached"
    MEMORY = "out of memory"
    TIME = "out of time"
    TERMINATED = "ended from outside"
    LOST = "no exit code (its machine was lost, or it never began)"
    ABORTED = "aborted"
    ERROR = "an error of its own"


def find_end(attempt: Attempt) -> End:
    """Find why it ended, of its status and exit code; 137 is what a container over its hard memory limit ends with.

    A row that says neither FAILED nor COMPLETED never ended by itself. COMPLETED counts for more than the code:
    processes of DSL 1 name the codes that are no failure (validExitStatus).
    """
    if attempt.status == "CACHED":
        return End.CACHED
    if attempt.status == "COMPLETED" and attempt.exit_code not in (*MEMORY_CODES, *TIME_CODES, HOST_LOST):
        return End.DONE
    if attempt.status not in ("FAILED", "COMPLETED"):
        return End.ABORTED
    if attempt.exit_code in (None, HOST_LOST):
        return End.TIME if _ran_into_its_limit(attempt) else End.LOST
    if attempt.exit_code in MEMORY_CODES:
        return End.TIME if _ran_into_its_limit(attempt) else End.MEMORY
    if attempt.exit_code in TIME_CODES:
        return End.TIME if attempt.time is None or _ran_into_its_limit(attempt) else End.TERMINATED
    return End.ERROR


def _ran_into_its_limit(attempt: Attempt) -> bool:
    """AWS Batch ends what is over its time with SIGTERM, after 30 s with SIGKILL, which is 137 too, or has no code."""
    lasted = attempt.lasted
    return attempt.time is not None and lasted is not None and lasted >= attempt.time * NEAR
