"""Whoever places the jobs of the offline Batch and ends them, played by a test: no machine, no agent."""

from types import SimpleNamespace
from typing import Any

from sandbox.batch.jobs import attempts, endings
from sandbox.batch.jobs.endings import ENDED, Ending
from sandbox.batch.model import records
from sandbox.batch.model.job import Job
from sandbox.batch.model.records import Records
from sandbox.inprocess import Sandbox

INSTANCE = "arn:aws:ecs:us-east-1:123456789012:container-instance/cluster/1"


class Player:
    """Places jobs and ends their attempts, the way that the scheduler and ECS do it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.stops: list[tuple[str, str]] = []

    @property
    def records(self) -> Records:
        return records.of(self.sandbox.region)

    def job(self, job_id: str) -> Job:
        return self.records.jobs[job_id]

    def environment(self) -> str:
        return next(iter(self.records.environments.values())).arn

    def place(self, job_id: str) -> None:
        """A RUNNABLE job becomes STARTING; asked to stop, it does when the test ends it."""
        with self.sandbox.world.lock:
            assert self.job(job_id).status == "RUNNABLE"
            attempt = attempts.begin(self.records, self.job(job_id), self.environment(), INSTANCE)
            attempt.stop = lambda reason: self.stops.append((job_id, reason))

    def run(self, job_id: str) -> None:
        """A RUNNABLE or STARTING job becomes RUNNING."""
        with self.sandbox.world.lock:
            if self.job(job_id).status == "RUNNABLE":
                self.place(job_id)
            now = int(self.sandbox.clock.now() * 1000)
            attempts.run(self.records, self.job(job_id), now, f"work/default/{job_id}")

    def finish(self, job_id: str, code: int | None = 0, reason: str = ENDED, **more: Any) -> None:
        """Whatever is STARTING or RUNNING ends."""
        with self.sandbox.world.lock:
            ending = Ending(reason, exit_code=code, succeeded=code == 0, **more)
            attempts.finish(self.records, self.job(job_id), ending)

    def end_stopped(self, job_id: str, code: int | None) -> None:
        """What was asked to stop has stopped, as ECS tells it."""
        with self.sandbox.world.lock:
            job = self.job(job_id)
            assert job.attempt is not None
            [asked] = [reason for stopped, reason in self.stops if stopped == job_id]
            task = SimpleNamespace(reason=asked, container=SimpleNamespace(exit_code=code, reason=""))
            wish = job.wish if job.terminated else None
            ran = job.attempt.started is not None
            ending = endings.read(task, ran=ran, timed_out=job.attempt.timed_out, wish=wish)
            attempts.finish(self.records, job, ending)

    def complete(self, job_id: str, code: int | None = 0, reason: str = ENDED, **more: Any) -> None:
        """A RUNNABLE job runs, and ends."""
        self.run(job_id)
        self.finish(job_id, code, reason, **more)
