"""What a canary says: a line for every check (values)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from environments.doctor.job import Explanation
from jobs.canary.report import Line
from jobs.model.job import Job
from jobs.model.place import Machine, TaskTimes

State = Literal["ok", "failed", "unchecked"]


@dataclass(frozen=True)
class Verdict:
    """`what` is so, `why` it matters or how it is known, and the `fix` where it failed."""

    name: str
    state: State
    what: str
    why: str = ""
    fix: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a queue's job. `refused` is AWS's answer where the job was not taken, `late` whether its time ran
    out, `lines` its log; `output` whether what it put into the bucket is right (None: there is nothing)."""

    queue: str
    job: Job | None = None
    refused: str = ""
    late: bool = False
    lines: tuple[str, ...] = ()
    reported: Mapping[str, Line] = field(default_factory=dict)
    in_log: bool = False
    output: bool | None = None
    machine: Machine | None = None
    times: TaskTimes | None = None
    explanation: Explanation | None = None

    def told(self, name: str) -> str:
        """The words of a line that the container reported; "" where it did not."""
        line = self.reported.get(name)
        return line.words if line else ""

    def failed(self, name: str) -> bool:
        line = self.reported.get(name)
        return line is not None and line.state == "failed"


@dataclass(frozen=True)
class Result:
    """A whole run: the verdicts by queue, with the outcome behind them, and what was removed or could not be."""

    environment: str
    region: str
    run: str
    outcomes: Mapping[str, Outcome]
    verdicts: Mapping[str, tuple[Verdict, ...]]
    removal: Verdict
    swept: tuple[str, ...]
    seconds: float

    @property
    def all(self) -> tuple[Verdict, ...]:
        return (*(verdict for verdicts in self.verdicts.values() for verdict in verdicts), self.removal)

    @property
    def passed(self) -> bool:
        """Whether nothing failed; what could not be checked is no failure."""
        return not any(verdict.state == "failed" for verdict in self.all)
