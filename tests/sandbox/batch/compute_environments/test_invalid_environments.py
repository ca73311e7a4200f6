"""INVALID: each cause is made through the AWS API, seen in statusReason, and repaired where AWS lets it be."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support.trust import trust

Create = Callable[..., str]
Environment = Callable[..., dict[str, Any]]
MIME = (
    'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="=="\n\n'
    "--==\nContent-Type: text/x-shellscript\n\ntrue\n--==--\n"
)
ROLE = "arn:aws:iam::123456789012:role/AWSBatchServiceRole"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def template(ec2: Any) -> Callable[..., str]:
    def make(**data: Any) -> str:
        answer = ec2.create_launch_template(LaunchTemplateName="mine", LaunchTemplateData=data)
        return str(answer["LaunchTemplate"]["LaunchTemplateId"])

    return make


@pytest.fixture
def reason(environment: Environment) -> Callable[[], str]:
    """The statusReason of `one`, which must be INVALID."""

    def read() -> str:
        found = environment()
        assert found["status"] == "INVALID", found
        assert found["statusReason"].startswith("CLIENT_ERROR - ")
        return str(found["statusReason"])

    return read


def test_a_service_role_that_is_not_there(made: Create, reason: Callable[[], str]) -> None:
    made(request={"serviceRole": "Nobody"})
    assert "batch.amazonaws.com is not authorized to perform: sts:AssumeRole on resource" in reason()
    assert "role/Nobody" in reason()


def test_a_service_role_with_a_path_that_is_not_given(iam: Any, made: Create, reason: Callable[[], str]) -> None:
    iam.create_role(RoleName="Deep", Path="/service-role/", AssumeRolePolicyDocument=trust("batch.amazonaws.com"))
    made(request={"serviceRole": "Deep"})
    assert "role/Deep " in reason()


def test_a_service_role_with_its_path(iam: Any, made: Create, environment: Environment) -> None:
    iam.create_role(RoleName="Deep", Path="/service-role/", AssumeRolePolicyDocument=trust("batch.amazonaws.com"))
    made(request={"serviceRole": "service-role/Deep"})
    assert environment()["status"] == "VALID"


def test_a_service_role_without_trust(iam: Any, made: Create, reason: Callable[[], str]) -> None:
    iam.update_assume_role_policy(RoleName="AWSBatchServiceRole", PolicyDocument=trust("ec2.amazonaws.com"))
    made(request={"serviceRole": "AWSBatchServiceRole"})
    assert f"sts:AssumeRole on resource: {ROLE}" in reason()


def test_a_role_is_no_instance_profile(iam: Any, made: Create, reason: Callable[[], str]) -> None:
    iam.create_role(RoleName="aRole", AssumeRolePolicyDocument=trust("ec2.amazonaws.com"))
    made(instanceRole="arn:aws:iam::123456789012:role/aRole")
    assert "Invalid IamInstanceProfile: arn:aws:iam::123456789012:role/aRole" in reason()


def test_an_empty_instance_profile(iam: Any, made: Create, reason: Callable[[], str]) -> None:
    iam.create_instance_profile(InstanceProfileName="empty")
    made(instanceRole="empty")
    assert "has no associated IAM Roles" in reason()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ec2Configuration": [{"imageType": "ECS_AL2023", "imageIdOverride": "ami-0123"}]}, "'[ami-0123]' does not"),
        ({"imageId": "ami-0123"}, "'[ami-0123]' does not exist"),
        ({"launchTemplate": {"launchTemplateName": "gone"}}, "with template name gone, does not exist"),
        ({"launchTemplate": {"launchTemplateId": "lt-0123"}}, "with template ID lt-0123, does not exist"),
        ({"subnets": ["subnet-0123"]}, "The subnet ID 'subnet-0123' does not exist"),
        ({"securityGroupIds": ["sg-0123"]}, "The security group 'sg-0123' does not exist"),
        ({"ec2KeyPair": "nobody"}, "The key pair 'nobody' does not exist"),
        ({"placementGroup": "nobodys"}, "CLIENT_ERROR - The Placement Group 'nobodys' is unknown."),
        (
            {"type": "SPOT", "allocationStrategy": "BEST_FIT", "spotIamFleetRole": "nobody"},
            "SpotFleetRequestConfig.IamFleetRole is invalid",
        ),
    ],
)
def test_what_is_not_there(made: Create, reason: Callable[[], str], changes: dict[str, Any], words: str) -> None:
    made(**changes)
    assert words in reason()


def test_an_image_of_another_architecture(
    image_of: Callable[[str], str], made: Create, reason: Callable[[], str], environment: Environment
) -> None:
    arm = image_of("amazon-linux-2023/arm64")
    configuration = [{"imageType": "ECS_AL2023", "imageIdOverride": arm}]
    made(ec2Configuration=configuration)
    assert "does not match the architecture 'arm64' of the specified AMI" in reason()
    made("two", ec2Configuration=configuration, instanceTypes=["m6g.large"])
    assert environment("two")["status"] == "VALID"


def test_a_spot_fleet_role_needs_spot_fleets_trust(iam: Any, made: Create, environment: Environment) -> None:
    iam.create_role(RoleName="fleet", AssumeRolePolicyDocument=trust("spotfleet.amazonaws.com"))
    made(type="SPOT", allocationStrategy="BEST_FIT", spotIamFleetRole="arn:aws:iam::123456789012:role/fleet")
    assert environment()["status"] == "VALID"


def test_user_data_must_be_mime(template: Callable[..., str], made: Create, reason: Callable[[], str]) -> None:
    made(launchTemplate={"launchTemplateId": template(UserData=encoded("#!/bin/bash\ntrue\n"))})
    assert reason() == "CLIENT_ERROR - Launch Template UserData is not MIME multipart format"


def test_a_template_and_its_version(
    sandbox: Sandbox, ec2: Any, template: Callable[..., str], made: Create, environment: Environment
) -> None:
    template(UserData=encoded(MIME))
    made(launchTemplate={"launchTemplateName": "mine", "version": "1"})
    assert environment()["status"] == "VALID"
    made("two", launchTemplate={"launchTemplateName": "mine", "version": "2"})
    assert "Could not find the specified version 2" in environment("two")["statusReason"]
    ec2.create_launch_template_version(LaunchTemplateName="mine", LaunchTemplateData={"UserData": encoded(MIME)})
    sandbox.clock.advance(31)
    assert environment("two")["status"] == "VALID"


def test_latest_is_what_it_was_at_creation(
    sandbox: Sandbox, ec2: Any, batch: Any, template: Callable[..., str], made: Create, environment: Environment
) -> None:
    template(UserData=encoded(MIME))
    made(launchTemplate={"launchTemplateName": "mine", "version": "$Latest"})
    ec2.create_launch_template_version(LaunchTemplateName="mine", LaunchTemplateData={"UserData": encoded("no MIME")})
    sandbox.clock.advance(31)
    assert environment()["status"] == "VALID"
    batch.update_compute_environment(computeEnvironment="one", computeResources={"maxvCpus": 32})
    sandbox.clock.advance(11)
    assert environment()["status"] == "VALID"
    batch.update_compute_environment(computeEnvironment="one", computeResources={"instanceTypes": ["c5.4xlarge"]})
    sandbox.clock.advance(11)
    assert environment()["status"] == "INVALID"


def test_one_turns_invalid_later_and_valid_again(
    sandbox: Sandbox, iam: Any, made: Create, environment: Environment
) -> None:
    made(request={"serviceRole": "AWSBatchServiceRole"})
    assert environment()["status"] == "VALID"
    iam.delete_role(RoleName="AWSBatchServiceRole")
    assert environment()["status"] == "VALID"
    sandbox.clock.advance(31)
    assert environment()["status"] == "INVALID"
    iam.create_role(RoleName="AWSBatchServiceRole", AssumeRolePolicyDocument=trust("batch.amazonaws.com"))
    sandbox.clock.advance(31)
    assert environment()["status"] == "VALID"


def test_a_deregistered_image(
    sandbox: Sandbox, ec2: Any, running: Callable[..., str], made: Create, environment: Environment
) -> None:
    image = ec2.create_image(InstanceId=running(), Name="mine")["ImageId"]
    sandbox.clock.advance(60)
    made(ec2Configuration=[{"imageType": "ECS_AL2023", "imageIdOverride": image}])
    assert environment()["status"] == "VALID"
    ec2.deregister_image(ImageId=image)
    sandbox.clock.advance(31)
    assert f"The image id '[{image}]' does not exist" in environment()["statusReason"]


def test_without_its_role_one_is_not_deleted(
    sandbox: Sandbox, iam: Any, batch: Any, made: Create, environment: Environment
) -> None:
    made(request={"serviceRole": "AWSBatchServiceRole"})
    iam.delete_role(RoleName="AWSBatchServiceRole")
    batch.update_compute_environment(computeEnvironment="one", state="DISABLED")
    sandbox.clock.advance(3)
    assert (environment()["status"], environment()["state"]) == ("INVALID", "DISABLED")
    batch.delete_compute_environment(computeEnvironment="one")
    assert environment()["status"] == "DELETING"
    sandbox.clock.advance(6)
    assert environment()["status"] == "INVALID"
    iam.create_role(RoleName="AWSBatchServiceRole", AssumeRolePolicyDocument=trust("batch.amazonaws.com"))
    batch.delete_compute_environment(computeEnvironment="one")
    sandbox.clock.advance(6)
    assert batch.describe_compute_environments()["computeEnvironments"] == []


def test_one_is_repaired_by_an_update(sandbox: Sandbox, batch: Any, made: Create, environment: Environment) -> None:
    made(instanceRole="nobody")
    assert environment()["status"] == "INVALID"
    batch.update_compute_environment(computeEnvironment="one", computeResources={"instanceRole": "ecsInstanceRole"})
    assert environment()["status"] == "UPDATING"
    sandbox.clock.advance(11)
    assert environment()["status"] == "VALID"
