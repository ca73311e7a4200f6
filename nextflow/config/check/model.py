"""What processes ask for by attempt, and what is said of it."""

from dataclasses import dataclass
from enum import Enum

from environments.machines.fitting import Misfit


@dataclass(frozen=True)
class Ask:
    """What an attempt asks for. `process` as people know it; memory in MiB, `spare` as much more or less it may be.

    `queue` is "" where the configuration names none. None is not known before the run, `unknown` says why; `refused`
    says what Nextflow takes for no value.
    """

    process: str
    attempt: int
    queue: str
    vcpus: int | None
    memory: int | None
    gpus: int = 0
    spare: int = 0
    unknown: str = ""
    refused: str = ""


class Verdict(Enum):
    """What becomes of an ask. `ELSEWHERE`: another executor runs it. `UNKNOWN`: only the run can tell."""

    FITS = "fits"
    NEVER = "waits for ever"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Judged:
    """An ask and what becomes of it on `queue`; a misfit where it never starts."""

    ask: Ask
    queue: str
    verdict: Verdict
    misfit: Misfit | None = None
    why: str = ""


@dataclass(frozen=True)
class Note:
    """Something of the configuration as a whole that does not work: what, why, and what to do."""

    what: str
    why: str
    fix: str
