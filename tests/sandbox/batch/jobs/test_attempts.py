"""Attempts: their time limit, and the place of what is tried again."""

from collections.abc import Callable
from typing import Any

from sandbox.inprocess import Sandbox
from tests.support.job_player import Player

Create = Callable[..., str]
Job = Callable[[str], dict[str, Any]]
TIMED_OUT = "Job attempt duration exceeded timeout"
MINUTE: dict[str, Any] = {"timeout": {"attemptDurationSeconds": 60}, "retryStrategy": {"attempts": 3}}


def test_an_attempt_that_takes_too_long_is_ended_and_never_tried_again(
    sandbox: Sandbox, player: Player, waiting: Create, job: Job
) -> None:
    job_id = waiting(**MINUTE)
    sandbox.clock.advance(600)
    player.place(job_id)
    sandbox.clock.advance(600)
    player.run(job_id)
    sandbox.clock.advance(59)
    assert player.stops == []
    sandbox.clock.advance(2)
    assert player.stops == [(job_id, TIMED_OUT)]
    assert job(job_id)["status"] == "RUNNING"
    player.end_stopped(job_id, 137)
    found = job(job_id)
    assert (found["status"], found["statusReason"]) == ("FAILED", TIMED_OUT)
    [attempt] = found["attempts"]
    assert (attempt["statusReason"], attempt["container"]["exitCode"]) == (TIMED_OUT, 137)


def test_the_time_of_an_attempt_is_its_own(sandbox: Sandbox, player: Player, waiting: Create, job: Job) -> None:
    job_id = waiting(**MINUTE)
    player.run(job_id)
    sandbox.clock.advance(50)
    player.finish(job_id, 1)
    player.run(job_id)
    sandbox.clock.advance(50)
    assert (player.stops, job(job_id)["status"]) == ([], "RUNNING")
    player.finish(job_id)
    sandbox.clock.advance(600)
    assert (player.stops, job(job_id)["status"]) == ([], "SUCCEEDED")


def test_a_timeout_is_the_children_s(sandbox: Sandbox, player: Player, waiting: Create) -> None:
    array = waiting(arrayProperties={"size": 2}, **MINUTE)
    player.run(f"{array}:1")
    sandbox.clock.advance(61)
    assert player.stops == [(f"{array}:1", TIMED_OUT)]


def test_what_is_tried_again_keeps_its_place(batch: Any, player: Player, waiting: Create, a_queue: str) -> None:
    ids = [waiting(retryStrategy={"attempts": 2}) for _ in range(3)]
    player.complete(ids[1], 1)
    front = batch.get_job_queue_snapshot(jobQueue=a_queue)["frontOfQueue"]["jobs"]
    assert [each["jobArn"].rpartition("/")[2] for each in front] == ids


def test_what_waits_for_others_keeps_its_place(batch: Any, player: Player, waiting: Create, a_queue: str) -> None:
    """In the order of submission, as far as dependencies let it."""
    first = waiting()
    second = waiting(dependsOn=[{"jobId": first}])
    third = waiting()
    player.complete(first)
    front = batch.get_job_queue_snapshot(jobQueue=a_queue)["frontOfQueue"]["jobs"]
    assert [each["jobArn"].rpartition("/")[2] for each in front] == [second, third]


def test_evaluate_on_exit_over_attempts(player: Player, waiting: Create, job: Job) -> None:
    """The rules of Nextflow's maxSpotAttempts."""
    rules = [{"onStatusReason": "Host EC2*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}]
    job_id = waiting(retryStrategy={"attempts": 5, "evaluateOnExit": rules})
    for number in (1, 2):
        player.complete(job_id, None, "Host EC2 (instance i-1) terminated.")
        assert (job(job_id)["status"], len(job(job_id)["attempts"])) == ("RUNNABLE", number)
    player.complete(job_id, 1)
    assert (job(job_id)["status"], len(job(job_id)["attempts"])) == ("FAILED", 3)
