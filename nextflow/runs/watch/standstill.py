"""Why a run does not go on: a head that waits for a machine, or that hangs in "warm up" (said once of either)."""

from dataclasses import dataclass

from cloud import wait
from cloud.looks import Looks
from cloud.session import Cloud
from environments.doctor import job as doctor
from environments.doctor import show
from environments.doctor.looks.gather import describe_region
from jobs.looks.following import Follower

PATIENCE = 300.0  # seconds without a change
_LOG = ("warm up", "executor >", "Launching")


@dataclass
class Standstill:
    """Looks at a head's follower and the count of its tasks, and tells what may be wrong after PATIENCE."""

    cloud: Cloud
    logs: str
    _state: str = ""
    _lines: int = 0
    _since: float = 0.0
    _told: str = ""

    def look(self, follower: Follower, tasks: int) -> str:
        """Look once more; "" where it goes on, or where it was explained already."""
        status, lines, now = follower.job.status, len(follower.lines), wait.now()
        if (status, lines) != (self._state, self._lines) or tasks:
            self._state, self._lines, self._since = status, lines, now
            return ""
        if now - self._since < PATIENCE or self._told == status:
            return ""
        self._told = status
        return self._explain_waiting(follower.job.id) if status == "RUNNABLE" else self._explain_warm_up(follower)

    def _explain_waiting(self, job: str) -> str:
        explanation = Looks().at(
            "why it waits", None, lambda: doctor.explain(self.cloud, describe_region(self.cloud), job)
        )  # fmt: skip
        if explanation is None:
            return ""
        finding = f"\n{show.render_finding(explanation.finding)}" if explanation.finding else ""
        return f"! the head waits for a machine: {explanation.state}{finding}"

    def _explain_warm_up(self, follower: Follower) -> str:
        if follower.job.status != "RUNNING":
            return ""
        last = next((line for line in reversed(follower.lines) if any(word in line for word in _LOG)), "")
        where = f" since {last.strip()!r}" if last else ""
        return (
            f'! the head runs, but has submitted no task for {PATIENCE / 60:.0f} minutes{where} ("warm up")\n'
            "  most often it registers job definitions, which AWS Batch lets through slowly: start with one sample;\n"
            "  or its role may not: batch:RegisterJobDefinition, batch:SubmitJob, iam:PassRole of the tasks' role;\n"
            f"  its .nextflow.log tells: {self.logs}"
        )
