"""Batch's calls are counted, and broken on request, by the names of its operations."""

from collections.abc import Callable
from typing import Any

from botocore.config import Config

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


def test_what_is_required_is_asked_for(sandbox: Sandbox, resources: dict[str, Any], denied: Any) -> None:
    config = Config(parameter_validation=False, retries={"max_attempts": 0}, ignore_configured_endpoint_urls=True)
    unchecked = sandbox.client("batch", config=config)
    with denied("priority can not be null"):
        unchecked.create_job_queue(jobQueueName="queue")
    del resources["maxvCpus"]
    with denied("computeResources.maxvCpus can not be null"):
        unchecked.create_compute_environment(computeEnvironmentName="one", type="MANAGED", computeResources=resources)


def test_only_valid_values_are_taken(batch: Any, create: Callable[..., str], denied: Any) -> None:
    with denied("state 'on' is not valid. Valid values: [ENABLED, DISABLED]"):
        create(request={"state": "on"})
    with denied("computeResources.allocationStrategy 'BEST' is not valid"):
        create(allocationStrategy="BEST")
    with denied("jobStatus 'WAITING' is not valid"):
        batch.list_jobs(jobQueue="queue", jobStatus="WAITING")
