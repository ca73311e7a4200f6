"""UpdateComputeEnvironment: what is always possible, what needs the linked role and a strategy, what is never."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support.running_jobs import submit_running

Create = Callable[..., str]
Environment = Callable[..., dict[str, Any]]
Update = Callable[..., None]
OWN_ROLE = {"serviceRole": "AWSBatchServiceRole"}
LINKED = "arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"


@pytest.fixture
def update(batch: Any) -> Update:
    """UpdateComputeEnvironment of `one` with these computeResources, and `request` besides."""

    def send(request: dict[str, Any] | None = None, **changes: Any) -> None:
        given = {"computeResources": changes} if changes else {}
        batch.update_compute_environment(computeEnvironment="one", **given, **(request or {}))

    return send


@pytest.mark.parametrize(("strategy", "request_"), [("BEST_FIT", None), ("BEST_FIT_PROGRESSIVE", OWN_ROLE)])
def test_scaling_is_always_possible(
    sandbox: Sandbox, made: Create, update: Update, environment: Environment, strategy: str, request_: Any
) -> None:
    made(request=request_, allocationStrategy=strategy)
    update({"state": "DISABLED"}, minvCpus=4, maxvCpus=32)
    assert environment()["status"] == "UPDATING"
    sandbox.clock.advance(3)
    found = environment()
    assert (found["status"], found["state"]) == ("VALID", "DISABLED")
    resources = found["computeResources"]
    assert (resources["minvCpus"], resources["desiredvCpus"], resources["maxvCpus"]) == (4, 4, 32)


@pytest.mark.parametrize(
    "changes",
    [
        {"instanceTypes": ["c5.4xlarge"]},
        {"ec2Configuration": [{"imageType": "ECS_AL2"}]},
        {"launchTemplate": {"launchTemplateName": "mine"}},
        {"subnets": ["subnet-1"]},
        {"instanceRole": "other"},
        {"tags": {"a": "b"}},
        {"allocationStrategy": "BEST_FIT_PROGRESSIVE"},
        {"updateToLatestImageVersion": True},
    ],
)
def test_infrastructure_needs_the_linked_role_and_a_strategy(
    made: Create, update: Update, environment: Environment, denied: Any, batch: Any, changes: dict[str, Any]
) -> None:
    made(allocationStrategy="BEST_FIT")
    before = environment()
    with denied("allocation strategy other than BEST_FIT"):
        update(**changes)
    assert environment() == before
    made("two", request=OWN_ROLE)
    with denied("having a Batch Service Linked Role"):
        batch.update_compute_environment(computeEnvironment="two", computeResources=changes)


def test_infrastructure_is_updated_in_place(
    sandbox: Sandbox, made: Create, update: Update, environment: Environment, image_of: Callable[[str], str]
) -> None:
    made()
    image = image_of("amazon-linux-2023")
    configuration = [{"imageType": "ECS_AL2023", "imageIdOverride": image}]
    policy = {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 7200}
    update({"updatePolicy": policy}, ec2Configuration=configuration)
    sandbox.clock.advance(3)
    assert environment()["status"] == "UPDATING"
    sandbox.clock.advance(8)
    found = environment()
    assert (found["status"], found["updatePolicy"]) == ("VALID", policy)
    assert found["computeResources"]["ec2Configuration"] == configuration


def test_a_new_image_that_is_not_there_makes_it_invalid(
    sandbox: Sandbox, made: Create, update: Update, environment: Environment
) -> None:
    made()
    update(ec2Configuration=[{"imageType": "ECS_AL2023", "imageIdOverride": "ami-0123"}])
    sandbox.clock.advance(11)
    assert "'[ami-0123]' does not exist" in environment()["statusReason"]
    update(ec2Configuration=[{"imageType": "ECS_AL2023"}])
    sandbox.clock.advance(11)
    assert environment()["status"] == "VALID"


def test_one_update_at_a_time(sandbox: Sandbox, create: Create, update: Update, denied: Any) -> None:
    create()
    with denied("resource is being modified"):
        update(maxvCpus=32)
    sandbox.clock.advance(6)
    update(maxvCpus=32)
    with denied("resource is being modified"):
        update(maxvCpus=64)


def test_an_update_must_ask_for_something(made: Create, update: Update, denied: Any, batch: Any) -> None:
    made()
    words = "One of [state | compute-resources | service-role | unmanaged-vcpus] is required."
    with denied(words):
        update({"updatePolicy": {"terminateJobsOnUpdate": True}})
    with denied("nobody does not exist"):
        batch.update_compute_environment(computeEnvironment="nobody", state="DISABLED")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"minvCpus": 17}, "minvCpus must be less"),
        ({"desiredvCpus": 17}, "desiredvCpus must be between"),
        ({"desiredvCpus": 2}, "Manually scaling down compute environment is not supported"),
        ({"allocationStrategy": "BEST_FIT"}, "allocationStrategy 'BEST_FIT' is not valid"),
        ({"allocationStrategy": "SPOT_CAPACITY_OPTIMIZED"}, "only valid for compute environments of type SPOT"),
        ({"instanceTypes": ["c5", "m6g"]}, "different architectures"),
        ({"subnets": []}, "subnets"),
    ],
)
def test_what_is_refused_at_once(
    made: Create, update: Update, environment: Environment, denied: Any, changes: dict[str, Any], words: str
) -> None:
    made(desiredvCpus=4)
    before = environment()
    with denied(words):
        update(**changes)
    assert environment() == before


def test_a_timeout_has_limits(made: Create, update: Update, denied: Any) -> None:
    made()
    with denied("jobExecutionTimeoutMinutes must be between 1 and 7200"):
        update({"updatePolicy": {"jobExecutionTimeoutMinutes": 7201}}, maxvCpus=32)


def test_roles_of_two_kinds_are_not_exchanged(
    sandbox: Sandbox, iam: Any, made: Create, update: Update, environment: Environment, denied: Any, batch: Any
) -> None:
    made()
    with denied("Cannot change the service-linked role"):
        update(OWN_ROLE)
    made("two", request={"serviceRole": "nobody"})
    with denied("Cannot change the IAM role"):
        batch.update_compute_environment(computeEnvironment="two", serviceRole=LINKED)
    assert environment("two")["status"] == "INVALID"
    batch.update_compute_environment(computeEnvironment="two", **OWN_ROLE)
    sandbox.clock.advance(3)
    assert environment("two")["status"] == "VALID"


def test_an_empty_value_removes(
    sandbox: Sandbox, ec2: Any, made: Create, update: Update, environment: Environment
) -> None:
    ec2.create_key_pair(KeyName="mine")
    ec2.create_launch_template(LaunchTemplateName="mine", LaunchTemplateData={"KeyName": "mine"})
    made(ec2KeyPair="mine", launchTemplate={"launchTemplateName": "mine"})
    assert environment()["status"] == "VALID"
    update(ec2KeyPair="", launchTemplate={"launchTemplateName": ""})
    sandbox.clock.advance(11)
    found = environment()
    assert found["status"] == "VALID"
    assert not {"ec2KeyPair", "launchTemplate"} & set(found["computeResources"])


def test_desired_vcpus_follow_the_limits(
    sandbox: Sandbox, made: Create, update: Update, environment: Environment
) -> None:
    made(desiredvCpus=8)
    update(maxvCpus=4)
    sandbox.clock.advance(3)
    assert environment()["computeResources"]["desiredvCpus"] == 4
    update(desiredvCpus=4, maxvCpus=6)
    sandbox.clock.advance(3)
    assert environment()["computeResources"]["desiredvCpus"] == 4


@pytest.mark.parametrize("terminate", [True, False])
def test_what_an_update_does_to_running_jobs(
    sandbox: Sandbox, made: Create, update: Update, queue: Create, ec2: Any, job: Environment, terminate: bool,
    definition: str,
) -> None:  # fmt: skip
    """They are tried again, on a machine of the new kind, when their time is up."""
    made(maxvCpus=24)
    queue("one")
    request = {"jobName": "job", "jobQueue": "queue", "jobDefinition": definition}
    running = submit_running(sandbox, **request, retryStrategy={"attempts": 2})
    update({"updatePolicy": {"terminateJobsOnUpdate": terminate}}, instanceTypes=["c5.4xlarge"])
    if not terminate:
        sandbox.clock.advance(29 * 60)
        assert (job(running)["status"], job(running)["attempts"]) == ("RUNNING", [])
    sandbox.clock.advance(80)
    again = job(running)
    assert (again["status"], len(again["attempts"])) == ("RUNNING", 1)
    assert re.fullmatch(r"Host EC2 \(instance i-\w+\) terminated\.", again["attempts"][0]["statusReason"])
    machines = [each for found in ec2.describe_instances()["Reservations"] for each in found["Instances"]]
    alive = [each["InstanceType"] for each in machines if each["State"]["Name"] == "running"]
    assert alive == ["c5.4xlarge"]


def test_idle_machines_are_replaced_at_once(sandbox: Sandbox, made: Create, update: Update, ec2: Any) -> None:
    made(minvCpus=8)
    sandbox.clock.advance(10)
    update(instanceTypes=["c5.4xlarge"])
    sandbox.clock.advance(25)
    machines = [each for found in ec2.describe_instances()["Reservations"] for each in found["Instances"]]
    states = {each["InstanceType"]: each["State"]["Name"] for each in machines}
    assert states == {"c5.2xlarge": "terminated", "c5.4xlarge": "running"}
