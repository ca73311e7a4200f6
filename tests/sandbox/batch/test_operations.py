"""Batch's calls are counted, and broken on request, by the names of its operations."""

from collections.abc import Callable
from typing import Any

from sandbox.inprocess import Sandbox


def test_calls_are_counted_by_operation(sandbox: Sandbox, batch: Any, made: Callable[..., str]) -> None:
    arn = made()
    batch.list_tags_for_resource(resourceArn=arn)
    batch.tag_resource(resourceArn=arn, tags={"a": "b"})
    batch.untag_resource(resourceArn=arn, tagKeys=["a"])
    names = [call.action for call in sandbox.calls.all() if call.service == "batch"]
    assert names == ["CreateComputeEnvironment", "ListTagsForResource", "TagResource", "UntagResource"]


def test_faults_are_arranged_by_operation_and_field(
    sandbox: Sandbox, create: Callable[..., str], refused: Any, batch: Any
) -> None:
    where = {"computeEnvironmentName": "two"}
    sandbox.faults.add("CreateComputeEnvironment", "TooManyRequestsException", where=where)
    create("one")
    with refused("TooManyRequestsException"):
        create("two")
    create("two")
    assert len(batch.describe_compute_environments()["computeEnvironments"]) == 2


def test_what_is_required_is_asked_for(sandbox: Sandbox, refused: Any) -> None:
    unchecked = sandbox.client("batch", config=_unchecked())
    with refused("ClientException"):
        unchecked.create_job_queue(jobQueueName="queue")


def _unchecked() -> Any:
    from botocore.config import Config

    return Config(parameter_validation=False, retries={"max_attempts": 0}, ignore_configured_endpoint_urls=True)
