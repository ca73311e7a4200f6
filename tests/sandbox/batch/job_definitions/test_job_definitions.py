"""Job definitions: revisions of their own, refused where AWS refuses."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox

CONTAINER = {"image": "busybox", "vcpus": 1, "memory": 512}


@pytest.fixture
def register(batch: Any) -> Callable[..., dict[str, Any]]:
    """RegisterJobDefinition of `work` with a changed container (None: left out), and `request` besides."""

    def send(request: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
        container = {key: value for key, value in {**CONTAINER, **changes}.items() if value is not None}
        asked = {"jobDefinitionName": "work", "type": "container", "containerProperties": container, **(request or {})}
        return dict(batch.register_job_definition(**asked))

    return send


def retries(**rule: str) -> dict[str, Any]:
    return {"retryStrategy": {"attempts": 3, "evaluateOnExit": [rule]}}


@pytest.mark.parametrize("action", ["RETRY", "exit", "Exit", "Retry"])
def test_evaluate_on_exits_action_is_not_case_sensitive(register: Callable[..., Any], action: str) -> None:
    assert register(retries(action=action, onStatusReason="Host EC2*"))["revision"] == 1


def told(batch: Any, **query: Any) -> list[str]:
    found = batch.describe_job_definitions(**query)["jobDefinitions"]
    return [f"{each['jobDefinitionName']}:{each['revision']}:{each['status']}" for each in found]


def test_a_revision_inherits_nothing(batch: Any, register: Callable[..., Any]) -> None:
    rich = {"retryStrategy": {"attempts": 3}, "timeout": {"attemptDurationSeconds": 60}, "parameters": {"a": "b"},
            "tags": {"t": "1"}}  # fmt: skip
    register(rich, command=["true"], jobRoleArn="arn:aws:iam::123456789012:role/job", user="me")
    answer = register()
    assert answer["jobDefinitionArn"] == "arn:aws:batch:us-east-1:123456789012:job-definition/work:2"
    first, second = batch.describe_job_definitions(jobDefinitionName="work")["jobDefinitions"]
    assert (first["retryStrategy"], first["parameters"], first["tags"]) == ({"attempts": 3}, {"a": "b"}, {"t": "1"})
    assert not {"retryStrategy", "timeout"} & set(second)
    assert (second["parameters"], second["tags"], second["containerProperties"]["command"]) == ({}, {}, [])
    assert not {"jobRoleArn", "user"} & set(second["containerProperties"])


def test_a_number_is_given_once(batch: Any, register: Callable[..., Any]) -> None:
    register()
    batch.deregister_job_definition(jobDefinition="work:1")
    assert register()["revision"] == 2
    assert told(batch) == ["work:1:INACTIVE", "work:2:ACTIVE"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"image": None}, "image"),
        ({"vcpus": None}, "vCPU is not provided."),
        ({"memory": None}, "Memory is not provided."),
        ({"memory": 3}, "at least 4 MiB"),
        ({"vcpus": 0}, "VCPU"),
        ({"resourceRequirements": [{"type": "VCPU", "value": "2"}]}, "given twice"),
        ({"vcpus": None, "resourceRequirements": [{"type": "VCPU", "value": "0.5"}]}, "not valid on EC2"),
        ({"logConfiguration": {"logDriver": "paper"}}, "logDriver 'paper' is not valid"),
        ({"mountPoints": [{"sourceVolume": "none", "containerPath": "/x"}]}, "unknown volume"),
        ({"volumes": [{"name": "a"}, {"name": "a"}]}, "must be unique"),
    ],
)
def test_containers_that_are_refused(
    batch: Any, register: Callable[..., Any], denied: Any, changes: dict[str, Any], words: str
) -> None:
    with denied(words):
        register(**changes)
    assert told(batch) == []


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"jobDefinitionName": "a b"}, "jobDefinitionName"),
        ({"containerProperties": {}}, "Container properties should not be empty"),
        ({"retryStrategy": {"attempts": 11}}, "attempts must be between 1 and 10"),
        ({"retryStrategy": {"evaluateOnExit": [{"action": "RETRY", "onReason": "*"}]}}, "attempts must be specified"),
        (retries(action="EXIT", onReason="*x"), "onReason"),
        (retries(action="EXIT", onStatusReason="Host EC2 (instance*"), "onStatusReason"),
        (retries(action="EXIT", onExitCode="1-9"), "onExitCode"),
        (retries(action="AGAIN", onExitCode="1"), "Valid values"),
        ({"timeout": {"attemptDurationSeconds": 59}}, "attemptDurationSeconds"),
        ({"tags": {"aws:x": "1"}}, "reserved"),
        ({"schedulingPriority": 10000}, "schedulingPriority must be between 0 and 9999"),
        ({"schedulingPriority": -1}, "schedulingPriority must be between 0 and 9999"),
    ],
)
def test_requests_that_are_refused(
    batch: Any, register: Callable[..., Any], denied: Any, request_: dict[str, Any], words: str
) -> None:
    with denied(words):
        register(request_)
    assert told(batch) == []


def test_what_is_not_imitated_is_said(register: Callable[..., Any], refused: Any) -> None:
    with refused("NotImplemented"):
        register({"type": "multinode"})
    with refused("NotImplemented"):
        register({"platformCapabilities": ["FARGATE"]})


def test_requirements_in_the_new_way(batch: Any, register: Callable[..., Any]) -> None:
    wanted = [{"type": "VCPU", "value": "2"}, {"type": "MEMORY", "value": "1024"}]
    register(vcpus=None, memory=None, resourceRequirements=wanted)
    [found] = batch.describe_job_definitions()["jobDefinitions"]
    assert found["containerProperties"]["resourceRequirements"] == wanted


def test_filters(batch: Any, register: Callable[..., Any], denied: Any) -> None:
    arn = register()["jobDefinitionArn"]
    register()
    register({"jobDefinitionName": "play"})
    batch.deregister_job_definition(jobDefinition=arn)
    assert told(batch, status="ACTIVE") == ["work:2:ACTIVE", "play:1:ACTIVE"]
    assert told(batch, jobDefinitionName="work", status="INACTIVE") == ["work:1:INACTIVE"]
    assert told(batch, jobDefinitions=["play:1", arn, "play:9"]) == ["play:1:ACTIVE", "work:1:INACTIVE"]
    with denied("can not be used with other parameters"):
        told(batch, jobDefinitions=["play:1"], status="ACTIVE")
    with denied("does not exist"):
        batch.deregister_job_definition(jobDefinition="play:9")


def test_pages(batch: Any, register: Callable[..., Any]) -> None:
    for _ in range(3):
        register()
    pages = batch.get_paginator("describe_job_definitions").paginate(PaginationConfig={"PageSize": 2})
    assert [len(each["jobDefinitions"]) for each in pages] == [2, 1]


def test_the_size_of_a_definition(register: Callable[..., Any], denied: Any) -> None:
    register({"parameters": {"a": "x" * 24_000}})
    with denied("JobDefinition size must be less than 24 KiB, got 24 KiB"):
        register({"parameters": {"a": "x" * 25_000}})


def test_what_was_deregistered_long_ago_is_gone(
    sandbox: Sandbox, batch: Any, register: Callable[..., Any], denied: Any
) -> None:
    first = register()["jobDefinitionArn"]
    batch.deregister_job_definition(jobDefinition=first)
    sandbox.clock.advance(179 * 86400)
    batch.deregister_job_definition(jobDefinition=first)
    assert [each["status"] for each in batch.describe_job_definitions(jobDefinitions=[first])["jobDefinitions"]] == [
        "INACTIVE"
    ]
    sandbox.clock.advance(86401)
    assert batch.describe_job_definitions(jobDefinitions=[first])["jobDefinitions"] == []
    assert batch.describe_job_definitions(status="INACTIVE")["jobDefinitions"] == []
    with denied("does not exist"):
        batch.deregister_job_definition(jobDefinition=first)
    assert register()["revision"] == 2
