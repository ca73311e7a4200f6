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
from kiln.secrets import masking
from nextflow.runs.looks import fleet
from nextflow.runs.looks.tasks import Tasks
from nextflow.runs.record import RunRecord
from nextflow.runs.screens import progress
from nextflow.runs.watch.standstill import Standstill

EVERY, LONGEST = 1.0, 2.0  # seconds between two looks at the head, at first and later
PROGRESS = 10.0  # seconds between two looks at tasks and machines
FLUSH = 6.0  # seconds that the end of a head's log may come behind the end of its job
LAST = "kiln: the head is done"
"""The last line of the entrypoint, unless it was killed."""


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
                screen.say(masking.hide(explained, secrets))
        return True if follower.is_over else None

    wait.until(probe, what=f"the end of {record.name}", timeout=None, every=EVERY, longest=LONGEST)
    _show_rest(follower, screen, secrets)
    counts = tasks.count()
    return Ended(follower.job, sum(counts.get(state, 0) for state in UNFINISHED))


def _show_rest(follower: Follower, screen: Screen, secrets: Sequence[str]) -> None:
    """Show what of the log comes behind the end of the job."""
    began = wait.now()

    def read() -> bool | None:
        for line in follower.read_lines():
            screen.say(f"  {masking.hide(line, secrets)}")
        awaited = follower.job.last and follower.job.last.stream and LAST not in follower.lines[-1:]
        return None if awaited and wait.now() - began < FLUSH else True

    wait.until(read, what="the end of the log", timeout=None, every=0.5, longest=1.0)
