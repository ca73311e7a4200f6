"""Compute environments: made by the clock, refused where AWS refuses, deleted in AWS's order."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support.running_jobs import submit_running

Create = Callable[..., str]
Environment = Callable[..., dict[str, Any]]


def test_one_is_made_by_the_clock(sandbox: Sandbox, create: Create, environment: Environment) -> None:
    arn = create(request={"tags": {"Name": "worker"}})
    assert arn == "arn:aws:batch:us-east-1:123456789012:compute-environment/one"
    assert environment()["status"] == "CREATING"
    sandbox.clock.advance(6)
    found = environment(arn)
    assert (found["status"], found["statusReason"]) == ("VALID", "ComputeEnvironment Healthy")
    assert (found["state"], found["type"], found["tags"]) == ("ENABLED", "MANAGED", {"Name": "worker"})
    assert found["updatePolicy"] == {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 30}


def test_without_a_service_role_the_linked_one_is_made(made: Create, environment: Environment, iam: Any) -> None:
    made()
    role = iam.get_role(RoleName="AWSServiceRoleForBatch")["Role"]
    assert role["Path"] == "/aws-service-role/batch.amazonaws.com/"
    assert environment()["serviceRole"] == role["Arn"]
    made("two")
    assert environment("two")["serviceRole"] == role["Arn"]


@pytest.mark.parametrize("named", ["AWSBatchServiceRole", "arn:aws:iam::123456789012:role/AWSBatchServiceRole"])
def test_a_role_is_named_by_name_or_arn(made: Create, environment: Environment, named: str) -> None:
    made(request={"serviceRole": named})
    assert environment()["serviceRole"] == "arn:aws:iam::123456789012:role/AWSBatchServiceRole"
    assert environment()["status"] == "VALID"


@pytest.mark.parametrize("named", ["ecsInstanceRole", "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole"])
def test_a_profile_is_named_by_name_or_arn(made: Create, environment: Environment, named: str) -> None:
    made(instanceRole=named)
    assert (environment()["status"], environment()["computeResources"]["instanceRole"]) == ("VALID", named)


def test_defaults(made: Create, environment: Environment) -> None:
    made(allocationStrategy=None, minvCpus=None, instanceTypes=["optimal"])
    resources = environment()["computeResources"]
    assert resources["allocationStrategy"] == "BEST_FIT"
    assert (resources["minvCpus"], resources["desiredvCpus"]) == (0, 0)
    assert resources["ec2Configuration"] == [{"imageType": "ECS_AL2023"}]
    assert "updatePolicy" not in environment()


@pytest.mark.parametrize("types", [["default_x86_64"], ["optimal", "c5", "m5.large"], ["default_arm64"], ["m6g"]])
def test_types_families_and_words(made: Create, environment: Environment, types: list[str]) -> None:
    made(instanceTypes=types)
    assert environment()["status"] == "VALID"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"instanceTypes": ["c5.mega"]}, "Instance type can only be one of ["),
        ({"instanceTypes": ["t3.large"]}, "Instance type can only be one of ["),
        ({"instanceTypes": ["c5", "c6g"]}, "different architectures"),
        ({"instanceTypes": None}, "instanceTypes"),
        ({"instanceTypes": []}, "instanceTypes"),
        ({"subnets": None}, "subnets"),
        ({"securityGroupIds": None}, "securityGroupIds"),
        ({"instanceRole": None}, "instanceRole"),
        ({"minvCpus": 17}, "minvCpus must be less"),
        ({"minvCpus": -1}, "negative"),
        ({"minvCpus": 4, "desiredvCpus": 2}, "desiredvCpus must be between"),
        ({"desiredvCpus": 17}, "desiredvCpus must be between"),
        ({"allocationStrategy": "SPOT_CAPACITY_OPTIMIZED"}, "only valid for compute environments of type SPOT"),
        ({"type": "SPOT", "allocationStrategy": "BEST_FIT"}, "spotIamFleetRole"),
        ({"type": "SPOT", "allocationStrategy": None}, "spotIamFleetRole"),
        ({"type": "SPOT", "bidPercentage": 101}, "bidPercentage"),
        ({"launchTemplate": {"launchTemplateName": "a", "launchTemplateId": "lt-1"}}, "but not both"),
        ({"launchTemplate": {"version": "1"}}, "but not both"),
        ({"ec2Configuration": [{"imageType": "ECS_AL1"}]}, "imageType ECS_AL1"),
        ({"ec2Configuration": [{"imageType": "ECS_AL2"}, {"imageType": "ECS_AL2"}]}, "twice"),
        ({"tags": {"aws:mine": "1"}}, "reserved"),
    ],
)
def test_what_is_refused_at_once(batch: Any, create: Create, denied: Any, changes: dict[str, Any], words: str) -> None:
    with denied(words):
        create(**changes)
    assert batch.describe_compute_environments()["computeEnvironments"] == []


@pytest.mark.parametrize("name", ["a b", "", "-a", "x" * 129, "a.b"])
def test_names_that_are_refused(create: Create, denied: Any, name: str) -> None:
    with denied("computeEnvironmentName should match valid pattern"):
        create(name)


def test_a_name_is_taken_once(create: Create, denied: Any) -> None:
    create()
    with denied("Object already exists"):
        create()


def test_a_managed_one_needs_resources_and_an_unmanaged_one_has_none(
    sandbox: Sandbox, batch: Any, create: Create, environment: Environment, denied: Any
) -> None:
    with denied("computeResources can not be null"):
        batch.create_compute_environment(computeEnvironmentName="bare", type="MANAGED")
    with denied("can not be specified for UNMANAGED"):
        create(request={"type": "UNMANAGED"})
    with denied("unmanagedvCpus can only be specified"):
        create(request={"unmanagedvCpus": 4})
    batch.create_compute_environment(computeEnvironmentName="bare", type="UNMANAGED", unmanagedvCpus=4)
    sandbox.clock.advance(6)
    assert (environment("bare")["status"], environment("bare")["unmanagedvCpus"]) == ("VALID", 4)


def test_fargate_is_not_pretended(batch: Any, create: Create, refused: Any) -> None:
    with refused("NotImplemented"):
        create(type="FARGATE")
    with refused("NotImplemented"):
        batch.list_scheduling_policies()


def test_each_has_a_cluster_while_it_lives(
    sandbox: Sandbox, batch: Any, made: Create, environment: Environment
) -> None:
    ecs = sandbox.client("ecs")
    made()
    assert ecs.list_clusters()["clusterArns"] == [environment()["ecsClusterArn"]]
    batch.update_compute_environment(computeEnvironment="one", state="DISABLED")
    sandbox.clock.advance(3)
    batch.delete_compute_environment(computeEnvironment="one")
    sandbox.clock.advance(6)
    assert batch.describe_compute_environments()["computeEnvironments"] == []
    assert ecs.list_clusters()["clusterArns"] == []


def test_the_order_of_deletion(
    sandbox: Sandbox, batch: Any, made: Create, queue: Callable[..., str], environment: Environment, denied: Any
) -> None:
    arn = made()
    queue("one")
    with denied("state must be DISABLED"):
        batch.delete_compute_environment(computeEnvironment="one")
    batch.update_compute_environment(computeEnvironment=arn, state="DISABLED")
    with denied("resource is being modified"):
        batch.delete_compute_environment(computeEnvironment="one")
    sandbox.clock.advance(3)
    with denied("found existing JobQueue relationship"):
        batch.delete_compute_environment(computeEnvironment="one")
    with denied("state must be DISABLED"):
        batch.delete_job_queue(jobQueue="queue")
    batch.update_job_queue(jobQueue="queue", state="DISABLED")
    sandbox.clock.advance(3)
    batch.delete_job_queue(jobQueue="queue")
    with denied("found existing JobQueue relationship"):
        batch.delete_compute_environment(computeEnvironment="one")
    sandbox.clock.advance(3)
    batch.delete_compute_environment(computeEnvironment=arn)
    assert environment()["status"] == "DELETING"
    with denied("resource is being modified"):
        batch.update_compute_environment(computeEnvironment="one", state="ENABLED")
    sandbox.clock.advance(6)
    assert batch.describe_compute_environments(computeEnvironments=["one"])["computeEnvironments"] == []
    with denied("does not exist"):
        batch.delete_compute_environment(computeEnvironment="one")


def test_pages(batch: Any, create: Create, denied: Any) -> None:
    for name in ("a", "b", "c"):
        create(name)
    first = batch.describe_compute_environments(maxResults=2)
    second = batch.describe_compute_environments(maxResults=2, nextToken=first["nextToken"])
    names = [each["computeEnvironmentName"] for page in (first, second) for each in page["computeEnvironments"]]
    assert names == ["a", "b", "c"]
    assert "nextToken" not in second
    with denied("Invalid nextToken"):
        batch.describe_compute_environments(nextToken="mine")
    with denied("maxResults"):
        batch.describe_compute_environments(maxResults=101)


def test_regions_are_apart(sandbox: Sandbox, create: Create) -> None:
    create()
    assert sandbox.client("batch", "eu-west-1").describe_compute_environments()["computeEnvironments"] == []


def test_deleting_ends_what_runs_there(
    sandbox: Sandbox, batch: Any, made: Create, queue: Create, definition: str, ec2: Any,
    job: Callable[[str], dict[str, Any]],
) -> None:  # fmt: skip
    made("one")
    made("two")
    queue("one")
    running = submit_running(sandbox, jobName="job", jobQueue="queue", jobDefinition=definition)
    batch.update_job_queue(jobQueue="queue", computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "two"}])
    batch.update_compute_environment(computeEnvironment="one", state="DISABLED")
    sandbox.clock.advance(3)
    batch.delete_compute_environment(computeEnvironment="one")
    assert job(running)["status"] == "RUNNING"
    sandbox.clock.advance(10)
    [machine] = [each for found in ec2.describe_instances()["Reservations"] for each in found["Instances"]]
    assert machine["State"]["Name"] == "terminated"
    assert (job(running)["status"], job(running)["statusReason"]) == (
        "FAILED", f"Host EC2 (instance {machine['InstanceId']}) terminated.",
    )  # fmt: skip
    found = batch.describe_compute_environments()["computeEnvironments"]
    assert [each["computeEnvironmentName"] for each in found] == ["two"]
