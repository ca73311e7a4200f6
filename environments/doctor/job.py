"""`invoke doctor --job`: one job in a person's words, whatever becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cloud.session import Cloud
from environments.doctor.checks.finding import Finding, error
from environments.doctor.checks.fitting import check_size, title
from environments.doctor.checks.jobs import check_job
from environments.doctor.facts.jobs import QueuedJob
from environments.doctor.facts.picture import Part, Picture
from environments.doctor.facts.scope import Scope
from environments.doctor.looks import batch
from environments.doctor.looks.gather import gather
from environments.kinds.batch import endings
from environments.model import job_ids
from kiln import words
from kiln.errors import UserError

_NOT_NEEDED: tuple[Part, ...] = ("definitions", "rights", "volumes", "jobs", "recent", "logs", "nextflow")
_BEYOND_FRONT = (0.0, 100)  # GetJobQueueSnapshot shows the first 100 jobs of a queue
_STATES = {
    "PENDING": "it waits for the jobs that it depends on",
    "SUBMITTED": "AWS Batch has just accepted it",
    "STARTING": "it has a machine, which pulls its image",
}


@dataclass(frozen=True)
class Explanation:
    """`finding` is None for a job with which nothing is wrong; `state` says what it does. `unseen` is the picture's."""

    job: QueuedJob
    state: str
    finding: Finding | None = None
    unseen: Mapping[Part, str] = field(default_factory=dict)


def explain(cloud: Cloud, scope: Scope, job_id: str) -> Explanation:
    """Explain a job (its id or ARN) and its state; `scope` is the region's.

    Raises UserError for a job that AWS Batch does not know.
    """
    job_id = job_ids.read(job_id, cloud.region)
    jobs = batch.describe_jobs(cloud, [job_id])
    if not jobs:
        raise UserError(
            f"there is no job {job_id} in {cloud.region}",
            "AWS Batch keeps a job for at least seven days after it has ended",
            "Check --region, and that this is the job's id and not its name.",
        )
    [job] = jobs
    if job.status == "FAILED":
        return _explain_failed(job)
    if job.status != "RUNNABLE":
        state = _STATES.get(job.status, "nothing is wrong with it")
        return Explanation(job, f"{job.status}{_reason(job)}; {state}")
    picture = gather(cloud, scope.of_queue(job.queue), without=_NOT_NEEDED)
    waited, place = batch.front_of_queue(cloud, job.queue, scope.now).get(job.id, _BEYOND_FRONT)
    return _explain_runnable(replace(job, waited=waited, place=place), picture)


def _explain_runnable(job: QueuedJob, picture: Picture) -> Explanation:
    """A job that can never start is reported at once; reasons that may pass by themselves after batch.DWELL."""
    place = "first in its queue" if job.place == 0 else f"behind {words.count(job.place, 'job')} in its queue"
    state = f"RUNNABLE for {words.format_seconds(job.waited)}, {place}"
    young = job.waited < batch.DWELL
    finding = check_size(job, picture) if young else check_job(job, picture)
    if job.reason and not (finding and job.reason in f"{finding.what} {finding.why}"):
        state += f"; AWS Batch says: {job.reason}"
    if young and finding is None:
        state += f"; a machine may be starting: run this again after {batch.DWELL / 60:.0f} minutes"
    return Explanation(job, state, finding, picture.unseen)


def _explain_failed(job: QueuedJob) -> Explanation:
    ending = endings.explain(job.reason, job.container_reason, job.exit_code)
    hint = f"{ending.meaning}: {ending.hint}" if ending and ending.hint else "see its log"
    why = "; ".join(filter(None, (job.reason, job.container_reason))) or "AWS Batch gives no reason"
    return Explanation(job, f"FAILED{_reason(job)}", error(f"{title(job)} has FAILED", why, hint, job.id))


def _reason(job: QueuedJob) -> str:
    return f": {job.reason}" if job.reason else ""
