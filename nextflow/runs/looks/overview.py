"""All runs of an environment beside their heads; and all that is known of a single run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cloud.session import Cloud
from jobs.model.job import Job
from kiln import typed
from kiln.errors import UserError
from nextflow.runs import names
from nextflow.runs.looks import heads, outputs, records, tasks
from nextflow.runs.looks.heads import Head
from nextflow.runs.looks.outputs import Outputs
from nextflow.runs.places import Places
from nextflow.runs.record import RunRecord

_SLACK = timedelta(days=1)  # what the clock of the computer that wrote a record may be off


@dataclass(frozen=True)
class Listed:
    """A run, and its last head job as far as AWS Batch knows it still."""

    record: RunRecord
    head: Job | None


@dataclass(frozen=True)
class Whole:
    """A run with its heads, its tasks and its results."""

    record: RunRecord
    places: Places
    head: Head
    tasks: tuple[Job, ...]
    outputs: Outputs | None
    logs: Outputs | None = None
    has_queues: bool = True
    """False where its environment is gone: then nobody knows its tasks."""

    @property
    def jobs(self) -> tuple[Job, ...]:
        return (*self.head.jobs, *self.tasks)


def list_runs(cloud: Cloud, bucket: str, unread: list[str]) -> list[Listed]:
    """List all runs, newest first; the names of those without a usable record go to `unread`."""
    known = list(records.list_all(cloud, bucket, unread))
    last = {record.jobs[-1]: record.name for record in known if record.jobs}
    jobs = {job.id: job for job in heads.describe(cloud, list(last))}
    runs = [Listed(record, jobs.get(record.jobs[-1]) if record.jobs else None) for record in known]
    return sorted(runs, key=lambda run: (run.record.created, run.record.name), reverse=True)


def look(cloud: Cloud, bucket: str, name: str, queue: str, queues: Sequence[str]) -> Whole:
    """Look at a run; `queue` is the heads' ("" for none). Raises UserError for a name that is none, or no run's."""
    places = Places(bucket, names.check(name, "NAME"))
    stored = records.read(cloud, places)
    if stored is None:
        raise UserError(
            f"there is no run {name}", f"{places.uri(places.record)} is not there",
            f"{typed.command('list-runs')} shows the runs; check --env and --region.",
        )  # fmt: skip
    record = stored.record
    head = heads.look(cloud, places, record, queue)
    listed = outputs.look(cloud, record.output) if record.output else None
    jobs = tasks.list_of(cloud, record.id, queues, find_begin(record, head))
    return Whole(record, places, head, tuple(jobs), listed, outputs.look(cloud, places.uri(places.logs)), bool(queues))


def find_begin(record: RunRecord, head: Head) -> datetime:
    """Find when the run began, by AWS's clock where AWS Batch knows its first head still (pure)."""
    if head.jobs and head.jobs[0].created and record.jobs and head.jobs[0].id == record.jobs[0]:
        return head.jobs[0].created
    try:
        written = datetime.fromisoformat(record.created)
    except ValueError:
        return datetime.now(UTC) - 7 * _SLACK
    return (written if written.tzinfo else written.replace(tzinfo=UTC)) - _SLACK
