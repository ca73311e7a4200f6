"""The canary's jobs as they go on: all queues' at once, until they are over or their time is up."""

from collections.abc import Callable
from dataclasses import dataclass

from cloud import errors, wait
from cloud.session import Cloud
from jobs.canary import requests, script
from jobs.canary.setting import Setting
from jobs.looks.following import Follower
from kiln.screen import Screen
from kiln.undo import Undo

EVERY, LONGEST = 2.0, 10.0  # seconds between two looks, at first and later
FLUSH = 6.0  # seconds: Docker sends the output to CloudWatch Logs every five
_HOPELESS = ("MISCONFIGURATION:", "ACTION_REQUIRED")  # statusReasons of a job that waits for a person


@dataclass
class Watched:
    """A queue's job; `refused` is AWS's answer where it was not taken. `late`: its time ran out."""

    queue: str
    follower: Follower | None = None
    refused: str = ""
    late: bool = False

    @property
    def waits_for_a_person(self) -> bool:
        """Whether AWS Batch says that it will not start by itself."""
        job = self.follower.job if self.follower else None
        return bool(job and job.status == "RUNNABLE" and job.reason.startswith(_HOPELESS))

    @property
    def is_done(self) -> bool:
        return self.follower is None or self.follower.is_over or self.waits_for_a_person


def submit(
    cloud: Cloud, setting: Setting, queue: str, definition: str, undo: Undo, end: Callable[[str], None]
) -> Watched:  # fmt: skip
    """Send a queue its job, and remember how it is ended; a queue that does not take it is a finding, no error."""
    request = requests.make_job(setting, queue, definition, script.make_command(setting, queue))
    try:
        job_id = str(cloud.client("batch").submit_job(**request)["jobId"])
    except Exception as error:
        if errors.code(error) not in ("ClientException", "InvalidParameterException"):
            raise
        refusal = errors.translate(error)
        return Watched(queue, refused=refusal.why if refusal else str(error))
    undo.push(f"the job {job_id}", lambda: end(job_id), by_hand=f"aws batch terminate-job --job-id {job_id} --reason x")
    return Watched(queue, Follower(cloud, job_id))


def watch(watched: list[Watched], limit: int, screen: Screen) -> None:
    """Watch until every job is over, waits for a person, or `limit` seconds have passed; what is new is shown."""
    began = wait.now()

    def probe() -> bool | None:
        for queued in watched:
            if queued.follower and not queued.is_done:
                for line in queued.follower.look():
                    screen.say(f"  {queued.queue}: {line}")
        if all(queued.is_done for queued in watched):
            return True
        return True if wait.now() - began > limit else None

    wait.until(probe, what="the end of the canary", timeout=None, every=EVERY, longest=LONGEST)
    for queued in watched:
        queued.late = not queued.is_done
    if any(queued.follower and queued.follower.job.last for queued in watched):
        wait.pause(FLUSH)
    for queued in watched:
        for line in queued.follower.read_lines() if queued.follower else ():
            screen.say(f"  {queued.queue}: {line}")
