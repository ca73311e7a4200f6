"""CancelJob and TerminateJob, in every status."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support.job_player import Player

Create = Callable[..., str]
Job = Callable[[str], dict[str, Any]]


def told(job: dict[str, Any]) -> tuple[str, str, bool, bool]:
    return job["status"], job.get("statusReason", ""), job["isCancelled"], job["isTerminated"]


CANCELLED, TERMINATED = ("FAILED", "why", True, False), ("FAILED", "why", False, True)


def test_what_waits_is_cancelled(batch: Any, submit: Create, waiting: Create, job: Job) -> None:
    for job_id in (waiting(), submit()):
        batch.cancel_job(jobId=job_id, reason="why")
        found = job(job_id)
        assert told(found) == CANCELLED
        assert found.keys() & {"startedAt"} == set()
        assert found["stoppedAt"] >= found["createdAt"]


def test_a_pending_job_is_cancelled_when_what_it_waits_for_has_ended(
    batch: Any, player: Player, waiting: Create, job: Job
) -> None:
    for code in (0, 1):
        first, second = waiting(), waiting()
        last = waiting(dependsOn=[{"jobId": first}, {"jobId": second}])
        behind = waiting(dependsOn=[{"jobId": last}])
        batch.cancel_job(jobId=last, reason="why")
        assert told(job(last)) == ("PENDING", "", True, False)
        player.complete(first, code)
        assert job(last)["status"] == "PENDING"
        player.complete(second)
        assert told(job(last)) == CANCELLED
        assert told(job(behind))[:2] == ("FAILED", "Dependent Job failed")


def test_what_has_a_machine_is_not_cancelled(batch: Any, player: Player, waiting: Create, job: Job) -> None:
    starting, running = waiting(retryStrategy={"attempts": 2}), waiting()
    player.place(starting)
    player.run(running)
    for job_id, status in ((starting, "STARTING"), (running, "RUNNING")):
        batch.cancel_job(jobId=job_id, reason="why")
        assert told(job(job_id)) == (status, "", False, False)
    assert player.stops == []
    player.finish(starting, 1)
    assert job(starting)["status"] == "RUNNABLE"


def test_what_waits_is_terminated_at_once(batch: Any, submit: Create, waiting: Create, job: Job) -> None:
    first = waiting()
    for job_id in (waiting(dependsOn=[{"jobId": first}]), first, submit()):
        batch.terminate_job(jobId=job_id, reason="why")
        assert told(job(job_id)) == TERMINATED


@pytest.mark.parametrize("start", ["place", "run"])
@pytest.mark.parametrize("code", [0, 137, None])
def test_what_has_a_machine_ends_when_its_agent_says_so(
    batch: Any, player: Player, waiting: Create, job: Job, start: str, code: int | None
) -> None:
    running = waiting(retryStrategy={"attempts": 3})
    getattr(player, start)(running)
    batch.terminate_job(jobId=running, reason="why")
    batch.terminate_job(jobId=running, reason="why not")
    assert told(job(running))[0] in ("STARTING", "RUNNING")
    assert player.stops == [(running, "why")]
    player.end_stopped(running, code)
    found = job(running)
    assert told(found) == TERMINATED
    [attempt] = found["attempts"]
    assert (attempt["statusReason"], attempt["container"].get("exitCode")) == ("why", code)


def test_what_has_ended_stays_as_it_is(batch: Any, player: Player, waiting: Create, job: Job) -> None:
    good, bad = waiting(), waiting()
    player.complete(good)
    player.complete(bad, 1)
    before = [job(good), job(bad)]
    for job_id in (good, bad):
        batch.terminate_job(jobId=job_id, reason="why")
        batch.cancel_job(jobId=job_id, reason="why")
    assert [job(good), job(bad)] == before


def test_an_array_is_cancelled_but_for_what_runs(batch: Any, player: Player, waiting: Create, job: Job) -> None:
    array = waiting(arrayProperties={"size": 3})
    player.run(f"{array}:1")
    batch.cancel_job(jobId=array, reason="why")
    assert [told(job(f"{array}:{index}"))[0] for index in range(3)] == ["FAILED", "RUNNING", "FAILED"]
    assert told(job(f"{array}:0")) == CANCELLED
    assert told(job(array)) == ("PENDING", "", True, False)
    player.finish(f"{array}:1")
    assert job(f"{array}:1")["status"] == "SUCCEEDED"
    assert told(job(array)) == CANCELLED


def test_an_array_is_terminated_with_all_of_it(batch: Any, player: Player, waiting: Create, job: Job) -> None:
    array = waiting(arrayProperties={"size": 3}, dependsOn=[{"type": "SEQUENTIAL"}])
    player.run(f"{array}:0")
    batch.terminate_job(jobId=array, reason="why")
    assert [told(job(f"{array}:{index}")) for index in (1, 2)] == [TERMINATED] * 2
    assert (told(job(array))[0], player.stops) == ("PENDING", [(f"{array}:0", "why")])
    player.end_stopped(f"{array}:0", 143)
    assert told(job(f"{array}:0")) == told(job(array)) == TERMINATED


@pytest.mark.parametrize("kind", ["cancel_job", "terminate_job"])
def test_a_sequence_ends_for_the_caller_s_reason(batch: Any, waiting: Create, job: Job, kind: str) -> None:
    array = waiting(arrayProperties={"size": 3}, dependsOn=[{"type": "SEQUENTIAL"}])
    getattr(batch, kind)(jobId=array, reason="why")
    assert {told(job(job_id))[:2] for job_id in (array, *(f"{array}:{n}" for n in range(3)))} == {("FAILED", "why")}


def test_a_child_alone(batch: Any, player: Player, waiting: Create, job: Job) -> None:
    array = waiting(arrayProperties={"size": 2})
    batch.terminate_job(jobId=f"{array}:1", reason="why")
    player.complete(f"{array}:0")
    assert told(job(array)) == ("FAILED", "Array Child Job failed", False, False)


def test_a_new_array_is_cancelled(batch: Any, submit: Create, job: Job, sandbox: Sandbox) -> None:
    array = submit(arrayProperties={"size": 2})
    batch.cancel_job(jobId=array, reason="why")
    sandbox.clock.advance(2)
    assert told(job(array)) == told(job(f"{array}:1")) == CANCELLED


@pytest.mark.parametrize("kind", ["cancel_job", "terminate_job"])
def test_what_is_refused(batch: Any, submit: Create, denied: Any, job: Job, kind: str) -> None:
    with denied("does not exist"):
        getattr(batch, kind)(jobId="nobody", reason="why")
    job_id = submit()
    with denied("at most 1024"):
        getattr(batch, kind)(jobId=job_id, reason="x" * 1025)
    getattr(batch, kind)(jobId=job_id, reason="x" * 1024)
    assert job(job_id)["statusReason"] == "x" * 1024
