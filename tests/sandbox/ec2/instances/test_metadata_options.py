"""An instance's metadata options: from its launch, its template, its AMI; changed while it runs."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from sandbox.world.hypervisor import MetadataOptions


def options_of(describe: Any, instance_id: str) -> tuple[str, int, str]:
    told = describe(instance_id)["MetadataOptions"]
    return told["HttpTokens"], told["HttpPutResponseHopLimit"], told["HttpEndpoint"]


def stock(sandbox: Sandbox, alias: str) -> str:
    name = f"/aws/service/ecs/optimized-ami/{alias}/recommended/image_id"
    return str(sandbox.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])


def test_the_ami_decides_what_a_launch_leaves_open(
    sandbox: Sandbox, running: Callable[..., str], describe: Any
) -> None:
    new, old = stock(sandbox, "amazon-linux-2023"), stock(sandbox, "amazon-linux-2")
    assert options_of(describe, running(ImageId=new)) == ("required", 2, "enabled")
    assert options_of(describe, running(ImageId=old)) == ("optional", 1, "enabled")
    given = running(ImageId=new, MetadataOptions={"HttpPutResponseHopLimit": 1})
    assert options_of(describe, given) == ("required", 1, "enabled")


def test_a_launch_template_s_options_apply(ec2: Any, running: Callable[..., str], describe: Any) -> None:
    data = {"MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 3}}
    ec2.create_launch_template(LaunchTemplateName="mine", LaunchTemplateData=data)
    instance_id = running(LaunchTemplate={"LaunchTemplateName": "mine"})
    assert options_of(describe, instance_id) == ("required", 3, "enabled")


def test_a_change_keeps_what_it_does_not_name(ec2: Any, running: Callable[..., str], describe: Any) -> None:
    instance_id = running(MetadataOptions={"HttpTokens": "required", "InstanceMetadataTags": "enabled"})
    ec2.modify_instance_metadata_options(InstanceId=instance_id, HttpPutResponseHopLimit=5)
    assert options_of(describe, instance_id) == ("required", 5, "enabled")
    assert describe(instance_id)["MetadataOptions"]["InstanceMetadataTags"] == "enabled"


@pytest.mark.parametrize("hops", [0, 65])
def test_hop_limits_that_there_are_not(
    ec2: Any, running: Callable[..., str], describe: Any, refused: Any, hops: int
) -> None:
    instance_id = running()
    before = options_of(describe, instance_id)
    with refused("InvalidParameterValue"):
        ec2.modify_instance_metadata_options(InstanceId=instance_id, HttpPutResponseHopLimit=hops)
    assert options_of(describe, instance_id) == before
    with refused("InvalidParameterValue"):
        running(MetadataOptions={"HttpPutResponseHopLimit": hops})


def test_a_change_of_nothing_and_of_what_is_gone(ec2: Any, running: Callable[..., str], refused: Any) -> None:
    instance_id = running()
    with refused("MissingParameter"):
        ec2.modify_instance_metadata_options(InstanceId=instance_id)
    ec2.terminate_instances(InstanceIds=[instance_id])
    with refused("IncorrectInstanceState"):
        ec2.modify_instance_metadata_options(InstanceId=instance_id, HttpEndpoint="disabled")


def test_machines_are_told_before_they_boot_and_at_once(with_machines: Sandbox, machines: Any) -> None:
    ec2, image = with_machines.client("ec2"), stock(with_machines, "amazon-linux-2023")
    launched = ec2.run_instances(ImageId=image, InstanceType="c5.large", MinCount=1, MaxCount=1)
    instance_id = launched["Instances"][0]["InstanceId"]
    with_machines.world.queues.add(instance_id, lambda: None).result(30)
    with_machines.clock.advance(5)
    ec2.modify_instance_metadata_options(InstanceId=instance_id, HttpEndpoint="disabled", HttpTokens="optional")
    names = [what for what in machines.names() if what in ("boot", "set_metadata_options")]
    assert names == ["set_metadata_options", "boot", "set_metadata_options"]
    told = [what[2] for what in machines.asked if what[0] == "set_metadata_options"]
    assert told == [MetadataOptions(True, True, 2), MetadataOptions(False, False, 2)]
