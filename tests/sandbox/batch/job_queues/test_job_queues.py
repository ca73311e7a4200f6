"""Job queues: made by the clock, refused where AWS refuses."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox

Create = Callable[..., str]


def order(*names: str) -> list[dict[str, Any]]:
    return [{"order": place, "computeEnvironment": each} for place, each in enumerate(names, 1)]


def told(batch: Any) -> dict[str, Any]:
    [found] = batch.describe_job_queues()["jobQueues"]
    return dict(found)


def test_one_is_made_by_the_clock(sandbox: Sandbox, batch: Any, made: Create) -> None:
    one, two = made("one"), made("two")
    given = [{"order": 5, "computeEnvironment": two}, {"order": 2, "computeEnvironment": "one"}]
    batch.create_job_queue(jobQueueName="queue", priority=100, computeEnvironmentOrder=given, tags={"a": "b"})
    assert told(batch)["status"] == "CREATING"
    sandbox.clock.advance(3)
    found = told(batch)
    assert (found["status"], found["state"], found["priority"], found["tags"]) == ("VALID", "ENABLED", 100, {"a": "b"})
    assert found["computeEnvironmentOrder"] == [
        {"order": 2, "computeEnvironment": one},
        {"order": 5, "computeEnvironment": two},
    ]


def test_three_environments_at_most(made: Create, queue: Create, denied: Any) -> None:
    for name in ("a", "b", "c", "d"):
        made(name)
    with denied("At most 3 compute environments"):
        queue("a", "b", "c", "d")
    queue("a", "b", "c")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "can not be null or empty"),
        (order("nobody"), "nobody does not exist"),
        (order("one", "one"), "once only"),
        ([{"order": 1, "computeEnvironment": "one"}, {"order": 1, "computeEnvironment": "two"}], "must be unique"),
        (order("one", "arm"), "same architecture"),
    ],
)
def test_orders_that_are_refused(batch: Any, made: Create, denied: Any, given: list[Any], words: str) -> None:
    made("one")
    made("two")
    made("arm", instanceTypes=["m6g.large"])
    with denied(words):
        batch.create_job_queue(jobQueueName="queue", priority=1, computeEnvironmentOrder=given)
    assert batch.describe_job_queues()["jobQueues"] == []


def test_on_demand_and_spot_mix(made: Create, queue: Create) -> None:
    made("one")
    made("two", type="SPOT", allocationStrategy="SPOT_PRICE_CAPACITY_OPTIMIZED")
    queue("two", "one")


def test_environments_must_be_valid(sandbox: Sandbox, create: Create, queue: Create, denied: Any) -> None:
    create("one")
    with denied("its status is CREATING"):
        queue("one")
    create("two", instanceRole="nobody")
    sandbox.clock.advance(6)
    with denied("its status is INVALID"):
        queue("two")
    queue("one")


def test_names_and_priorities(made: Create, queue: Create, denied: Any) -> None:
    made()
    with denied("jobQueueName should match"):
        queue("one", name="a queue")
    with denied("Priority"):
        queue("one", priority=-1)
    queue("one")
    with denied("Object already exists"):
        queue("one")


def test_an_update_swaps_environments(sandbox: Sandbox, batch: Any, made: Create, queue: Create, denied: Any) -> None:
    one, two = made("one"), made("two")
    arn = queue("one")
    batch.update_compute_environment(computeEnvironment=one, state="DISABLED")
    sandbox.clock.advance(3)
    batch.update_job_queue(jobQueue=arn, computeEnvironmentOrder=order(two), priority=7)
    assert told(batch)["status"] == "UPDATING"
    with denied("resource is being modified"):
        batch.update_job_queue(jobQueue="queue", state="DISABLED")
    with denied("found existing JobQueue relationship"):
        batch.delete_compute_environment(computeEnvironment="one")
    sandbox.clock.advance(3)
    assert (told(batch)["status"], told(batch)["priority"]) == ("VALID", 7)
    assert told(batch)["computeEnvironmentOrder"] == order(two)
    batch.delete_compute_environment(computeEnvironment="one")


def test_an_environment_that_has_become_invalid_may_stay(
    sandbox: Sandbox, iam: Any, batch: Any, made: Create, queue: Create
) -> None:
    made("one")
    made("two")
    queue("one")
    iam.remove_role_from_instance_profile(InstanceProfileName="ecsInstanceRole", RoleName="ecsInstanceRole")
    sandbox.clock.advance(31)
    batch.update_job_queue(jobQueue="queue", computeEnvironmentOrder=order("one"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": "I said so"}, "Invalid job reason"),
        ({"maxTimeSeconds": 599}, "maxTimeSeconds"),
        ({"maxTimeSeconds": 86401}, "maxTimeSeconds"),
        ({"action": "TERMINATE"}, "Invalid job action"),
        ({"state": "RUNNING"}, "jobStateTimeLimitActions.state 'RUNNING' is not valid"),
    ],
)
def test_time_limits(batch: Any, made: Create, queue: Create, denied: Any, change: dict[str, Any], words: str) -> None:
    made()
    limit = {"reason": "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY", "state": "RUNNABLE", "maxTimeSeconds": 600,
             "action": "CANCEL"}  # fmt: skip
    with denied(words):
        queue("one", jobStateTimeLimitActions=[{**limit, **change}])
    queue("one", jobStateTimeLimitActions=[limit])
    assert told(batch)["jobStateTimeLimitActions"] == [limit]
    with denied(words):
        batch.update_job_queue(jobQueue="queue", jobStateTimeLimitActions=[{**limit, **change}])


def test_deleting_ends_its_jobs(
    sandbox: Sandbox, batch: Any, made: Create, queue: Create, submit: Create, job: Callable[..., Any]
) -> None:
    made()
    queue("one")
    waiting = submit()
    batch.update_job_queue(jobQueue="queue", state="DISABLED")
    sandbox.clock.advance(3)
    batch.delete_job_queue(jobQueue="queue")
    assert told(batch)["status"] == "DELETING"
    sandbox.clock.advance(3)
    assert batch.describe_job_queues(jobQueues=["queue"])["jobQueues"] == []
    assert job(waiting)["status"] == "FAILED"


def test_pages_and_names(batch: Any, made: Create, queue: Create) -> None:
    made()
    arns = [queue("one", name=name) for name in ("a", "b", "c")]
    assert [each["jobQueueName"] for each in batch.describe_job_queues(jobQueues=[arns[2], "a", "x"])["jobQueues"]] == [
        "c",
        "a",
    ]
    pages = list(batch.get_paginator("describe_job_queues").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(each["jobQueues"]) for each in pages] == [2, 1]


def test_what_is_not_imitated_is_said(batch: Any, made: Create, queue: Create, refused: Any) -> None:
    made()
    with refused("NotImplemented"):
        queue("one", schedulingPolicyArn="arn:aws:batch:us-east-1:123456789012:scheduling-policy/fair")
