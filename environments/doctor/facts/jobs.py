"""Jobs in AWS Batch's queues."""

from dataclasses import dataclass


@dataclass(frozen=True)
class QueuedJob:
    """A job as AWS Batch describes it; `queue` is an ARN, `memory` in MiB. `container_reason` and `exit_code` are those
    of its last attempt, where it ended by itself.

    A RUNNABLE job has a `place` in its queue (0: the first), and has `waited` there so many seconds, by AWS's clock.
    """

    id: str
    name: str
    queue: str
    status: str
    reason: str
    vcpus: float
    memory: int
    gpus: int = 0
    waited: float = 0.0
    place: int = 0
    container_reason: str = ""
    exit_code: int | None = None
