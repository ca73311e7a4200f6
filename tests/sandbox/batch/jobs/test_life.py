"""No job is lost and none runs twice, whatever is submitted, cancelled, terminated, placed and ended, in any order."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.batch.jobs import arrays, attempts, moves, stopping, submission
from sandbox.batch.jobs.endings import ENDED, Ending
from sandbox.batch.model import records
from sandbox.batch.model.job import Job
from sandbox.batch.model.records import Definition, Queue, Records
from sandbox.inprocess import Sandbox

ENVIRONMENTS = ("arn:aws:batch:us-east-1:123456789012:compute-environment/one", "arn:x/two")
CONTAINER = {"image": "busybox", "command": [], "environment": [], "vcpus": 1, "memory": 4}


class Life:
    """All that can befall the jobs of a queue; `over` are those that have ended, as they were then."""

    def __init__(self, table: Records, advance: Callable[[float], None]) -> None:
        self.table, self.advance = table, advance
        self.begun: dict[str, int] = {}
        self.over: dict[str, tuple[Any, ...]] = {}
        queue = Queue("queue", table.arn("job-queue", "queue"), "ENABLED", 1, [], [], {}, status="VALID")
        table.queues["queue"] = queue
        fields = {"parameters": {}, "platformCapabilities": ["EC2"]}
        arn = table.arn("job-definition", "work:1")
        table.definitions["work"] = [Definition("work", 1, arn, fields, {}, CONTAINER)]

    def pick(self, number: int, *statuses: str) -> Job | None:
        jobs = [job for job in self.table.jobs.values() if not statuses or job.status in statuses]
        return jobs[number % len(jobs)] if jobs else None

    def submit(self, number: int, size: int, attempts: int, kind: str) -> None:
        other, again = self.pick(number), self.pick(number // 7)
        request: dict[str, Any] = {"jobName": "job", "jobQueue": "queue", "jobDefinition": "work"}
        request["retryStrategy"] = {"attempts": attempts}
        asked: list[dict[str, str]] = []
        if kind == "SEQUENTIAL" and size:
            asked = [{"type": "SEQUENTIAL"}]
        elif kind == "N_TO_N" and other is not None and other.size:
            size, asked = other.size, [{"jobId": other.id, "type": "N_TO_N"}]
        elif kind != "" and other is not None and again is not None:
            asked = [{"jobId": other.id}, {"jobId": again.id}]
        request |= {"dependsOn": asked} if asked else {}
        request |= {"arrayProperties": {"size": size}} if size else {}
        submission.submit(self.table, request)

    def place(self, number: int, size: int, *_: Any) -> None:
        job = self.pick(number, "RUNNABLE")
        if job is not None:
            self.begun[job.id] = self.begun.get(job.id, 0) + 1
            attempts.begin(self.table, job, ENVIRONMENTS[size % 2], "arn:instance").stop = lambda _: None

    def run(self, number: int, *_: Any) -> None:
        job = self.pick(number, "STARTING")
        if job is not None:
            attempts.run(self.table, job, moves.tell_milliseconds(), "stream")

    def finish(self, number: int, size: int, code: int, *_: Any) -> None:
        job = self.pick(number, *moves.PLACED)
        if job is None:
            return
        if job.terminated:
            ending = Ending(job.wish, exit_code=code, may_be_retried=False)
        else:
            ending = Ending(ENDED, exit_code=code - 1, succeeded=code == 1)
        attempts.finish(self.table, job, ending)
        attempts.finish(self.table, job, ending)  # told again

    def cancel(self, number: int, *_: Any) -> None:
        job = self.pick(number)
        if job is not None:
            stopping.cancel(self.table, {"jobId": job.id, "reason": "cancelled"})

    def terminate(self, number: int, *_: Any) -> None:
        job = self.pick(number)
        if job is not None:
            stopping.terminate(self.table, {"jobId": job.id, "reason": "terminated"})

    def wait(self, *_: Any) -> None:
        self.advance(2)

    def check(self) -> None:
        jobs = self.table.jobs
        listed = {job.id: key for key, held in self.table.listed.items() for job in held.values()}
        assert listed == {job.id: (job.owner, job.status) for job in jobs.values()}
        assert sum(len(held) for held in self.table.listed.values()) == len(jobs)
        runnable = [job.id for line in self.table.runnable.values() for job in line]
        waiting = sorted((job for job in jobs.values() if job.status == "RUNNABLE"), key=lambda job: job.turn)
        assert runnable == [job.id for job in waiting]
        placed = {job.id: arn for arn, held in self.table.placed.items() for job in held.values()}
        assert placed == {job.id: job.environment for job in jobs.values() if job.status in moves.PLACED}
        for job in jobs.values():
            self.check_job(job)

    def check_job(self, job: Job) -> None:
        running = job.status in moves.PLACED
        assert self.begun.get(job.id, 0) == len(job.ended) + running <= job.fields["retryStrategy"]["attempts"]
        told = (job.status, job.reason, job.stopped, len(job.ended))
        if job.status in moves.OVER:
            assert self.over.setdefault(job.id, told) == told
            assert not job.waits_for
        if job.size:
            summary = arrays.summarize(self.table, job)
            assert sum(summary.values()) == job.size
            children = [child.status for child in arrays.list_children(self.table, job)]
            assert (job.status in moves.OVER) == all(status in moves.OVER for status in children)
            assert job.status not in ("RUNNABLE", *moves.PLACED)
            assert job.status != "SUCCEEDED" or set(children) == {"SUCCEEDED"}

    def live_out(self) -> None:
        """Let all that waits run, until nothing does."""
        self.advance(2)
        while any(job.status not in moves.OVER for job in self.table.jobs.values()):
            alive = [job for job in self.table.jobs.values() if job.status in ("RUNNABLE", *moves.PLACED)]
            assert alive, "what waits is lost"
            self.place(0, 0)
            self.run(0)
            self.finish(0, 0, 1)
        self.check()


@pytest.fixture
def lives(opened: Sandbox) -> Iterator[Callable[[], Life]]:
    with opened.world.lock:

        def make() -> Life:
            opened.reset()
            return Life(records.of("us-east-1"), opened.clock.advance)

        yield make


ACTS = st.tuples(
    st.sampled_from(["submit", "submit", "place", "place", "run", "finish", "finish", "cancel", "terminate", "wait"]),
    st.integers(0, 60),
    st.sampled_from([0, 0, 2, 3]),
    st.integers(1, 3),
    st.sampled_from(["", "plain", "SEQUENTIAL", "N_TO_N"]),
)


@settings(
    max_examples=150, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(ACTS, max_size=40))
def test_any_sequence(lives: Callable[[], Life], acts: list[tuple[str, int, int, int, str]]) -> None:
    life = lives()
    for name, *values in acts:
        getattr(life, name)(*values)
        life.check()
    life.live_out()
