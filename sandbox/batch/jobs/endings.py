"""How an attempt has ended: what ECS tells of its task, in the words of Batch (pure).

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_AttemptDetail.html, …/API_AttemptContainerDetail.html
("255 max characters"); the texts as DescribeJobs gives them, many times in public issues.
"""

from dataclasses import dataclass
from typing import Protocol

ENDED = "Essential container in task exited"
NOT_STARTED = "Task failed to start"
TIMED_OUT = "Job attempt duration exceeded timeout"
_LONGEST = 255


class Container(Protocol):
    """What ECS knows of the container of a task."""

    exit_code: int | None
    reason: str


class Stopped(Protocol):
    """What ECS knows of a task that has STOPPED; `reason` is ECS's own."""

    @property
    def container(self) -> Container: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True)
class Ending:
    """`reason` is the statusReason of the attempt; `exit_code` is None where the container did not end by itself."""

    reason: str
    container_reason: str = ""
    exit_code: int | None = None
    succeeded: bool = False
    may_be_retried: bool = True


def read(task: Stopped, *, ran: bool, timed_out: bool, wish: str | None) -> Ending:
    """Read the ending of an attempt from its task. `ran` is whether it was ever RUNNING, `wish` the reason of whoever
    has terminated it (None when nobody has).
    """
    code, container_reason = task.container.exit_code, task.container.reason[:_LONGEST]
    if wish is not None:
        return Ending(wish, container_reason, code, may_be_retried=False)
    if timed_out:
        return Ending(TIMED_OUT, container_reason, code, may_be_retried=False)
    reason = task.reason or (ENDED if ran or code is not None else NOT_STARTED)
    return Ending(reason, container_reason, code, succeeded=code == 0)
