"""ModifyVolume: how a change goes on, how often it may be asked for, and the disk behind the volume."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox
from tests.support.refused import Refused

ZONE = "us-east-1a"
DAY = 24 * 3600.0


def make(sandbox: Sandbox, ec2: Any, **options: Any) -> str:
    volume: str = ec2.create_volume(AvailabilityZone=ZONE, **{"Size": 100, "VolumeType": "gp3", **options})["VolumeId"]
    sandbox.clock.advance(2)
    return volume


def show(ec2: Any, volume: str) -> dict[str, Any]:
    (found,) = ec2.describe_volumes_modifications(VolumeIds=[volume])["VolumesModifications"]
    return dict(found)


def read_size(ec2: Any, volume: str) -> int:
    return int(ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["Size"])


def finish(sandbox: Sandbox) -> None:
    sandbox.clock.advance(sandbox.world.delays.volume_modifying + sandbox.world.delays.volume_optimizing)


def test_a_change_is_modifying_then_optimizing_then_completed(sandbox: Sandbox, ec2: Any) -> None:
    volume = make(sandbox, ec2)
    told = ec2.modify_volume(VolumeId=volume, Size=150, Iops=4000)["VolumeModification"]
    assert (told["ModificationState"], told["Progress"], "EndTime" in told) == ("modifying", 0, False)
    assert (told["OriginalSize"], told["TargetSize"], told["OriginalIops"], told["TargetIops"]) == (
        100,
        150,
        3000,
        4000,
    )
    assert (told["OriginalVolumeType"], told["TargetVolumeType"], told["TargetThroughput"]) == ("gp3", "gp3", 125)
    assert read_size(ec2, volume) == 100
    sandbox.clock.advance(sandbox.world.delays.volume_modifying)
    assert show(ec2, volume)["ModificationState"] == "optimizing"
    assert read_size(ec2, volume) == 150
    sandbox.clock.advance(sandbox.world.delays.volume_optimizing / 2)
    assert 0 < show(ec2, volume)["Progress"] < 100
    sandbox.clock.advance(sandbox.world.delays.volume_optimizing / 2)
    done = show(ec2, volume)
    assert (done["ModificationState"], done["Progress"]) == ("completed", 100)
    assert done["EndTime"] > done["StartTime"] == told["StartTime"]


@pytest.mark.parametrize("state", ["MODIFYING", "OPTIMIZING"])
def test_the_next_change_waits_for_the_one_before(sandbox: Sandbox, ec2: Any, state: str) -> None:
    volume = make(sandbox, ec2)
    ec2.modify_volume(VolumeId=volume, Size=101)
    sandbox.clock.advance(sandbox.world.delays.volume_modifying if state == "OPTIMIZING" else 0)
    with pytest.raises(ClientError) as caught:
        ec2.modify_volume(VolumeId=volume, Size=102)
    error = caught.value.response["Error"]
    assert (error["Code"], error["Message"]) == (
        "IncorrectModificationState",
        f"Volume {volume} cannot be modified in modification state {state}",
    )
    finish(sandbox)
    ec2.modify_volume(VolumeId=volume, Size=102)


def test_four_changes_in_any_24_hours(sandbox: Sandbox, ec2: Any, refused: Refused) -> None:
    volume, other = make(sandbox, ec2), make(sandbox, ec2)
    for size in (101, 102, 103, 104):
        ec2.modify_volume(VolumeId=volume, Size=size)
        sandbox.clock.advance(3600)
    with refused("VolumeModificationRateExceeded"):
        ec2.modify_volume(VolumeId=volume, Size=105)
    ec2.modify_volume(VolumeId=other, Size=105)
    sandbox.clock.advance(DAY - 4 * 3600 - 60)
    with refused("VolumeModificationRateExceeded"):
        ec2.modify_volume(VolumeId=volume, Size=105)
    sandbox.clock.advance(120)
    ec2.modify_volume(VolumeId=volume, Size=105)
    with refused("IncorrectModificationState"):
        ec2.modify_volume(VolumeId=volume, Size=106)


def test_what_is_refused(sandbox: Sandbox, ec2: Any, refused: Refused) -> None:
    volume = make(sandbox, ec2)
    for change, code in (
        ({}, "InvalidParameterValue"),
        ({"Size": 99}, "InvalidParameterValue"),
        ({"Size": 65537}, "InvalidParameterValue"),
        ({"Throughput": 2001}, "InvalidParameterValue"),
        ({"VolumeType": "gp9"}, "UnknownVolumeType"),
    ):
        with refused(code):
            ec2.modify_volume(VolumeId=volume, **change)
    with refused("InvalidVolumeModification.NotFound"):
        ec2.describe_volumes_modifications(VolumeIds=[volume])
    new = ec2.create_volume(AvailabilityZone=ZONE, Size=1)["VolumeId"]
    with refused("IncorrectState"):
        ec2.modify_volume(VolumeId=new, Size=2)


def test_the_newest_change_of_each_volume_is_listed(sandbox: Sandbox, ec2: Any) -> None:
    first, second, _never = make(sandbox, ec2), make(sandbox, ec2), make(sandbox, ec2)
    ec2.modify_volume(VolumeId=first, Size=101)
    finish(sandbox)
    ec2.modify_volume(VolumeId=first, Size=102)
    ec2.modify_volume(VolumeId=second, VolumeType="io2", Iops=5000)

    def find(**filters: str) -> set[str]:
        asked = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()]
        found = ec2.describe_volumes_modifications(Filters=asked)["VolumesModifications"]
        assert all(change["TargetSize"] != 101 for change in found)
        return {change["VolumeId"] for change in found}

    assert find() == find(modification_state="modifying") == {first, second}
    assert find(modification_state="completed") == set()
    assert find(target_size="102") == find(original_size="101") == find(target_iops="3000") == {first}
    assert find(target_volume_type="io2") == find(original_volume_type="gp3", volume_id=second) == {second}


def test_a_root_volume_grows_with_its_instance_running(sandbox: Sandbox, ec2: Any, running: Callable[..., str]) -> None:
    instance = ec2.describe_instances(InstanceIds=[running()])["Reservations"][0]["Instances"][0]
    volume = instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    ec2.modify_volume(VolumeId=volume, Size=77)
    finish(sandbox)
    assert (read_size(ec2, volume), show(ec2, volume)["ModificationState"]) == (77, "completed")


def test_the_disk_behind_the_volume_grows(with_machines: Sandbox, machines: Any, refused: Refused) -> None:
    ec2 = with_machines.client("ec2")
    volume = ec2.create_volume(AvailabilityZone=ZONE, Size=10)["VolumeId"]
    until(lambda: ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["State"] == "available")
    ec2.modify_volume(VolumeId=volume, VolumeType="gp3")
    assert "grow_volume" not in machines.names()
    finish(with_machines)
    machines.broken = {"grow_volume"}
    ec2.modify_volume(VolumeId=volume, Size=20)
    assert show(ec2, volume)["ModificationState"] == "failed"
    assert "grow_volume is broken" in show(ec2, volume)["StatusMessage"]
    finish(with_machines)
    assert (read_size(ec2, volume), show(ec2, volume)["ModificationState"]) == (10, "failed")
    machines.broken = set()
    ec2.modify_volume(VolumeId=volume, Size=20)
    assert machines.asked[-1] == ("grow_volume", volume, 20)


def test_a_disk_grows_while_its_machine_is_stopped(with_machines: Sandbox, machines: Any, refused: Refused) -> None:
    """QEMU's NVMe controller does not tell a running guest that its disk has grown."""
    ec2 = with_machines.client("ec2")
    name = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
    image = with_machines.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    asked = {"ImageId": image, "InstanceType": "m6i.large", "MinCount": 1, "MaxCount": 1}
    instance = ec2.run_instances(**asked)["Instances"][0]["InstanceId"]

    with_machines.clock.advance(5)

    def look() -> dict[str, Any]:
        with_machines.clock.advance(1)
        return dict(ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0])

    until(lambda: look()["State"]["Name"] == "running")
    volume = look()["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    ec2.modify_volume(VolumeId=volume, Throughput=250, VolumeType="gp3")
    finish(with_machines)
    with refused("Unsupported"):
        ec2.modify_volume(VolumeId=volume, Size=77)
    assert read_size(ec2, volume) == 30
    ec2.stop_instances(InstanceIds=[instance])
    until(lambda: look()["State"]["Name"] == "stopped")
    ec2.modify_volume(VolumeId=volume, Size=77)
    assert machines.asked[-1] == ("grow_volume", volume, 77)
    finish(with_machines)
    assert read_size(ec2, volume) == 77


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
