"""A run as it goes on: its head's states and log, its tasks by state, the machines that they want and have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cloud import wait
from cloud.session import Cloud
from jobs.looks.following import Follower
from jobs.model.job import Job
from jobs.model.listed import UNFINISHED
from kiln.screen import Screen
from nextflow.runs import masking
from nextflow.runs.looks import fleet
from nextflow.runs.looks.tasks import Tasks
from nextflow.runs.record import RunRecord
from nextflow.runs.screens import progress
from nextflow.runs.watch.standstill import Standstill

EVERY, LONGEST = 2.0, 10.0  # seconds between two looks at the head, at first and later
PROGRESS = 10.0  # seconds between two looks at tasks and machines
FLUSH = 6.0  # seconds: Docker sends the output to CloudWatch Logs every five


@dataclass(frozen=True)
class Ended:
    """The head job when it was over; `left` is how many of its tasks were not."""

    job: Job
    left: int = 0

    @property
    def exit_code(self) -> int:
        """Nextflow's own; 1 for a head whose container never ended by itself."""
        if self.job.status == "SUCCEEDED":
            return 0
        code = self.job.last.exit_code if self.job.last else None
        return code if code else 1


def follow(
    cloud: Cloud, record: RunRecord, job_id: str, queues: tuple[str, ...], logs: str, screen: Screen,
    secrets: Sequence[str] = (),
) -> Ended:  # fmt: skip
    """Follow a head job to its end; every line is shown, `secrets` hidden in it.

    Raises UserError for a job that AWS Batch does not know.
    """
    follower, standstill = Follower(cloud, job_id), Standstill(cloud, logs)
    tasks = Tasks(cloud, record.id, queues, follower.job.created or datetime.now(UTC))
    seen, looked = "", wait.now() - PROGRESS

    def probe() -> bool | None:
        nonlocal seen, looked
        for line in follower.look():
            screen.say(f"  {masking.hide(line, secrets)}")
        if wait.now() - looked >= PROGRESS or follower.is_over:
            looked, counts = wait.now(), tasks.count()
            line = progress.render(counts, fleet.look(cloud, queues))
            if line != seen and (counts or not follower.is_over):
                screen.say(f"  {line}")
            seen = line
            if explained := standstill.look(follower, sum(counts.values())):
                screen.say(explained)
        return True if follower.is_over else None

    wait.until(probe, what=f"the end of {record.name}", timeout=None, every=EVERY, longest=LONGEST)
    if follower.job.last and follower.job.last.stream:
        wait.pause(FLUSH)
    for line in follower.read_lines():
        screen.say(f"  {masking.hide(line, secrets)}")
    counts = tasks.count()
    return Ended(follower.job, sum(counts.get(state, 0) for state in UNFINISHED))
