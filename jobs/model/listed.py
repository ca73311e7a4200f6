"""A job as ListJobs sums it up (pure). Source: JobSummary, AWS Batch API Reference."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from environments.kinds.batch import endings
from jobs.model.job import Array, read_array, read_time

STATES = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED")
UNFINISHED = STATES[:5]


@dataclass(frozen=True)
class Listed:
    """A line of a list; `queue` is a name."""

    id: str
    name: str
    queue: str
    status: str
    reason: str = ""
    container_reason: str = ""
    exit_code: int | None = None
    created: datetime | None = None
    started: datetime | None = None
    stopped: datetime | None = None
    array: Array | None = None

    @property
    def ending(self) -> endings.Ending | None:
        """What it means that the job FAILED so; None for any other job."""
        if self.status != "FAILED":
            return None
        return endings.explain(self.reason, self.container_reason, self.exit_code)


def read(summary: Mapping[str, Any], queue: str) -> Listed:
    container = summary.get("container") or {}
    return Listed(
        summary["jobId"], summary["jobName"], queue, summary.get("status") or "", summary.get("statusReason") or "",
        container.get("reason") or "", container.get("exitCode"), read_time(summary.get("createdAt")),
        read_time(summary.get("startedAt")), read_time(summary.get("stoppedAt")), read_array(summary),
    )  # fmt: skip
