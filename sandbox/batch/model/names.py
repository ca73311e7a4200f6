"""Names and ARNs, as Batch takes either.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateComputeEnvironment.html ("up to 128 characters
in length. It can contain uppercase and lowercase letters, numbers, hyphens (-), and underscores (_)"),
https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html (the first character is alphanumeric).
"""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from sandbox.batch.model.errors import executing, refused
from sandbox.batch.model.records import Queue, Records

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
Found = TypeVar("Found")


def is_name(name: Any) -> bool:
    """Return whether Batch takes a name."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def check(field: str, name: Any) -> None:
    """Refuse a name that Batch does not take."""
    if not is_name(name):
        raise executing(f"{field} should match valid pattern: [0-9a-zA-Z]{{1}}[0-9a-zA-Z_-]{{0,127}}")


def find(table: Mapping[str, Found], named: str | None, prefix: str) -> Found | None:
    """Find the record of that name or ARN (`prefix` is an ARN without its name); None when there is none."""
    text = named or ""
    return table.get(text.removeprefix(prefix))


def find_queue(records: Records, named: Any) -> Queue:
    """Find the job queue of that name or ARN; refused when there is none."""
    queue = find(records.queues, named, records.arn("job-queue", ""))
    if queue is None:
        raise refused(f"JobQueue {named} not found.")
    return queue
