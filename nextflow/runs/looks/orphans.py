"""Jobs whose run has no head any more: known by the run's id in their tags, ended so that nobody pays for them.

A head that was killed leaves its tasks running, and Nextflow's next session does not know them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from cloud import errors
from cloud.session import Cloud
from nextflow.runs.looks import heads, lock, records, tasks
from nextflow.runs.looks.tasks import Tagged
from nextflow.runs.places import Places
from nextflow.runs.record import RunRecord

BY_HAND = "by-hand"  # the label of heads that nobody gave a run's id
REASON = "Kiln: the head of its run is over or gone"


@dataclass(frozen=True)
class Orphan:
    """A job without a head; `name` is its run's, "" where no record tells it."""

    tagged: Tagged
    name: str
    why: str


def find(cloud: Cloud, bucket: str, queues: Sequence[str]) -> tuple[list[Orphan], int]:
    """Find the orphans of these queues; returns them, and how many jobs of heads by hand were not judged."""
    unfinished = tasks.list_unfinished(cloud, queues)
    known = {record.id: record for record in _list_known(cloud, bucket)} if unfinished else {}
    judged = [tagged for tagged in unfinished if tagged.run != BY_HAND]
    gone = _find_gone(cloud, bucket, judged, known)
    orphans = [
        Orphan(tagged, known[tagged.run].name if tagged.run in known else tagged.name, gone[tagged.run])
        for tagged in judged if tagged.run in gone
    ]  # fmt: skip
    return orphans, len(unfinished) - len(judged)


def _list_known(cloud: Cloud, bucket: str) -> Iterator[RunRecord]:
    """All runs; of one whose record is lost or broken what its lock tells: its head may live."""
    unread: list[str] = []
    yield from records.list_all(cloud, bucket, unread)
    for name in unread:
        locked = lock.read(cloud, Places(bucket, name))
        if locked and locked.run_id:
            yield RunRecord(name, locked.run_id, "", "")


def _find_gone(
    cloud: Cloud, bucket: str, unfinished: Iterable[Tagged], known: dict[str, RunRecord]
) -> dict[str, str]:  # fmt: skip
    """The ids of runs without a head, and why: a head job of the run may be under way, in whatever queue of these."""
    runs = {tagged.run for tagged in unfinished}
    living = {tagged.run for tagged in unfinished if tagged.is_head}
    gone: dict[str, str] = {}
    for run in sorted(runs - living):
        why = _judge(cloud, bucket, known.get(run))
        if why:
            gone[run] = why
    return gone


def _judge(cloud: Cloud, bucket: str, record: RunRecord | None) -> str:
    """Say why a run has no head; "" where it has."""
    if record is None:
        return "no run of that id is known here, and no head of it is under way"
    locked = lock.read(cloud, Places(bucket, record.name))
    if locked and not locked.job and locked.is_fresh:
        return ""
    ids = [*record.jobs, *([locked.job] if locked and locked.job else [])]
    jobs = heads.describe(cloud, ids)
    if any(not job.is_over for job in jobs):
        return ""
    last = jobs[-1] if jobs else None
    return f"its head {last.id} is {last.status}" if last else "AWS Batch has forgotten its head"


@dataclass(frozen=True)
class Ended:
    """`orphans` are all that were there, `refused` those that were not ended: the job's id, and why."""

    orphans: list[Orphan]
    refused: dict[str, str] = field(default_factory=dict)


def end(cloud: Cloud, bucket: str, queues: Sequence[str]) -> Ended:
    """End the orphans that are there at this moment; a run that has been resumed meanwhile keeps its jobs.

    A job that AWS Batch refuses to end keeps no other from being ended. Where AWS does not answer, the rest is left.
    """
    orphans, _ = find(cloud, bucket, queues)
    ended = Ended(orphans)
    gone = ""
    for orphan in orphans:
        job = orphan.tagged.job.id
        if why := gone or _end(cloud, job):
            ended.refused[job] = why
            gone = gone or (why if why.startswith(_NO_ANSWER) else "")
    return ended


_NO_ANSWER = "no answer"


def _end(cloud: Cloud, job: str) -> str:
    """End a job; returns why AWS did not, "" where it did."""
    try:
        cloud.client("batch").terminate_job(jobId=job, reason=REASON)
    except Exception as error:
        refused = errors.translate(error)
        if refused is None:
            raise
        why = f"{refused.what}: {refused.why}" if refused.why else refused.what
        return why if errors.code(error) else f"{_NO_ANSWER}: {why}"
    return ""
