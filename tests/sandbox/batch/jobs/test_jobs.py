"""Jobs: submitted, waiting by the clock, placed and ended, cancelled and terminated."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support.job_player import Player

Create = Callable[..., str]
Job = Callable[[str], dict[str, Any]]
ARN = "arn:aws:batch:us-east-1:123456789012:job-definition"


def test_one_waits_for_a_place(sandbox: Sandbox, submit: Create, job: Job) -> None:
    waiting = submit()
    assert job(waiting)["status"] == "SUBMITTED"
    sandbox.clock.advance(2)
    found = job(waiting)
    assert (found["status"], found.keys() & {"startedAt"}, found["attempts"]) == ("RUNNABLE", set(), [])
    assert (found["container"]["vcpus"], found["container"]["memory"]) == (1, 512)
    assert found["container"]["resourceRequirements"] == []
    sandbox.clock.advance(7200)
    assert job(waiting)["status"] == "RUNNABLE"
    assert "statusReason" not in job(waiting)


def test_it_depends(sandbox: Sandbox, player: Player, submit: Create, job: Job, denied: Any) -> None:
    first = submit()
    second = submit(dependsOn=[{"jobId": first}])
    sandbox.clock.advance(2)
    assert job(second)["status"] == "PENDING"
    player.run(first)
    player.finish(first)
    assert (job(first)["status"], job(first)["container"]["exitCode"]) == ("SUCCEEDED", 0)
    assert job(second)["status"] == "RUNNABLE"
    third = submit(dependsOn=[{"jobId": second}])
    player.run(second)
    player.finish(second, 1)
    sandbox.clock.advance(2)
    assert (job(third)["status"], job(third)["statusReason"]) == ("FAILED", "Dependent Job failed")
    with denied("does not exist"):
        submit(dependsOn=[{"jobId": "nobody"}])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"jobQueue": "nobody"}, "JobQueue nobody not found"),
        ({"jobDefinition": "nobody"}, "JobDefinition name nobody does not exist or is not in ACTIVE status"),
        ({"jobDefinition": f"{ARN}/nobody"}, f"JobDefinition {ARN}/nobody not found."),
        ({"jobDefinition": "work:9"}, "JobDefinition work:9 not found"),
        ({"jobName": "a.job"}, "Exception : Job name should match valid pattern"),
        ({"retryStrategy": {"attempts": 11}}, "attempts"),
        ({"containerOverrides": {"memory": 1}}, "at least 4 MiB"),
    ],
)
def test_what_is_refused(submit: Create, denied: Any, changes: dict[str, Any], words: str) -> None:
    with denied(words):
        submit(**changes)


def test_a_disabled_queue_takes_none(sandbox: Sandbox, batch: Any, submit: Create, denied: Any) -> None:
    batch.update_job_queue(jobQueue="queue", state="DISABLED")
    sandbox.clock.advance(3)
    with denied("cannot accept jobs"):
        submit()


def test_definitions_by_name(batch: Any, submit: Create, job: Job, definition: str, denied: Any) -> None:
    assert job(submit(jobDefinition="work"))["jobDefinition"] == definition
    batch.deregister_job_definition(jobDefinition="work:1")
    with denied("not in ACTIVE status"):
        submit(jobDefinition="work:1")
    with denied("JobDefinition name work does not exist or is not in ACTIVE status"):
        submit(jobDefinition="work")


def test_overrides(submit: Create, job: Job) -> None:
    overrides = {
        "command": ["false"],
        "environment": [{"name": "A", "value": "B"}],
        "resourceRequirements": [{"type": "VCPU", "value": "4"}],
    }
    found = job(submit(containerOverrides=overrides, tags={"a": "b"}))
    assert found["container"]["command"] == ["false"]
    assert found["container"]["environment"] == [{"name": "A", "value": "B"}]
    assert found["container"]["resourceRequirements"] == [{"type": "VCPU", "value": "4"}]
    assert found["container"]["memory"] == 512
    assert found["tags"] == {"a": "b"}


def test_cancelling(sandbox: Sandbox, player: Player, batch: Any, submit: Create, job: Job, denied: Any) -> None:
    waiting, running = submit(), submit()
    sandbox.clock.advance(2)
    player.run(running)
    for each in (waiting, running):
        batch.cancel_job(jobId=each, reason="no need")
    found = job(waiting)
    assert (found["status"], found["statusReason"], found["isCancelled"]) == ("FAILED", "no need", True)
    assert job(running)["status"] == "RUNNING"
    with denied("does not exist"):
        batch.cancel_job(jobId="nobody", reason="no need")


def test_terminating(sandbox: Sandbox, player: Player, batch: Any, submit: Create, job: Job) -> None:
    waiting, running = submit(), submit(retryStrategy={"attempts": 3})
    sandbox.clock.advance(2)
    player.run(running)
    for each in (waiting, running):
        batch.terminate_job(jobId=each, reason="enough")
    assert job(running)["status"] == "RUNNING"
    player.end_stopped(running, 137)
    for each in (waiting, running):
        found = job(each)
        assert (found["status"], found["statusReason"], found["isTerminated"]) == ("FAILED", "enough", True)


def test_attempts(sandbox: Sandbox, player: Player, submit: Create, job: Job) -> None:
    failing = submit(retryStrategy={"attempts": 2})
    sandbox.clock.advance(2)
    player.run(failing)
    player.finish(failing, 1)
    assert job(failing)["status"] == "RUNNABLE"
    player.run(failing)
    player.finish(failing, 1)
    assert (job(failing)["status"], len(job(failing)["attempts"])) == ("FAILED", 2)


def test_listing(sandbox: Sandbox, player: Player, batch: Any, submit: Create, denied: Any) -> None:
    ids = []
    for name in ("align-1", "align-2", "call"):
        ids.append(submit(name))
        sandbox.clock.advance(2)
    player.run(ids[2])

    def listed(**query: Any) -> list[str]:
        return [each["jobName"] for each in batch.list_jobs(jobQueue="queue", **query)["jobSummaryList"]]

    assert listed() == ["call"]
    assert listed(jobStatus="RUNNABLE") == ["align-2", "align-1"]
    assert listed(filters=[{"name": "JOB_NAME", "values": ["align*"]}]) == ["align-2", "align-1"]
    assert len(listed(filters=[{"name": "JOB_DEFINITION", "values": ["work"]}])) == 3
    created = batch.describe_jobs(jobs=ids[1:2])["jobs"][0]["createdAt"]
    assert listed(filters=[{"name": "BEFORE_CREATED_AT", "values": [str(created)]}]) == ["align-1"]
    assert listed(filters=[{"name": "AFTER_CREATED_AT", "values": [str(created)]}]) == ["call"]
    with denied("Exactly one filter"):
        listed(filters=[{"name": "COLOUR", "values": ["red"]}])
    with denied("must be specified"):
        batch.list_jobs()
    page = batch.list_jobs(jobQueue="queue", jobStatus="RUNNABLE", maxResults=1)
    rest = batch.list_jobs(jobQueue="queue", jobStatus="RUNNABLE", maxResults=1, nextToken=page["nextToken"])
    assert [each["jobId"] for each in page["jobSummaryList"] + rest["jobSummaryList"]] == [ids[1], ids[0]]


def test_the_front_of_a_queue(sandbox: Sandbox, batch: Any, submit: Create, a_queue: str) -> None:
    ids = [submit(), submit()]
    sandbox.clock.advance(2)
    front = batch.get_job_queue_snapshot(jobQueue=a_queue)["frontOfQueue"]["jobs"]
    assert [each["jobArn"].rpartition("/")[2] for each in front] == ids


def test_other_kinds_are_not_pretended(submit: Create, refused: Any) -> None:
    for changes in (
        {"nodeOverrides": {"numNodes": 2}},
        {"eksPropertiesOverride": {"podProperties": {"metadata": {"labels": {"a": "b"}}}}},
    ):
        with refused("NotImplemented"):
            submit(**changes)
