"""A job as AWS Batch describes it, read into values (pure).

Source: JobDetail, AttemptDetail and ContainerDetail, AWS Batch API Reference. Times are milliseconds there, 0 or none
where it has not come to that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from environments.kinds.batch import endings
from environments.model.job_containers import read_number

OVER = ("SUCCEEDED", "FAILED")
LOG_GROUP = "/aws/batch/job"
Described = Mapping[str, Any]


@dataclass(frozen=True)
class Attempt:
    """An attempt, from 1; `machine` and `task` are ARNs of ECS, "" where it never had them.

    `exit_code` is None where the container never ended by itself; `over` is False for the attempt that runs.
    """

    number: int
    started: datetime | None = None
    stopped: datetime | None = None
    exit_code: int | None = None
    reason: str = ""
    container_reason: str = ""
    machine: str = ""
    task: str = ""
    stream: str = ""
    over: bool = True

    @property
    def ending(self) -> endings.Ending | None:
        """What its reason means; None where it says nothing that is known."""
        return endings.explain(self.reason, self.container_reason, self.exit_code) if self.over else None


@dataclass(frozen=True)
class Array:
    """Of an array's parent its `size` and how many children are in a state; of a child its `index`."""

    size: int = 0
    index: int | None = None
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Job:
    """A job; `queue` and `definition` are ARNs, `vcpus` can be a fraction (on Fargate), `memory` is MiB, `timeout`
    seconds (None: for ever).
    """

    id: str
    name: str
    queue: str
    definition: str
    status: str
    reason: str = ""
    image: str = ""
    command: tuple[str, ...] = ()
    vcpus: float = 0
    memory: int = 0
    gpus: int = 0
    allowed: int = 1
    timeout: int | None = None
    depends_on: tuple[str, ...] = ()
    created: datetime | None = None
    started: datetime | None = None
    stopped: datetime | None = None
    attempts: tuple[Attempt, ...] = ()
    array: Array | None = None
    log_driver: str = "awslogs"
    log_group: str = LOG_GROUP
    cancelled: bool = False
    terminated: bool = False

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    @property
    def is_array(self) -> bool:
        return self.array is not None and self.array.size > 0

    @property
    def last(self) -> Attempt | None:
        """The attempt that runs, or the newest that has ended."""
        return self.attempts[-1] if self.attempts else None


def read(described: Described) -> Job:
    """Read a job of DescribeJobs."""
    container = described.get("container") or {}
    asked = {requirement["type"]: requirement["value"] for requirement in container.get("resourceRequirements") or ()}
    logs = container.get("logConfiguration") or {}
    status = str(described["status"])
    return Job(
        described["jobId"], described["jobName"], described["jobQueue"], described["jobDefinition"], status,
        described.get("statusReason") or "",
        image=container.get("image") or "", command=tuple(container.get("command") or ()),
        vcpus=read_number(asked.get("VCPU") or container.get("vcpus")),
        memory=int(asked.get("MEMORY") or container.get("memory") or 0), gpus=int(asked.get("GPU") or 0),
        allowed=int((described.get("retryStrategy") or {}).get("attempts") or 1),
        timeout=(described.get("timeout") or {}).get("attemptDurationSeconds"),
        depends_on=tuple(dependency.get("jobId") or "" for dependency in described.get("dependsOn") or ()),
        created=read_time(described.get("createdAt")), started=read_time(described.get("startedAt")),
        stopped=read_time(described.get("stoppedAt")), attempts=_attempts(described, status, container),
        array=read_array(described), log_driver=logs.get("logDriver") or "awslogs",
        log_group=(logs.get("options") or {}).get("awslogs-group") or LOG_GROUP,
        cancelled=bool(described.get("isCancelled")), terminated=bool(described.get("isTerminated")),
    )  # fmt: skip


def _attempts(described: Described, status: str, container: Described) -> tuple[Attempt, ...]:
    """Those that have ended, and the one under way, which AWS Batch tells at the job's top alone."""
    ended = [_attempt(number, attempt) for number, attempt in enumerate(described.get("attempts") or (), 1)]
    task = container.get("taskArn") or ""
    if status in ("STARTING", "RUNNING") and (not ended or task != ended[-1].task or not task):
        started = read_time(described.get("startedAt")) if status == "RUNNING" else None
        machine, stream = container.get("containerInstanceArn") or "", container.get("logStreamName") or ""
        ended.append(Attempt(len(ended) + 1, started, machine=machine, task=task, stream=stream, over=False))
    return tuple(ended)


def _attempt(number: int, described: Described) -> Attempt:
    container = described.get("container") or {}
    return Attempt(
        number, read_time(described.get("startedAt")), read_time(described.get("stoppedAt")),
        container.get("exitCode"), described.get("statusReason") or "", container.get("reason") or "",
        container.get("containerInstanceArn") or "", container.get("taskArn") or "",
        container.get("logStreamName") or "",
    )  # fmt: skip


def read_array(described: Described) -> Array | None:
    """Read arrayProperties; None for a job that has to do with no array."""
    properties = described.get("arrayProperties")
    if not properties:
        return None
    counts = tuple((state, int(number)) for state, number in (properties.get("statusSummary") or {}).items() if number)
    return Array(int(properties.get("size") or 0), properties.get("index"), counts)


def read_time(milliseconds: Any) -> datetime | None:
    """Read a time of AWS Batch (UTC); None for 0 and for nothing."""
    return datetime.fromtimestamp(float(milliseconds) / 1000, UTC) if milliseconds else None
