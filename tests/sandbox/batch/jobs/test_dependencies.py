"""Jobs that wait for others."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support.job_player import Player

Create = Callable[..., str]
Job = Callable[[str], dict[str, Any]]
FAILED = ("FAILED", "Dependent Job failed")


def on(*ids: str, kind: str | None = None) -> list[dict[str, str]]:
    return [{"jobId": job_id, **({"type": kind} if kind else {})} for job_id in ids]


def told(job: dict[str, Any]) -> tuple[str, str]:
    return job["status"], job.get("statusReason", "")


def test_a_job_waits_for_all_that_it_depends_on(player: Player, waiting: Create, job: Job) -> None:
    first, second = waiting(), waiting()
    last = waiting(dependsOn=on(first, second, first))
    player.complete(first)
    assert job(last)["status"] == "PENDING"
    player.complete(second)
    assert job(last)["status"] == "RUNNABLE"
    assert [each["jobId"] for each in job(last)["dependsOn"]] == [first, second, first]


def test_a_job_fails_with_what_it_depends_on_and_all_behind_it_too(player: Player, waiting: Create, job: Job) -> None:
    first, other = waiting(), waiting()
    middle = waiting(dependsOn=on(first, other))
    last = waiting(dependsOn=on(middle))
    player.complete(first, 1)
    for job_id in (middle, last):
        found = job(job_id)
        assert told(found) == FAILED
        assert (found.keys() & {"startedAt"}, found["attempts"]) == (set(), [])
        assert found["stoppedAt"] >= found["createdAt"]
    player.complete(other)
    assert told(job(middle)) == FAILED


def test_a_dependency_that_has_ended_before(player: Player, sandbox: Sandbox, waiting: Create, job: Job) -> None:
    good, bad = waiting(), waiting()
    player.complete(good)
    player.complete(bad, 1)
    assert job(waiting(dependsOn=on(good)))["status"] == "RUNNABLE"
    assert told(job(waiting(dependsOn=on(bad)))) == FAILED


def test_a_dependency_that_fails_while_the_job_is_new(player: Player, submit: Create, waiting: Create, job: Job,
                                                      sandbox: Sandbox) -> None:  # fmt: skip
    first = waiting()
    last = submit(dependsOn=on(first))
    player.complete(first, 1)
    assert job(last)["status"] == "SUBMITTED"
    sandbox.clock.advance(2)
    assert told(job(last)) == FAILED


def test_a_retried_dependency_is_waited_for(player: Player, waiting: Create, job: Job) -> None:
    first = waiting(retryStrategy={"attempts": 2})
    last = waiting(dependsOn=on(first))
    player.complete(first, 1)
    assert job(last)["status"] == "PENDING"
    player.complete(first)
    assert job(last)["status"] == "RUNNABLE"


def test_child_for_child(player: Player, waiting: Create, job: Job) -> None:
    first = waiting(arrayProperties={"size": 3})
    last = waiting(arrayProperties={"size": 3}, dependsOn=on(first, kind="N_TO_N"))
    assert {job(f"{last}:{index}")["status"] for index in range(3)} == {"PENDING"}
    player.complete(f"{first}:1")
    player.complete(f"{first}:2", 1)
    assert [told(job(f"{last}:{index}")) for index in range(3)] == [("PENDING", ""), ("RUNNABLE", ""), FAILED]
    player.complete(f"{first}:0")
    player.complete(f"{last}:0")
    assert job(last)["status"] == "PENDING"
    player.complete(f"{last}:1")
    assert told(job(last)) == ("FAILED", "Array Child Job failed")


def test_one_child_after_the_other(player: Player, waiting: Create, job: Job) -> None:
    array = waiting(arrayProperties={"size": 3}, dependsOn=[{"type": "SEQUENTIAL"}])
    for index in range(3):
        statuses = [job(f"{array}:{number}")["status"] for number in range(3)]
        assert statuses == ["SUCCEEDED"] * index + ["RUNNABLE"] + ["PENDING"] * (2 - index)
        player.complete(f"{array}:{index}")
    assert told(job(array)) == ("SUCCEEDED", "")


def test_a_whole_array_is_waited_for_and_waits_as_a_whole(player: Player, waiting: Create, job: Job) -> None:
    first = waiting(arrayProperties={"size": 2})
    middle = waiting(dependsOn=on(first))
    last = waiting(arrayProperties={"size": 2}, dependsOn=on(middle))
    player.complete(f"{first}:0")
    assert job(middle)["status"] == "PENDING"
    player.complete(f"{first}:1")
    assert (job(middle)["status"], job(last)["status"], job(f"{last}:1")["status"]) == (
        "RUNNABLE", "PENDING", "PENDING",
    )  # fmt: skip
    player.complete(middle)
    assert (job(last)["status"], job(f"{last}:1")["status"]) == ("PENDING", "RUNNABLE")


def test_an_array_fails_with_what_it_depends_on(player: Player, waiting: Create, job: Job) -> None:
    first = waiting()
    array = waiting(arrayProperties={"size": 2}, dependsOn=on(first))
    player.complete(first, 1)
    assert [told(job(job_id)) for job_id in (array, f"{array}:0", f"{array}:1")] == [FAILED] * 3
    late = waiting(arrayProperties={"size": 2}, dependsOn=on(first))
    assert [told(job(job_id)) for job_id in (late, f"{late}:0", f"{late}:1")] == [FAILED] * 3


def test_a_long_chain_ends_at_once(player: Player, sandbox: Sandbox, submit: Create, waiting: Create, job: Job) -> None:
    """Longer than Python's stack is deep."""
    array = waiting(arrayProperties={"size": 3000}, dependsOn=[{"type": "SEQUENTIAL"}])
    player.complete(f"{array}:0", 1)
    assert told(job(array)) == ("FAILED", "Array Child Job failed")
    assert told(job(f"{array}:2999")) == FAILED
    assert job(array)["arrayProperties"]["statusSummary"]["FAILED"] == 3000


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dependsOn": on("nobody")}, "job nobody does not exist"),
        ({"dependsOn": [{}]}, "jobId must be specified"),
        ({"dependsOn": [{"type": "SEQUENTIAL"}]}, "SEQUENTIAL is for array jobs only"),
        ({"arrayProperties": {"size": 2}, "dependsOn": [{"type": "N_TO_N"}]}, "jobId must be specified"),
    ],
)
def test_what_is_refused(submit: Create, denied: Any, changes: dict[str, Any], words: str) -> None:
    with denied(words):
        submit(**changes)


def test_the_size_law_of_child_for_child(submit: Create, denied: Any) -> None:
    plain, array = submit(), submit(arrayProperties={"size": 3})
    for other in (plain, array):
        with denied("same size"):
            submit(arrayProperties={"size": 2}, dependsOn=on(other, kind="N_TO_N"))
    with denied("N_TO_N is for array jobs only"):
        submit(dependsOn=on(array, kind="N_TO_N"))


def test_at_most_20(submit: Create, denied: Any) -> None:
    ids = [submit() for _ in range(21)]
    submit(dependsOn=on(*ids[:20]))
    with denied("Job cannot have more than 20 dependencies"):  # AWS's words: OpenNeuroOrg/openneuro#100
        submit(dependsOn=on(*ids))
