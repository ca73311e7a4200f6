"""What AWS Batch is asked for, and how its answers are read, without AWS."""

from dataclasses import replace
from typing import Any

from environments.kinds.batch import (
    compute_environments,
    compute_request,
    existing_environment,
    job_definitions,
    job_queues,
)
from environments.model import resource
from tests.support.inputs import inputs, region
from tests.support.stock import STOCK


def test_the_request_for_a_compute_environment() -> None:
    [_, spot] = compute_environments.desired(inputs("genomics"))
    ids = {("security group", "genomics-batch"): "sg-0a", ("launch template", "genomics-workflow-template"): "3"}
    request = compute_request.create(replace(spot, fields=resource.resolved(spot.fields, ids)))
    resources = request["computeResources"]
    assert "serviceRole" not in request
    assert "desiredvCpus" not in resources
    assert "imageId" not in resources
    assert resources["ec2Configuration"] == [{"imageType": "ECS_AL2023", "imageIdOverride": STOCK.id}]
    assert resources["launchTemplate"] == {"launchTemplateName": "genomics-workflow-template", "version": "3"}
    assert resources["securityGroupIds"] == ["sg-0a"]
    assert request["tags"]["kiln:env:genomics"] == f"ami={STOCK.id}"
    assert request["tags"]["kiln:compute-environment"] == "spot"
    told = {**request, "computeEnvironmentArn": "arn", "status": "VALID", "tags": request["tags"]}
    made = existing_environment.from_description(told, "spot")
    assert compute_environments.diff(replace(spot, fields=resource.resolved(spot.fields, ids)), made) == ()


Described = dict[str, Any]


def described(name: str, defined: str = "", status: str = "VALID", made: str = "", env: str = "genomics") -> Described:
    labels = {f"kiln:env:{env}": "ami=ami-1", "kiln:compute-environment": defined or name, "kiln:made": made}
    return {
        "computeEnvironmentName": name, "computeEnvironmentArn": f"arn:{name}", "status": status, "state": "ENABLED",
        "tags": labels if env else {}, "computeResources": {"type": "EC2"},
    }  # fmt: skip


def test_which_of_two_compute_environments_is_meant() -> None:
    [ondemand, _] = compute_environments.desired(inputs("genomics"))

    def matched(*listed: Described) -> list[existing_environment.ExistingEnvironment]:
        return list(compute_environments.match(region(compute_environments=[*listed]), [ondemand]).values())

    old, new = described("ondemand", made="2026-01"), described("ondemand-3f9c", "ondemand", made="2026-02")
    [current] = matched(old, new)
    assert (current.name, current.aws_name) == ("ondemand", "ondemand-3f9c")
    assert [other.aws_name for other in current.others] == ["ondemand"]
    broken = described("ondemand-3f9c", "ondemand", "INVALID", "2026-02")
    assert [environment.aws_name for environment in matched(old, broken)] == ["ondemand"]
    others = described("ondemand", env="other")
    assert [environment.aws_name for environment in matched(others)] == ["ondemand"]
    assert matched(described("x", "ondemand", env="other")) == []


def test_a_queue_names_compute_environments_as_the_definition_does() -> None:
    order = [
        {"order": 2, "computeEnvironment": "arn:ondemand-3f9c"},
        {"order": 1, "computeEnvironment": "arn:spot"},
    ]
    default = {
        "jobQueueName": "default", "jobQueueArn": "arn:q", "priority": 1, "state": "ENABLED", "status": "VALID",
        "computeEnvironmentOrder": order,
    }  # fmt: skip
    environments = [described("spot"), described("ondemand-3f9c", "ondemand")]
    listed = region(job_queues=[default], compute_environments=environments)
    desired = [queue for queue in job_queues.desired(inputs("genomics")) if queue.name == "default"]
    [queue] = job_queues.match(listed, desired).values()
    assert queue.fields["computeEnvironments"] == ("spot", "ondemand")


def test_the_request_for_a_job_definition() -> None:
    [desired] = job_definitions.desired(inputs("reference"))
    request = job_definitions.request(desired)
    container = request["containerProperties"]
    assert container["jobRoleArn"] == "arn:aws:iam::123456789012:role/reference-job-role"
    assert container["resourceRequirements"] == [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]
    assert container["mountPoints"] == [
        {"sourceVolume": "v0", "containerPath": "/home/ec2-user/miniconda", "readOnly": True},
        {"sourceVolume": "v1", "containerPath": "/mnt/genomes", "readOnly": True},
    ]
    assert (request["retryStrategy"], request["timeout"]) == ({"attempts": 2}, {"attemptDurationSeconds": 3600})
    described = {**request, "revision": 1, "jobDefinitionArn": "arn"}
    assert job_definitions._described(described) == desired.fields
