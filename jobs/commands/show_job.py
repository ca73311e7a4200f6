"""What `invoke show-job` does, as a person sees it. Returns an exit code (kiln.errors.Exit)."""

from datetime import UTC, datetime

from cloud import wait
from cloud.session import Cloud
from jobs.looks import whole
from jobs.looks.following import Follower
from jobs.looks.logs import TAIL
from jobs.screens import documents, shown
from kiln.errors import Exit
from kiln.screen import Screen, print_json, print_result

LAST = 6.0  # seconds: Docker sends its output to CloudWatch Logs every five
EVERY = 2.0  # seconds between two looks at a job that is followed; AWS Batch takes a call a second with ease


def show_job(job: str, region: str | None, *, follow: bool, as_json: bool, now: datetime | None = None) -> int:
    """Show a job; with `follow` its states and its log until it is over. `now` is the present (UTC).

    Raises UserError for a job that AWS Batch does not know. A job that was followed and FAILED is something to look at.
    """
    cloud = Cloud(region)
    if follow:
        _follow(cloud, job)
    seen = whole.look(cloud, job, tail=0 if follow and not as_json else TAIL)
    present = now or datetime.now(UTC)
    if as_json:
        print_json(documents.make_document(seen, present))
    else:
        print_result(shown.render(seen, present))
    return Exit.SOMETHING_TO_DO if follow and seen.job.status == "FAILED" else Exit.DONE


def _follow(cloud: Cloud, job: str) -> None:
    """Say every change of its state and every line of its log, until it is over."""
    follower, screen = Follower(cloud, job), Screen()

    def probe() -> bool | None:
        for line in follower.look():
            screen.say(line)
        return True if follower.is_over else None

    wait.until(probe, what=f"the end of {job}", timeout=None, every=EVERY, longest=EVERY)
    if follower.job.last and follower.job.last.stream:
        wait.pause(LAST)
    for line in follower.read_lines():
        screen.say(line)
