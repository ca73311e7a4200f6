"""ListJobs and DescribeJobs: whose jobs, which, in which order, on which pages."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support.job_player import INSTANCE, Player

Create = Callable[..., str]
Job = Callable[[str], dict[str, Any]]


@pytest.fixture
def listed(batch: Any) -> Callable[..., list[str]]:
    """The ids that ListJobs of the queue gives."""

    def ask(**query: Any) -> list[str]:
        return [each["jobId"] for each in batch.list_jobs(jobQueue="queue", **query)["jobSummaryList"]]

    return ask


def test_of_a_status_and_running_unless_asked(
    player: Player, waiting: Create, listed: Callable[..., list[str]]
) -> None:
    first, second, third = waiting(), waiting(), waiting()
    player.run(first)
    player.run(third)
    assert listed() == [third, first]
    assert listed(jobStatus="RUNNABLE") == [second]
    player.finish(first, 1)
    assert listed(jobStatus="FAILED") == [first]
    assert listed() == [third]


def test_exactly_one_owner(batch: Any, submit: Create, denied: Any, refused: Any) -> None:
    array = submit(arrayProperties={"size": 2})
    for query in ({}, {"jobQueue": "queue", "arrayJobId": array}):
        with denied("Exactly one of"):
            batch.list_jobs(**query)
    with refused("NotImplemented"):
        batch.list_jobs(multiNodeJobId="any")


def test_filters_hide_the_status(
    sandbox: Sandbox, player: Player, waiting: Create, listed: Callable[..., list[str]], denied: Any
) -> None:
    first, second = waiting("Align-1"), waiting("call")
    player.run(second)

    def filtered(name: str, *values: str) -> list[str]:
        return listed(filters=[{"name": name, "values": list(values)}], jobStatus="FAILED")

    assert filtered("JOB_NAME", "align-1") == [first]
    assert filtered("JOB_NAME", "ALI*", "call") == [second, first]
    assert filtered("JOB_NAME", "align") == []
    assert filtered("SHARE_IDENTIFIER", "any") == []
    for value in ("", "yesterday", "-1"):
        with denied("is no time in milliseconds"):
            filtered("AFTER_CREATED_AT", value)
    with denied("Exactly one filter"):
        listed(filters=[{"name": "JOB_NAME", "values": ["a"]}, {"name": "JOB_NAME", "values": ["b"]}])
    with denied("can not be empty"):
        filtered("JOB_NAME")


def test_definitions_are_filtered_by_name_or_arn_in_their_own_case(
    batch: Any, submit: Create, listed: Callable[..., list[str]], definition: str
) -> None:
    container = {"image": "busybox", "vcpus": 1, "memory": 512}
    for name in ("jd1", "jd1", "jd1A"):
        batch.register_job_definition(jobDefinitionName=name, type="container", containerProperties=container)
    first, second, third = (submit(jobDefinition=name) for name in ("jd1:1", "jd1:2", "jd1A"))
    prefix = definition.rpartition("/")[0]

    def filtered(value: str) -> list[str]:
        return listed(filters=[{"name": "JOB_DEFINITION", "values": [value]}])

    assert filtered("jd1") == [second, first]
    assert filtered("jd1*") == [third, second, first]
    assert filtered("JD1") == []
    assert filtered(f"{prefix}/jd1:1") == [first]
    assert filtered(f"{prefix}/jd1*") == []


def test_pages_of_1000_by_status_and_of_100_by_filter(
    batch: Any, sandbox: Sandbox, submit: Create, denied: Any
) -> None:
    for _ in range(101):
        submit()
    sandbox.clock.advance(2)
    by_status: dict[str, Any] = {"jobQueue": "queue", "jobStatus": "RUNNABLE"}
    by_filter: dict[str, Any] = {"jobQueue": "queue", "filters": [{"name": "JOB_NAME", "values": ["job"]}]}
    assert len(batch.list_jobs(**by_status)["jobSummaryList"]) == 101
    page = batch.list_jobs(**by_filter)
    assert len(page["jobSummaryList"]) == 100
    assert len(batch.list_jobs(**by_filter, nextToken=page["nextToken"])["jobSummaryList"]) == 1
    assert len(batch.list_jobs(**by_status, maxResults=1000)["jobSummaryList"]) == 101
    for query, size in ((by_status, 1001), (by_filter, 101), (by_status, 0)):
        with denied("maxResults must be between"):
            batch.list_jobs(**query, maxResults=size)


def test_a_summary_through_a_job_s_life(batch: Any, player: Player, waiting: Create, job: Job) -> None:
    job_id = waiting(containerOverrides={"vcpus": 2})

    def summary(status: str) -> dict[str, Any]:
        [found] = batch.list_jobs(jobQueue="queue", jobStatus=status)["jobSummaryList"]
        return dict(found)

    found = summary("RUNNABLE")
    assert found["capacityUsage"] == [{"capacityUnit": "VCPU", "quantity": 2.0}]
    late = {"scheduledAt", "startedAt", "stoppedAt", "container", "statusReason", "isCancelled", "isTerminated"}
    assert found.keys() & late == set()
    player.place(job_id)
    assert summary("STARTING").keys() & late == {"scheduledAt"}
    player.run(job_id)
    assert summary("RUNNING").keys() & late == {"scheduledAt", "startedAt"}
    player.finish(job_id, 3)
    found, detail = summary("FAILED"), job(job_id)
    assert found["container"] == {"exitCode": 3}
    assert found["statusReason"] == "Essential container in task exited"
    assert [found[name] for name in ("createdAt", "startedAt", "stoppedAt")] == [
        detail[name] for name in ("createdAt", "startedAt", "stoppedAt")
    ]
    assert found["createdAt"] <= found["scheduledAt"] <= found["startedAt"] <= found["stoppedAt"]
    ended = waiting()
    batch.cancel_job(jobId=ended, reason="why")
    [cancelled] = [each for each in batch.list_jobs(jobQueue="queue", jobStatus="FAILED")["jobSummaryList"]
                   if each["jobId"] == ended]  # fmt: skip
    assert cancelled["isCancelled"]


def test_a_detail_through_a_job_s_life(player: Player, waiting: Create, job: Job) -> None:
    job_id = waiting(retryStrategy={"attempts": 2})
    own = {"containerInstanceArn", "taskArn", "exitCode", "reason", "logStreamName"}
    assert job(job_id)["container"].keys() & own == set()
    player.place(job_id)
    found = job(job_id)
    assert (found["container"]["containerInstanceArn"], found.keys() & {"startedAt"}) == (INSTANCE, set())
    player.run(job_id)
    assert job(job_id)["container"]["logStreamName"].startswith("work/default/")
    assert job(job_id)["attempts"] == []
    player.finish(job_id, None, "Host EC2 (instance i-1) terminated.")
    found = job(job_id)
    [attempt] = found["attempts"]
    assert found["status"] == "RUNNABLE"
    assert "statusReason" not in found
    assert attempt["container"].keys() == {"containerInstanceArn", "logStreamName", "networkInterfaces"}
    assert attempt["statusReason"] == "Host EC2 (instance i-1) terminated."
    assert all(isinstance(attempt[name], int) for name in ("startedAt", "stoppedAt"))
    assert found["container"]["logStreamName"] == attempt["container"]["logStreamName"]
    player.complete(job_id)
    found = job(job_id)
    assert (found["status"], found["statusReason"], found["container"]["exitCode"]) == (
        "SUCCEEDED", "Essential container in task exited", 0,
    )  # fmt: skip
    assert [each["container"].get("exitCode") for each in found["attempts"]] == [None, 0]
    assert found["startedAt"] == found["attempts"][1]["startedAt"]


def test_at_most_100_and_unknown_ones_are_left_out(batch: Any, submit: Create, denied: Any) -> None:
    first = submit()
    found = batch.describe_jobs(jobs=["nobody", first, f"{first}:0"])["jobs"]
    assert [each["jobId"] for each in found] == [first]
    for number, words in ((0, "can not be empty"), (101, "Exception : Maximum number of jobs supported is  100 .")):
        with denied(words):
            batch.describe_jobs(jobs=["nobody"] * number)


def test_a_finished_job_can_be_read_for_days(sandbox: Sandbox, player: Player, waiting: Create, job: Job) -> None:
    job_id = waiting()
    player.complete(job_id)
    sandbox.clock.advance(7 * 86400)
    assert job(job_id)["status"] == "SUCCEEDED"
