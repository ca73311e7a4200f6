"""What a job runs with: its definition, overrides, and parameters."""

from collections.abc import Callable
from typing import Any

import pytest

Create = Callable[..., str]
Job = Callable[[str], dict[str, Any]]
OLD: dict[str, Any] = {"vcpus": 1, "memory": 512}
NEW: dict[str, Any] = {"resourceRequirements": [{"type": "VCPU", "value": "2"}, {"type": "MEMORY", "value": "1024"}]}


@pytest.fixture
def submitted(batch: Any, submit: Create, job: Job) -> Callable[..., dict[str, Any]]:
    """The job that a definition with these containerProperties makes, and a request."""

    def make(container: dict[str, Any], defined: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
        amounts = {} if "resourceRequirements" in container else OLD
        properties = {"image": "busybox", **amounts, **container}
        batch.register_job_definition(
            jobDefinitionName="other", type="container", containerProperties=properties, **(defined or {})
        )
        return job(submit(jobDefinition="other", **changes))

    return make


def amounts(job: dict[str, Any]) -> dict[str, Any]:
    """What a job is described with, in the words in which it was asked for."""
    numbers = {name: job["container"][name] for name in ("vcpus", "memory") if name in job["container"]}
    return numbers | {asked["type"]: asked["value"] for asked in job["container"]["resourceRequirements"]}


def test_amounts_are_overridden_as_they_were_asked_for(submitted: Callable[..., dict[str, Any]]) -> None:
    """vcpus and memory of a request do not override resourceRequirements of a definition."""
    old = {"containerOverrides": {"vcpus": 4, "memory": 4096}}
    asked = [{"type": "MEMORY", "value": "2048"}, {"type": "GPU", "value": "1"}]
    new = {"containerOverrides": {"resourceRequirements": asked}}
    assert amounts(submitted(OLD)) == {"vcpus": 1, "memory": 512}
    assert amounts(submitted(OLD, **old)) == {"vcpus": 4, "memory": 4096}
    assert amounts(submitted(OLD, **new)) == {"vcpus": 1, "MEMORY": "2048", "GPU": "1"}
    assert amounts(submitted(NEW, **old)) == {"VCPU": "2", "MEMORY": "1024"}
    assert amounts(submitted(NEW, **new)) == {"VCPU": "2", "MEMORY": "2048", "GPU": "1"}


@pytest.mark.parametrize(
    ("command", "parameters", "expected"),
    [
        (["ffmpeg", "-i", "Ref::input", "Ref::codec"], {"input": "a.mov"}, ["ffmpeg", "-i", "a.mov", "mp4"]),
        (["--codec=Ref::codec", "s3://b/Ref::input.bam"], {"input": "x"}, ["--codec=mp4", "s3://b/x.bam"]),
        (["Ref::codec"], {"codec": "webm"}, ["webm"]),
        (["Ref::nothing", "Ref::"], {}, ["Ref::nothing", "Ref::"]),
        (["Ref::codecs"], {}, ["Ref::codecs"]),
        (["Ref::run.id"], {"run.id": "7", "run": "no"}, ["7"]),
        (["Ref::codec"], {"codec": "Ref::codec"}, ["Ref::codec"]),
    ],
)
def test_parameters(
    submitted: Callable[..., dict[str, Any]], command: list[str], parameters: dict[str, str], expected: list[str]
) -> None:
    found = submitted({"command": command}, {"parameters": {"codec": "mp4"}}, parameters=parameters)
    assert found["container"]["command"] == expected
    assert found["parameters"] == {"codec": "mp4", **parameters}


def test_parameters_in_an_overridden_command(submitted: Callable[..., dict[str, Any]]) -> None:
    found = submitted(
        {"command": ["true"]}, {"parameters": {"a": "1"}}, containerOverrides={"command": ["echo", "Ref::a"]}
    )
    assert found["container"]["command"] == ["echo", "1"]


def test_variables_are_overridden_by_name(submitted: Callable[..., dict[str, Any]]) -> None:
    found = submitted(
        {"environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]},
        containerOverrides={"environment": [{"name": "B", "value": "3"}, {"name": "C", "value": "4"}]},
    )
    told = {variable["name"]: variable["value"] for variable in found["container"]["environment"]}
    assert told == {"A": "1", "B": "3", "C": "4"}


def test_how_it_runs_is_the_request_s_else_the_definition_s(submitted: Callable[..., dict[str, Any]]) -> None:
    defined = {"retryStrategy": {"attempts": 2}, "timeout": {"attemptDurationSeconds": 60}, "propagateTags": True}
    found = submitted({}, defined)
    assert {name: found[name] for name in defined} == defined
    found = submitted({}, defined, retryStrategy={"attempts": 3}, propagateTags=False)
    assert (found["retryStrategy"], found["propagateTags"]) == ({"attempts": 3}, False)
    assert found["timeout"] == {"attemptDurationSeconds": 60}
