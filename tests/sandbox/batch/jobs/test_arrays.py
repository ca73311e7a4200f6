"""Array jobs: the parent and its children."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support.job_player import Player

Create = Callable[..., str]
Job = Callable[[str], dict[str, Any]]
NONE = {"SUBMITTED": 0, "PENDING": 0, "RUNNABLE": 0, "STARTING": 0, "RUNNING": 0, "SUCCEEDED": 0, "FAILED": 0}


def summary(job: dict[str, Any]) -> dict[str, int]:
    return dict(job["arrayProperties"]["statusSummary"])


def test_the_life_of_an_array(player: Player, sandbox: Sandbox, submit: Create, job: Job) -> None:
    array = submit(arrayProperties={"size": 3})
    found = job(array)
    assert (found["status"], found["arrayProperties"]["size"], summary(found)) == (
        "SUBMITTED", 3, {**NONE, "SUBMITTED": 3},
    )  # fmt: skip
    sandbox.clock.advance(2)
    assert (job(array)["status"], summary(job(array))) == ("PENDING", {**NONE, "RUNNABLE": 3})
    player.place(f"{array}:0")
    player.run(f"{array}:1")
    player.complete(f"{array}:2")
    assert (job(array)["status"], summary(job(array))) == (
        "PENDING", {**NONE, "STARTING": 1, "RUNNING": 1, "SUCCEEDED": 1},
    )  # fmt: skip
    sandbox.clock.advance(5)
    player.finish(f"{array}:0")
    assert job(array)["status"] == "PENDING"
    player.finish(f"{array}:1")
    found = job(array)
    assert (found["status"], found.get("statusReason"), summary(found)) == (
        "SUCCEEDED", None, {**NONE, "SUCCEEDED": 3},
    )  # fmt: skip
    last, changed = job(f"{array}:1")["stoppedAt"], found["arrayProperties"]["statusSummaryLastUpdatedAt"]
    assert last <= changed <= found["stoppedAt"]
    assert (found["attempts"], found.keys() & {"startedAt"}) == ([], set())


def test_a_failed_child_fails_the_parent_when_all_have_ended(player: Player, waiting: Create, job: Job) -> None:
    array = waiting(arrayProperties={"size": 2})
    player.complete(f"{array}:0", 1)
    assert job(array)["status"] == "PENDING"
    player.complete(f"{array}:1")
    found = job(array)
    assert (found["status"], found["statusReason"]) == ("FAILED", "Array Child Job failed")


def test_a_child_is_retried_by_itself(player: Player, waiting: Create, job: Job) -> None:
    array = waiting(arrayProperties={"size": 2}, retryStrategy={"attempts": 2})
    player.complete(f"{array}:0", 1)
    assert (job(f"{array}:0")["status"], len(job(f"{array}:0")["attempts"])) == ("RUNNABLE", 1)
    assert job(f"{array}:1")["attempts"] == []
    for index in range(2):
        player.complete(f"{array}:{index}")
    assert job(array)["status"] == "SUCCEEDED"


def test_a_child_is_a_job_of_its_own(batch: Any, player: Player, waiting: Create, job: Job) -> None:
    array = waiting("align", arrayProperties={"size": 2})
    found = job(f"{array}:1")
    assert found["jobArn"] == f"{job(array)['jobArn']}:1"
    assert (found["jobId"], found["jobName"], found["arrayProperties"]) == (f"{array}:1", "align", {"index": 1})
    player.run(f"{array}:1")

    def listed(**query: Any) -> list[str]:
        return [each["jobId"] for each in batch.list_jobs(**query)["jobSummaryList"]]

    assert listed(arrayJobId=array) == [f"{array}:1"]
    assert listed(arrayJobId=array, jobStatus="RUNNABLE") == [f"{array}:0"]
    other = [{"name": "JOB_NAME", "values": ["other"]}]
    assert listed(arrayJobId=array, jobStatus="RUNNABLE", filters=other) == [f"{array}:0"]
    assert listed(jobQueue="queue", jobStatus="PENDING") == [array]
    assert listed(jobQueue="queue") == []
    [parent] = batch.list_jobs(jobQueue="queue", jobStatus="PENDING")["jobSummaryList"]
    assert parent["arrayProperties"]["size"] == 2
    assert parent["arrayProperties"]["statusSummary"] == {**NONE, "RUNNABLE": 1, "RUNNING": 1}
    [child] = batch.list_jobs(arrayJobId=array)["jobSummaryList"]
    assert child["arrayProperties"] == {"index": 1}


def test_the_front_of_a_queue_has_children_and_no_parent(batch: Any, waiting: Create, a_queue: str) -> None:
    first = waiting()
    array = waiting(arrayProperties={"size": 2})
    last = waiting()
    front = batch.get_job_queue_snapshot(jobQueue=a_queue)["frontOfQueue"]["jobs"]
    ids = [each["jobArn"].partition("job/")[2] for each in front]
    assert ids == [first, f"{array}:0", f"{array}:1", last]


@pytest.mark.parametrize("size", [0, 1, 10_001])
def test_sizes(submit: Create, denied: Any, size: int) -> None:
    with denied("size must be between 2 and 10000"):
        submit(arrayProperties={"size": size})


def test_the_largest(sandbox: Sandbox, batch: Any, waiting: Create, job: Job) -> None:
    array = waiting(arrayProperties={"size": 10_000})
    assert summary(job(array)) == {**NONE, "RUNNABLE": 10_000}
    pages = batch.get_paginator("list_jobs").paginate(arrayJobId=array, jobStatus="RUNNABLE")
    sizes = [len(page["jobSummaryList"]) for page in pages]
    assert sizes == [1000] * 10
    batch.terminate_job(jobId=array, reason="enough")
    assert (job(array)["status"], summary(job(array))) == ("FAILED", {**NONE, "FAILED": 10_000})


def test_only_arrays_have_children(batch: Any, submit: Create, denied: Any) -> None:
    for job_id in (submit(), "nobody"):
        with denied("does not exist"):
            batch.list_jobs(arrayJobId=job_id)
