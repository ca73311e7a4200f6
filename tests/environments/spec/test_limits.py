"""The limits of a definition's values, on both sides: those of AWS's own API references."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from environments.spec.compute import ComputeEnvironment, JobQueue, TimeLimit
from environments.spec.environment import EnvironmentSpec
from environments.spec.job_mounts import Volume
from environments.spec.jobs import JobDefinition
from environments.spec.network import Network
from environments.spec.roles import Roles
from environments.spec.storage import Bucket, LogGroup

REQUIRED: dict[type[BaseModel], dict[str, Any]] = {
    JobQueue: {"compute_environments": ["one"]},
    TimeLimit: {"reason": "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT", "after": "2 h"},
    JobDefinition: {"image": "busybox", "memory": "512 MiB"},
    Volume: {"host": "/a", "container": "/b"},
    EnvironmentSpec: {
        "name": "small", "image": "x", "launch_template": "y", "compute_environments": {"one": {}},
        "queues": {"one": {"compute_environments": ["one"]}},
    },
}  # fmt: skip
KEY = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d"
GROUP = "sg-0123456789abcdef0"
SUBNET = "subnet-0123456789abcdef0"
REASON = {"reason": "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT", "after": "2 h"}

GOOD: list[tuple[type[BaseModel], dict[str, Any]]] = [
    (ComputeEnvironment, {"min_vcpus": 0, "max_vcpus": 1}),
    (ComputeEnvironment, {"min_vcpus": 256, "max_vcpus": 256}),
    (ComputeEnvironment, {"max_vcpus": 1_000_000}),
    (ComputeEnvironment, {"market": "spot", "bid_percentage": 1}),
    (ComputeEnvironment, {"market": "spot", "bid_percentage": 100}),
    (ComputeEnvironment, {"min_vcpus": 4, "desired_vcpus": 4}),
    (ComputeEnvironment, {"key_pair": "k", "placement_group": "p"}),
    (ComputeEnvironment, {"instance_types": ["c5", "c5.2xlarge"]}),
    (TimeLimit, {"after": "10 min"}),
    (TimeLimit, {"after": "24 h"}),
    (JobQueue, {"priority": 0}),
    (JobQueue, {"priority": 1000}),
    (JobQueue, {"compute_environments": ["a", "b", "c"]}),
    (JobDefinition, {"vcpus": 1, "gpus": 0, "memory": "4 MiB", "attempts": 1, "timeout": "60 s", "user": "u"}),
    (JobDefinition, {"vcpus": 1024, "gpus": 64, "attempts": 10}),
    (Volume, {"host": "/", "container": "/b"}),
    (Network, {"security_groups": [GROUP] * 5, "subnets": [SUBNET] * 16}),
    (LogGroup, {"retention": "731 d"}),
    (LogGroup, {"retention": None}),
    (Bucket, {"expire": "work/", "expire_after": "1 d"}),
    (Bucket, {"name": "our-data", "existing": True, "kms_key": KEY}),
    (Roles, {"storage_policy": None, "permissions_boundary": "arn:aws:iam::123456789012:policy/b"}),
    (EnvironmentSpec, {"launch_template": "y", "tags": {"k" * 128: "v" * 256}}),
    (EnvironmentSpec, {"launch_template": "a", "name": "a" * 24}),
]
BAD: list[tuple[type[BaseModel], dict[str, Any]]] = [
    (ComputeEnvironment, {"min_vcpus": -1}),
    (ComputeEnvironment, {"max_vcpus": 0}),
    (ComputeEnvironment, {"max_vcpus": 1_000_001}),
    (ComputeEnvironment, {"min_vcpus": 257, "max_vcpus": 256}),
    (ComputeEnvironment, {"min_vcpus": 4, "desired_vcpus": 5}),
    (ComputeEnvironment, {"market": "spot", "bid_percentage": 0}),
    (ComputeEnvironment, {"market": "spot", "bid_percentage": 101}),
    (ComputeEnvironment, {"bid_percentage": 80}),
    (ComputeEnvironment, {"allocation_strategy": "SPOT_CAPACITY_OPTIMIZED"}),
    (ComputeEnvironment, {"instance_types": []}),
    (ComputeEnvironment, {"instance_types": ["c5", "c5"]}),
    (ComputeEnvironment, {"key_pair": ""}),
    (TimeLimit, {"after": "599 s"}),
    (TimeLimit, {"after": "86401 s"}),
    (JobQueue, {"priority": -1}),
    (JobQueue, {"priority": 1001}),
    (JobQueue, {"compute_environments": []}),
    (JobQueue, {"compute_environments": ["a", "b", "c", "d"]}),
    (JobQueue, {"compute_environments": ["a", "a"]}),
    (JobQueue, {"time_limits": [REASON, REASON]}),
    (JobDefinition, {"vcpus": 0}),
    (JobDefinition, {"vcpus": 1025}),
    (JobDefinition, {"gpus": -1}),
    (JobDefinition, {"gpus": 65}),
    (JobDefinition, {"memory": "3 MiB"}),
    (JobDefinition, {"attempts": 0}),
    (JobDefinition, {"attempts": 11}),
    (JobDefinition, {"timeout": "59 s"}),
    (JobDefinition, {"user": ""}),
    (JobDefinition, {"image": "a b"}),
    (JobDefinition, {"environment": {"AWS_BATCH_JOB_ID": "x"}}),
    (Volume, {"container": "/"}),
    (Network, {"security_groups": [GROUP] * 6}),
    (Network, {"subnets": [SUBNET] * 17}),
    (LogGroup, {"retention": "732 d"}),
    (LogGroup, {"retention": "25 h"}),
    (LogGroup, {"retention": "0 d"}),
    (Bucket, {"expire_after": "0 d"}),
    (Bucket, {"expire_after": "25 h"}),
    (Bucket, {"existing": True}),
    (Bucket, {"name": "our-data", "existing": True, "versioning": False}),
    (Bucket, {"name": "our-data", "existing": True, "expire": "work/"}),
    (Roles, {"bucket_policy": "a", "storage_policy": "a"}),
    (Roles, {"instance": "a", "job": "a"}),
    (EnvironmentSpec, {"launch_template": ""}),
    (EnvironmentSpec, {"name": "a" * 25}),
    (EnvironmentSpec, {"tags": {"k" * 129: ""}}),
    (EnvironmentSpec, {"tags": {"k": "v" * 257}}),
    (EnvironmentSpec, {"tags": {"": "v"}}),
    (EnvironmentSpec, {"tags": {"Kiln:x": "v"}}),
    (EnvironmentSpec, {"compute_environments": {"one": {"tags": {"aws:x": "v"}}}}),
]


@pytest.mark.parametrize(("model", "values"), GOOD)
def test_what_aws_takes_is_taken(model: type[BaseModel], values: dict[str, Any]) -> None:
    model.model_validate(REQUIRED.get(model, {}) | values)


@pytest.mark.parametrize(("model", "values"), BAD)
def test_what_aws_refuses_is_refused(model: type[BaseModel], values: dict[str, Any]) -> None:
    model.model_validate(REQUIRED.get(model, {}))
    with pytest.raises(ValidationError):
        model.model_validate(REQUIRED.get(model, {}) | values)


@pytest.mark.parametrize(
    ("values", "strategy", "fleet_role"),
    [
        ({}, "BEST_FIT_PROGRESSIVE", False),
        ({"market": "spot"}, "SPOT_PRICE_CAPACITY_OPTIMIZED", False),
        ({"allocation_strategy": "BEST_FIT"}, "BEST_FIT", False),
        ({"market": "spot", "allocation_strategy": "BEST_FIT"}, "BEST_FIT", True),
        ({"market": "spot", "allocation_strategy": "BEST_FIT_PROGRESSIVE"}, "BEST_FIT_PROGRESSIVE", False),
    ],
)
def test_the_strategy_and_who_needs_a_fleet_role(values: dict[str, Any], strategy: str, fleet_role: bool) -> None:
    compute = ComputeEnvironment.model_validate(values)
    assert (compute.strategy, compute.needs_fleet_role) == (strategy, fleet_role)


def test_days_and_names_that_follow_from_others() -> None:
    assert (LogGroup().days, LogGroup(retention=None).days) == (90, None)
    assert Bucket.model_validate({"expire_after": "30 d"}).expire_days == 30
    assert Roles().profile == "ecsInstanceRole"
    assert Roles(instance_profile="p").profile == "p"
    spec = EnvironmentSpec.model_validate(REQUIRED[EnvironmentSpec] | {"buckets": {"work": {}, "raw": {}}})
    assert spec.job_role == "small-job-role"
    assert spec.bucket_name("work", "1", "eu") == "small-1-eu"
    assert spec.bucket_name("raw", "1", "eu") == "small-raw-1-eu"
    assert spec.model_copy(update={"task_credentials": "instance-role"}).job_role is None


def test_nobody_has_a_session_or_an_old_bucket_unasked() -> None:
    assert Roles().session_manager is False
    assert Bucket().existing is False
    assert Volume(host="/a", container="/b").read_only is True
    assert JobDefinition.model_validate(REQUIRED[JobDefinition]).privileged is False
