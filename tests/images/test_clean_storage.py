"""Volumes that machines with growing storage left behind."""

import json
from typing import Any

import pytest

from images.commands import amis as commands
from kiln.errors import Exit
from sandbox.inprocess import Sandbox


@pytest.fixture
def ec2(sandbox: Sandbox) -> Any:
    return sandbox.client("ec2")


def instance(sandbox: Sandbox, ec2: Any) -> str:
    found = sandbox.client("ssm").get_parameter(Name="/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended")
    image = json.loads(found["Parameter"]["Value"])["image_id"]
    launched = ec2.run_instances(ImageId=image, InstanceType="m6i.large", MinCount=1, MaxCount=1)
    sandbox.clock.advance(5)
    return str(launched["Instances"][0]["InstanceId"])


def volume(sandbox: Sandbox, ec2: Any, owner: str, expires: str = "2099-01-01T00:00:00Z") -> str:
    own = [{"Key": "kiln:storage", "Value": owner}, {"Key": "kiln:expires", "Value": expires}]
    tagged = [{"ResourceType": "volume", "Tags": own}]
    made = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, TagSpecifications=tagged)["VolumeId"]
    sandbox.clock.advance(2)
    return str(made)


def left(ec2: Any) -> set[str]:
    listed = ec2.describe_volumes(Filters=[{"Name": "tag-key", "Values": ["kiln:storage"]}])["Volumes"]
    return {each["VolumeId"] for each in listed}


def test_what_is_left_of_an_instance_that_is_gone(
    sandbox: Sandbox, ec2: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    ended, alive = instance(sandbox, ec2), instance(sandbox, ec2)
    attached = volume(sandbox, ec2, ended)
    ec2.attach_volume(VolumeId=attached, InstanceId=ended, Device="/dev/sdf")  # killed before DeleteOnTermination
    lost = {attached, volume(sandbox, ec2, ended), volume(sandbox, ec2, "i-0123456789abcdef0")}
    used = volume(sandbox, ec2, alive)
    ec2.terminate_instances(InstanceIds=[ended])
    sandbox.clock.advance(5)
    assert commands.clean(None, apply=False, as_json=True) == Exit.SOMETHING_TO_DO
    shown = json.loads(capsys.readouterr().out)
    assert {each["id"] for each in shown} == lost
    assert {each["kind"] for each in shown} == {"storage volume"}
    assert f"its instance {ended} is gone" in {each["why"] for each in shown}
    assert left(ec2) == lost | {used}, "shown, not deleted"
    assert commands.clean(None, apply=True, as_json=False) == Exit.DONE
    assert left(ec2) == {used}


def test_a_volume_that_its_instance_never_attached(sandbox: Sandbox, ec2: Any) -> None:
    owner = instance(sandbox, ec2)
    old, young = volume(sandbox, ec2, owner, "2020-01-01T00:00:00Z"), volume(sandbox, ec2, owner)
    attached = volume(sandbox, ec2, owner, "2020-01-01T00:00:00Z")
    ec2.attach_volume(VolumeId=attached, InstanceId=owner, Device="/dev/sdf")
    assert commands.clean(None, apply=True, as_json=False) == Exit.DONE
    assert left(ec2) == {young, attached}
    assert old not in left(ec2)


def test_nothing_is_left(sandbox: Sandbox, ec2: Any) -> None:
    volume(sandbox, ec2, instance(sandbox, ec2))
    assert commands.clean(None, apply=False, as_json=False) == Exit.DONE
