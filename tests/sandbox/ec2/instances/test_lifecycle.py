from collections.abc import Callable
from typing import Any

from sandbox.inprocess import Sandbox

Launch = Callable[..., str]


def test_stop_passes_through_stopping(sandbox: Sandbox, ec2: Any, running: Launch, describe: Any) -> None:
    instance_id = running()
    change = ec2.stop_instances(InstanceIds=[instance_id])["StoppingInstances"][0]
    assert (change["PreviousState"]["Name"], change["CurrentState"]["Name"]) == ("running", "stopping")
    assert describe(instance_id)["State"]["Name"] == "stopping"
    sandbox.clock.advance(2)
    found = describe(instance_id)
    assert found["State"]["Name"] == "stopped"
    assert found["StateReason"]["Code"] == "Client.UserInitiatedShutdown"
    assert "PublicIpAddress" not in found


def test_start_again(sandbox: Sandbox, ec2: Any, running: Launch, describe: Any, refused: Any) -> None:
    instance_id = running()
    with refused("IncorrectInstanceState"):
        ec2.start_instances(InstanceIds=[instance_id])
    ec2.stop_instances(InstanceIds=[instance_id])
    sandbox.clock.advance(2)
    ec2.start_instances(InstanceIds=[instance_id])
    assert describe(instance_id)["State"]["Name"] == "pending"
    sandbox.clock.advance(2)
    assert describe(instance_id)["State"]["Name"] == "running"


def test_termination_keeps_the_volumes_that_are_to_be_kept(
    sandbox: Sandbox, ec2: Any, running: Launch, describe: Any
) -> None:
    instance_id = running(
        BlockDeviceMappings=[
            {"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": True}},
            {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 10, "DeleteOnTermination": False}},
        ]
    )
    ec2.terminate_instances(InstanceIds=[instance_id])
    assert describe(instance_id)["State"]["Name"] == "shutting-down"
    assert len(ec2.describe_volumes()["Volumes"]) == 2
    sandbox.clock.advance(2)
    assert describe(instance_id)["State"]["Name"] == "terminated"
    left = ec2.describe_volumes()["Volumes"]
    assert [(volume["Size"], volume["State"]) for volume in left] == [(10, "available")]
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []


def test_terminated_instances_are_listed_for_an_hour(
    sandbox: Sandbox, ec2: Any, running: Launch, refused: Any, describe: Any
) -> None:
    instance_id = running()
    ec2.terminate_instances(InstanceIds=[instance_id])
    sandbox.clock.advance(1800)
    assert describe(instance_id)["State"]["Name"] == "terminated"
    sandbox.clock.advance(3600)
    with refused("InvalidInstanceID.NotFound"):
        describe(instance_id)


def test_a_terminated_instance_cannot_be_stopped(sandbox: Sandbox, ec2: Any, running: Launch, refused: Any) -> None:
    instance_id = running()
    ec2.terminate_instances(InstanceIds=[instance_id])
    sandbox.clock.advance(2)
    with refused("IncorrectInstanceState"):
        ec2.stop_instances(InstanceIds=[instance_id])
    with refused("IncorrectInstanceState"):
        ec2.reboot_instances(InstanceIds=[instance_id])


def test_protection_holds(ec2: Any, running: Launch, refused: Any) -> None:
    instance_id = running()
    ec2.modify_instance_attribute(InstanceId=instance_id, DisableApiTermination={"Value": True})
    with refused("OperationNotPermitted"):
        ec2.terminate_instances(InstanceIds=[instance_id])


def test_the_shutdown_behaviour_can_be_changed(ec2: Any, running: Launch, describe: Any) -> None:
    instance_id = running()
    groups = describe(instance_id)["SecurityGroups"]
    ec2.modify_instance_attribute(InstanceId=instance_id, InstanceInitiatedShutdownBehavior={"Value": "terminate"})
    name = "instanceInitiatedShutdownBehavior"
    kept = ec2.describe_instance_attribute(InstanceId=instance_id, Attribute=name)
    assert kept["InstanceInitiatedShutdownBehavior"]["Value"] == "terminate"
    assert describe(instance_id)["SecurityGroups"] == groups


def test_some_attributes_change_in_stopped_instances_only(ec2: Any, running: Launch, refused: Any) -> None:
    instance_id = running()
    with refused("IncorrectInstanceState"):
        ec2.modify_instance_attribute(InstanceId=instance_id, InstanceType={"Value": "m5.large"})


def test_without_a_machine_the_console_is_empty(ec2: Any, running: Launch) -> None:
    assert "Output" not in ec2.get_console_output(InstanceId=running())


def test_network_interfaces_go_or_stay_as_they_were_launched(
    sandbox: Sandbox, ec2: Any, running: Launch, describe: Any
) -> None:
    """What is made at launch goes unless it is said otherwise; what was there before stays unless it is said."""
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    there = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    asked: list[tuple[dict[str, Any], bool]] = [
        ({"SubnetId": subnet}, True),
        ({"SubnetId": subnet, "DeleteOnTermination": True}, True),
        ({"SubnetId": subnet, "DeleteOnTermination": False}, False),
        ({"NetworkInterfaceId": there}, False),
        ({"NetworkInterfaceId": there, "DeleteOnTermination": True}, True),
    ]
    for interface, goes in asked:
        instance_id = running(NetworkInterfaces=[{"DeviceIndex": 0, **interface}])
        [nic] = describe(instance_id)["NetworkInterfaces"]
        assert nic["Attachment"]["DeleteOnTermination"] is goes
        ec2.terminate_instances(InstanceIds=[instance_id])
        sandbox.clock.advance(5)
        assert describe(instance_id)["State"]["Name"] == "terminated"
        left = [found for found in ec2.describe_network_interfaces()["NetworkInterfaces"]
                if found["NetworkInterfaceId"] == nic["NetworkInterfaceId"]]  # fmt: skip
        assert [found["Status"] for found in left] == ([] if goes else ["available"])
