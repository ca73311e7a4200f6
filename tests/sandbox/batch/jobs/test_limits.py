"""A queue's time limits, and the reason that counts for them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sandbox.batch.jobs import states
from sandbox.batch.model import waking
from sandbox.inprocess import Sandbox
from tests.support.job_player import Player

Create = Callable[..., str]
Job = Callable[[str], dict[str, Any]]
CAPACITY = "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"
SIZE = "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"


def limit(reason: str, seconds: int = 600) -> dict[str, Any]:
    return {"reason": reason, "state": "RUNNABLE", "maxTimeSeconds": seconds, "action": "CANCEL"}


@pytest.fixture(autouse=True)
def _nobody_places(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reasons are this test's alone."""
    monkeypatch.setattr(waking, "_listeners", [])
    monkeypatch.setattr(sandbox.world, "delays", replace(sandbox.world.delays, batch_blocked=1e9))


@pytest.fixture
def limited(sandbox: Sandbox, batch: Any) -> Callable[..., None]:
    def update(*limits: dict[str, Any]) -> None:
        batch.update_job_queue(jobQueue="queue", jobStateTimeLimitActions=list(limits))
        sandbox.clock.advance(3)

    return update


@pytest.fixture
def explain(sandbox: Sandbox, player: Player) -> Callable[[str, str], None]:
    """Say why a job waits, as the scheduler does."""

    def say(job_id: str, reason: str) -> None:
        with sandbox.world.lock:
            states.set_reason(player.job(job_id), reason)

    return say


def test_a_job_that_waits_too_long_for_a_reason_is_cancelled(
    sandbox: Sandbox, waiting: Create, job: Job, limited: Any, explain: Any
) -> None:
    limited(limit(CAPACITY))
    job_id = waiting()
    behind = waiting(dependsOn=[{"jobId": job_id}])
    sandbox.clock.advance(3600)
    explain(job_id, f"{CAPACITY} - Service cannot fulfill the capacity requested for instance type [a]")
    sandbox.clock.advance(590)
    explain(job_id, f"{CAPACITY} - Service cannot fulfill the capacity requested for instance type [b]")
    assert job(job_id)["statusReason"].endswith("[b]")
    sandbox.clock.advance(9)
    assert job(job_id)["status"] == "RUNNABLE"
    sandbox.clock.advance(2)
    found = job(job_id)
    assert (found["status"], found["isCancelled"], found["statusReason"]) == (
        "FAILED", True, f"Canceled by JobStateTimeLimit action due to reason: {CAPACITY}",
    )  # fmt: skip
    assert job(behind)["statusReason"] == "Dependent Job failed"


def test_the_reason_must_last(sandbox: Sandbox, player: Player, waiting: Create, job: Job, limited: Any,
                              explain: Any) -> None:  # fmt: skip
    limited(limit(CAPACITY))
    ids = [waiting() for _ in range(3)]
    for job_id in ids:
        explain(job_id, f"{CAPACITY} - x")
    sandbox.clock.advance(300)
    explain(ids[0], "")
    explain(ids[1], f"{SIZE} - x")
    player.run(ids[2])
    sandbox.clock.advance(200)
    explain(ids[0], f"{CAPACITY} - x")
    sandbox.clock.advance(500)
    assert [job(job_id)["status"] for job_id in ids] == ["RUNNABLE", "RUNNABLE", "RUNNING"]
    sandbox.clock.advance(101)
    assert job(ids[0])["status"] == "FAILED"


def test_a_limit_that_comes_or_goes_later(
    sandbox: Sandbox, waiting: Create, job: Job, limited: Any, explain: Any
) -> None:
    job_id, other = waiting(), waiting()
    explain(job_id, f"{CAPACITY} - x")
    sandbox.clock.advance(7200)
    limited(limit(SIZE), limit(CAPACITY))
    assert job(job_id)["status"] == "FAILED"
    explain(other, f"{CAPACITY} - x")
    limited(limit(CAPACITY, 3600))
    sandbox.clock.advance(700)
    assert job(other)["status"] == "RUNNABLE"
    limited()
    sandbox.clock.advance(7200)
    assert job(other)["status"] == "RUNNABLE"


def test_what_does_not_wait_has_no_such_reason(player: Player, waiting: Create, job: Job, explain: Any) -> None:
    job_id = waiting()
    explain(job_id, f"{CAPACITY} - x")
    player.run(job_id)
    explain(job_id, f"{CAPACITY} - x")
    assert "statusReason" not in job(job_id)
