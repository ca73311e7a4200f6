"""SubmitJob: what is refused at once, and what is taken and fails."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox

Create = Callable[..., str]
Job = Callable[[str], dict[str, Any]]


def overrides_of(length: int) -> dict[str, Any]:
    """containerOverrides that are that many characters long, as JSON without blanks."""
    empty = len('{"command":[""]}')
    return {"command": ["x" * (length - empty)]}


def test_overrides_that_are_too_long_fail_the_job(submit: Create, waiting: Create, job: Job) -> None:
    assert job(waiting(containerOverrides=overrides_of(8192)))["status"] == "RUNNABLE"
    long = submit(containerOverrides=overrides_of(8193))
    assert job(long)["status"] == "SUBMITTED"
    found = job(waiting(containerOverrides=overrides_of(8193)))
    assert (found["status"], found["statusReason"], found["attempts"]) == (
        "FAILED", "Container Overrides length must be at most 8192", [],
    )  # fmt: skip


def test_the_whole_request_is_limited(submit: Create, denied: Any) -> None:
    submit(parameters={"a": "x" * 30_000})
    with denied("Job size must be less than 30 KiB, got 30 KiB"):
        submit(parameters={"a": "x" * 31_000})


def test_an_array_that_fails_at_once(waiting: Create, job: Job) -> None:
    array = waiting(arrayProperties={"size": 2}, containerOverrides=overrides_of(9000))
    for job_id in (array, f"{array}:0", f"{array}:1"):
        assert job(job_id)["statusReason"] == "Container Overrides length must be at most 8192"
    assert job(array)["arrayProperties"]["statusSummary"]["FAILED"] == 2


def test_tags_to_propagate(batch: Any, waiting: Create, job: Job) -> None:
    """A job has its own tags alone; together with its definition's they may be 50."""
    container = {"image": "busybox", "vcpus": 1, "memory": 512}
    tags = {f"of-definition-{number}": "" for number in range(30)}
    batch.register_job_definition(
        jobDefinitionName="tagged", type="container", containerProperties=container, tags=tags
    )
    own = {f"of-job-{number}": "" for number in range(21)}
    found = job(waiting(jobDefinition="tagged", tags=own, propagateTags=True))
    assert found["status"] == "FAILED"
    assert "at most 50" in found["statusReason"]
    assert job(waiting(jobDefinition="tagged", tags=own))["status"] == "RUNNABLE"
    own.popitem()
    found = job(waiting(jobDefinition="tagged", tags=own, propagateTags=True))
    assert (found["status"], found["tags"], found["propagateTags"]) == ("RUNNABLE", own, True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"shareIdentifier": "mine"}, "shareIdentifier can not be specified"),
        ({"schedulingPriorityOverride": 1}, "schedulingPriorityOverride can not be specified"),
        ({"timeout": {"attemptDurationSeconds": 59}}, "attemptDurationSeconds must be at least 60"),
        ({"retryStrategy": {"evaluateOnExit": [{"action": "EXIT"}]}}, "attempts must be specified"),
        ({"retryStrategy": {"attempts": 1, "evaluateOnExit": [{"action": "STOP"}]}}, "is not valid"),
        (
            {"retryStrategy": {"attempts": 1, "evaluateOnExit": [{"action": "EXIT", "onReason": "a*b"}]}},
            "onReason 'a*b' is not valid",
        ),
        (
            {"retryStrategy": {"attempts": 1, "evaluateOnExit": [{"action": "EXIT", "onReason": "Host (x)*"}]}},
            "onReason 'Host (x)*' is not valid",
        ),
        ({"retryStrategy": {"attempts": 1, "evaluateOnExit": [{"action": "EXIT"}] * 6}}, "at most 5"),
        ({"containerOverrides": {"environment": [{"name": "AWS_BATCH_X", "value": ""}]}}, "AWS_BATCH"),
        ({"containerOverrides": {"command": [""]}}, "empty string"),
        ({"tags": {"aws:x": ""}}, "reserved"),
    ],
)
def test_what_is_refused(submit: Create, denied: Any, changes: dict[str, Any], words: str) -> None:
    with denied(words):
        submit(**changes)


@pytest.mark.parametrize("action", ["retry", "Exit", "EXIT"])
def test_an_action_in_any_case(submit: Create, job: Job, action: str) -> None:
    strategy = {"attempts": 2, "evaluateOnExit": [{"action": action, "onExitCode": "1*"}]}
    assert job(submit(retryStrategy=strategy))["retryStrategy"] == strategy


def test_a_queue_that_is_being_deleted(sandbox: Sandbox, batch: Any, submit: Create, denied: Any) -> None:
    batch.update_job_queue(jobQueue="queue", state="DISABLED")
    sandbox.clock.advance(3)
    batch.delete_job_queue(jobQueue="queue")
    with denied("cannot accept jobs"):
        submit()


def test_the_end_of_a_queue_ends_its_jobs(
    sandbox: Sandbox, batch: Any, submit: Create, waiting: Create, job: Job
) -> None:
    array, last = waiting(arrayProperties={"size": 2}), waiting()
    batch.update_job_queue(jobQueue="queue", state="DISABLED")
    sandbox.clock.advance(3)
    assert job(last)["status"] == "RUNNABLE"
    batch.delete_job_queue(jobQueue="queue")
    sandbox.clock.advance(3)
    for job_id in (array, f"{array}:1", last):
        assert (job(job_id)["status"], job(job_id)["statusReason"]) == ("FAILED", "JobQueue deleted")


def test_the_rate_can_be_limited_as_on_aws(sandbox: Sandbox, submit: Create, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox.world, "submissions_per_second", 1)
    with pytest.raises(ClientError) as caught:
        for _ in range(100):  # until two come in a second
            submit()
    assert caught.value.response["Error"]["Code"] == "TooManyRequestsException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    sandbox.clock.advance(1.1)
    submit()
