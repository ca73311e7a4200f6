"""Sending a run's head job once: SubmitJob has no client token, and a job whose answer was lost runs all the same.

Source: SubmitJob, AWS Batch API Reference. botocore would send it again, and the run would have two heads.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cloud import answers, wait
from cloud.session import Cloud
from environments.kinds.batch import jobs as batch
from jobs.looks import listing
from jobs.model.listed import UNFINISHED
from kiln import typed
from kiln.undo import Undo
from nextflow.runs.request import RUN

REASON = "Kiln: another head of this run was started at the same time"
_PATIENCE = 120  # seconds of tries
_LISTED = 10.0  # seconds until ListJobs surely has a job that was taken


@dataclass
class Sending:
    """A head job on its way: `body` is SubmitJob's parameters, `former` the ids of the run's earlier heads."""

    cloud: Cloud
    body: dict[str, Any]
    former: Sequence[str]
    is_answer_lost: bool = False

    def send(self, undo: Undo) -> str:
        """Send it; returns the job's id. Whatever of it AWS Batch has is ended by `undo`.

        Raises AWS's error where it is refused, UserError where AWS gives no answer at all.
        """
        undo.push("the head job", self._end_lost, by_hand=self._hint)
        job = wait.until(self._send_once, what="SubmitJob", timeout=_PATIENCE, every=2, hint=self._hint)
        if self.is_answer_lost:
            self._end(other for other in self._list_sent() if other != job)
        undo.push(
            f"the job {job}", lambda: self._end([job]), by_hand=f"aws batch terminate-job --job-id {job} --reason x"
        )
        return job

    def _send_once(self) -> str | None:
        """The job's id; None where it may be tried again."""
        try:
            return str(self.cloud.client_without_retries("batch").submit_job(**self.body)["jobId"])
        except Exception as error:
            if answers.may_be_done(error):
                self.is_answer_lost = True
                wait.pause(_LISTED)
                return next(iter(self._list_sent()), None)
            if not answers.is_temporary(error):
                raise
            return None

    def _list_sent(self) -> list[str]:
        """The ids of head jobs of this run that are not over and that no earlier start has sent, the oldest first."""
        name = self.body["jobName"]
        named = listing.list_named(self.cloud, self.body["jobQueue"], name)
        ids = [job.id for job in reversed(named) if job.name == name and job.status in UNFINISHED]
        ids = [job for job in ids if job not in self.former]
        described = batch.described(self.cloud, ids) if ids else ()
        mine = {job["jobId"] for job in described if (job.get("tags") or {}).get(RUN) == self.body["tags"][RUN]}
        return [job for job in ids if job in mine]

    def _end_lost(self) -> None:
        if self.is_answer_lost:
            self._end(self._list_sent())

    def _end(self, jobs: Iterable[str]) -> None:
        for job in jobs:
            self.cloud.client("batch").terminate_job(jobId=job, reason=REASON)

    @property
    def _hint(self) -> str:
        listed = typed.command("list-jobs")
        return f"{listed} shows whether {self.body['jobName']} is there; end it before you try again."
