"""`invoke doctor --job`: one job in a person's words, whatever becomes of it."""

from dataclasses import dataclass, replace

from cloud.session import Cloud
from environments.doctor.checks import jobs
from environments.doctor.checks.fitting import too_large
from environments.doctor.looks import batch as look_batch
from environments.doctor.looks import gather
from environments.doctor.picture.described import Described
from environments.doctor.picture.finding import Finding
from environments.doctor.picture.picture import Part, Picture, Waiting
from environments.model import ownership
from kiln import words
from kiln.errors import UserError

_ALONE: tuple[Part, ...] = ("definitions", "volumes", "jobs")  # what one job's picture does without
_ENDED = {
    "OutOfMemory": "it used more memory than it asked for: ask for more",
    "Host EC2": "its machine went away, as Spot machines do: give it attempts, or an On-Demand queue",
    "CannotPullContainer": "its image could not be pulled: check its name, the way there, and the room on disk",
    "Dependent Job failed": "a job that it depends on has failed: look at that one",
    "exited": "its own command ended with an error: see its log",
}


@dataclass(frozen=True)
class Explained:
    """`finding` is None for a job with which nothing is wrong; then `told` says what it does."""

    job: Waiting
    told: str
    picture: Picture
    finding: Finding | None = None


def explain(cloud: Cloud, picture: Picture, job_id: str) -> Explained:
    """The job and its state. Raises UserError for one that AWS Batch does not know."""
    found = look_batch.describe(cloud, [job_id])
    if not found:
        raise UserError(
            f"there is no job {job_id} in {cloud.region}",
            "AWS Batch keeps jobs that have ended for at least seven days",
            "Check the id (a name is none) and --region.",
        )
    job = found[0]
    queues = [each for each in picture.queues if each["jobQueueArn"] == job.queue]
    mine = replace(picture, queues=queues).of_queue(job.queue)
    around = picture.around(_environment(queues), mine, queues)
    if job.status != "RUNNABLE":
        return _elsewhere(job, around)
    filled = gather.fill(cloud, around, without=_ALONE)
    waited, place = look_batch.front(cloud, job.queue, picture.now).get(job.id, (0.0, 100))
    return _runnable(replace(job, waited=waited, place=place), filled)


def _environment(queues: list[Described]) -> str:
    users = [name for each in queues for name in ownership.users(each.get("tags") or {})]
    return users[0] if users else ""


def _runnable(job: Waiting, picture: Picture) -> Explained:
    """What can never be is told at once; reasons that may pass by themselves after look_batch.DWELL."""
    at = "at the front" if job.place == 0 else f"with {words.count(job.place, 'job')} before it"
    told = f"RUNNABLE, for {words.seconds(job.waited)} {at} of its queue"
    young = job.waited < look_batch.DWELL
    finding = too_large(job, picture) if young else jobs.blocked(job, picture)
    if young and finding is None:
        said = f"; AWS Batch says: {job.reason}" if job.reason else ""
        told += f"{said}; a machine may be starting: look again after {look_batch.DWELL / 60:.0f} minutes"
    return Explained(job, told, picture, finding)


def _elsewhere(job: Waiting, picture: Picture) -> Explained:
    said = f": {job.reason}" if job.reason else ""
    if job.status == "FAILED":
        hint = next((text for words_, text in _ENDED.items() if words_ in job.reason), "see its log")
        why = job.reason or "AWS Batch gives no reason"
        finding = Finding("error", f"job {job.id[:8]} ({job.name}) has FAILED", why, hint, job.id)
        return Explained(job, f"FAILED{said}", picture, finding)
    waits = {"PENDING": "it waits for the jobs that it depends on", "SUBMITTED": "AWS Batch has just taken it",
             "STARTING": "its machine is there, its image is being pulled"}  # fmt: skip
    return Explained(job, f"{job.status}{said}; {waits.get(job.status, 'nothing is wrong with it')}", picture)
