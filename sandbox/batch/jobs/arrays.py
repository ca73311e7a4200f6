"""Array jobs: a parent that is never run, and the children that are.

Source: https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html (2 to 10,000; the parent's statusSummary; a
child's id is the parent's with its index)
"""

from dataclasses import replace

from sandbox.batch.jobs import moves
from sandbox.batch.model.errors import executing
from sandbox.batch.model.job import Fields, Job
from sandbox.batch.model.records import Records

CHILD_FAILED = "Array Child Job failed"
_SIZES = (2, 10_000)


def read_size(request: Fields) -> int:
    """Read the size of an array from SubmitJob's request; 0 for a job that is none."""
    size = (request.get("arrayProperties") or {}).get("size")
    if size is None:
        return 0
    if not _SIZES[0] <= size <= _SIZES[1]:
        raise executing(f"arrayProperties: size must be between {_SIZES[0]} and {_SIZES[1]}.")
    return int(size)


def make_children(parent: Job) -> list[Job]:
    """Make the children of a new array; they share what the parent was given."""
    return [
        replace(
            parent,
            id=f"{parent.id}:{index}",
            arn=f"{parent.arn}:{index}",
            turn=(parent.turn[0], index),
            parent=parent.id,
            index=index,
            size=0,
            ended=[],
            waits_for=set(),
        )
        for index in range(parent.size)
    ]


def list_children(records: Records, parent: Job) -> list[Job]:
    """List the children of an array, by index; none of another job."""
    return [records.jobs[f"{parent.id}:{index}"] for index in range(parent.size)]


def summarize(records: Records, parent: Job) -> dict[str, int]:
    """Count the children by status."""
    return {status: len(records.listed[parent.id, status]) for status in moves.STATUSES}


def list_ends(records: Records, child: Job) -> list[tuple[Job, str, str]]:
    """List the parent, with its last status and reason, where the last of its children has ended."""
    parent = records.jobs[child.parent]
    counts = summarize(records, parent)
    if counts["SUCCEEDED"] + counts["FAILED"] < parent.size:
        return []
    if parent.cancelled or parent.terminated:
        return [(parent, "FAILED", parent.wish)]
    if counts["FAILED"]:
        return [(parent, "FAILED", parent.doomed or CHILD_FAILED)]
    return [(parent, "SUCCEEDED", "")]
