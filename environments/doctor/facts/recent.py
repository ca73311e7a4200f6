"""Jobs of the last day, as far as they tell how machines treat jobs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LOST, _FULL = re.compile(r"^Host EC2"), re.compile(r"no space left on device", re.IGNORECASE)


@dataclass(frozen=True)
class RecentJob:
    """`queue` is an ARN; `lost` counts the attempts whose machine was taken away, `disk_full` that a disk was full."""

    id: str
    name: str
    queue: str
    lost: int = 0
    disk_full: bool = False


def read(described: Mapping[str, Any]) -> RecentJob:
    """Read a job of DescribeJobs."""
    attempts = described.get("attempts") or ()
    reasons = [attempt.get("statusReason") or "" for attempt in attempts]
    words = [*reasons, *((attempt.get("container") or {}).get("reason") or "" for attempt in attempts)]
    return RecentJob(
        described["jobId"], described["jobName"], described["jobQueue"],
        sum(bool(_LOST.search(reason)) for reason in reasons), any(_FULL.search(text) for text in words),
    )  # fmt: skip
