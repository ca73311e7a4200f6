"""A job as Batch remembers it, its attempts, and the line of those that wait for a place."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Fields = dict[str, Any]
Turn = tuple[int, int]


@dataclass
class Attempt:
    """A run of a job on a machine. Times are milliseconds since the epoch; `environment`, `instance` (the container
    instance) and `task` are ARNs, the last "" until the task is made; `stop` asks for its end, for a reason.
    """

    environment: str
    instance: str
    task: str = ""
    stop: Callable[[str], None] | None = None
    scheduled: int | None = None
    started: int | None = None
    stopped: int | None = None
    exit_code: int | None = None
    reason: str = ""
    container_reason: str = ""
    log_stream: str = ""
    timed_out: bool = False


@dataclass
class Job:
    """A job; `created`, `stopped` and `summed_up` (when an array's statusSummary last changed) are milliseconds since
    the epoch, `since` (when it came into its status) and `blocked` (when its reason for not leaving was seen) seconds.

    `turn` is its place in the order of submission: the number of its SubmitJob, and of a child its index. `size` is
    that of an array's parent, else 0. `waits_for` are the jobs that must end first, `doomed` is why it will fail when
    Batch comes to look at it, `wish` the reason that the caller gave for its end. `attempt` is the present or last
    attempt, `ended` are those that have ended.
    """

    id: str
    name: str
    arn: str
    queue: str
    definition: str
    fields: Fields
    created: int
    since: float
    turn: Turn = (0, 0)
    parent: str = ""
    index: int | None = None
    size: int = 0
    summed_up: int | None = None
    status: str = "SUBMITTED"
    reason: str = ""
    blocked: float = 0.0
    attempt: Attempt | None = None
    ended: list[Attempt] = field(default_factory=list)
    stopped: int | None = None
    waits_for: set[str] = field(default_factory=set)
    doomed: str = ""
    wish: str = ""
    cancelled: bool = False
    terminated: bool = False
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """By what it is listed: its queue's ARN, or its parent's id."""
        return self.parent or self.queue

    @property
    def environment(self) -> str:
        """The ARN of the compute environment of its present or last attempt; "" before the first."""
        return self.attempt.environment if self.attempt else ""

    @property
    def started(self) -> int | None:
        return self.attempt.started if self.attempt else None


class Line:
    """The RUNNABLE jobs of a queue in the order of their submission; one that comes back has its old place."""

    def __init__(self) -> None:
        self._turns: list[Turn] = []
        self._jobs: dict[Turn, Job] = {}

    def add(self, job: Job) -> None:
        if job.turn not in self._jobs:
            insort(self._turns, job.turn)
            self._jobs[job.turn] = job

    def remove(self, job: Job) -> None:
        if self._jobs.pop(job.turn, None) is not None:
            del self._turns[bisect_left(self._turns, job.turn)]

    def __iter__(self) -> Iterator[Job]:
        return (self._jobs[turn] for turn in tuple(self._turns))

    def __len__(self) -> int:
        return len(self._turns)

    def __contains__(self, job: object) -> bool:
        return isinstance(job, Job) and job.turn in self._jobs
