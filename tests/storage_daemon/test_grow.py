"""Growths against the offline AWS: what is called, what is made, and what becomes of refusals."""

import json
from typing import Any

import pytest

from provision.docker.autoscale_policy import write_policy
from tests.support import trust
from tests.support.storage_machine import Machine

QUESTIONS = ("Describe", "Get")


def tags(volume: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in volume["Tags"]}


@pytest.mark.parametrize("kind", ["lvm", "btrfs"])
def test_a_growth_adds_a_volume_that_goes_with_the_machine(machine: Machine, kind: str) -> None:
    machine.prepared(filesystem=kind)
    assert machine.grow()["outcome"] == "grown"
    (volume,) = machine.volumes()
    (attachment,) = volume["Attachments"]
    assert (volume["Size"], volume["VolumeType"], volume["Iops"], volume["Throughput"]) == (10, "gp3", 4000, 250)
    assert volume["Encrypted"]
    assert attachment["DeleteOnTermination"]
    assert machine.members() == ["nvme1n1", machine.blocks.disk(volume["VolumeId"])]
    own = tags(volume)
    assert own["kiln:storage"] == machine.instance
    assert own["Project"] == "genomics"
    assert own["kiln:expires"].endswith("Z")
    assert machine.end() == []


def test_a_growth_costs_four_calls_and_polls(machine: Machine) -> None:
    machine.prepared().grow()
    made = [call.action for call in machine.sandbox.calls.all() if call.service == "ec2"]
    work = [action for action in made if not action.startswith(QUESTIONS)]
    assert work == ["CreateVolume", "AttachVolume", "ModifyInstanceAttribute"]
    assert made[0] == "DescribeVolumes"
    assert set(made) - set(work) == {"DescribeVolumes"}


def test_sizes_rise_until_a_limit_holds(machine: Machine) -> None:
    machine.prepared(ceiling=90)
    outcomes = [machine.grow()["outcome"] for _ in range(5)]
    assert outcomes == ["grown", "grown", "grown", "grown", "ceiling"]
    assert sorted(volume["Size"] for volume in machine.volumes()) == [10, 15, 20, 25], (
        "10 + 20 + 25 + 15 + the 20 it had"
    )
    assert machine.end() == []


@pytest.mark.parametrize(
    ("code", "status"), [("RequestLimitExceeded", 503), ("InternalError", 500), ("Unavailable", 503)]
)
def test_throttling_and_server_errors_are_outlasted(machine: Machine, code: str, status: int) -> None:
    machine.prepared()
    machine.sandbox.faults.add("*", code, status=status, times=3)
    machine.sandbox.faults.add("AttachVolume", code, status=status, times=3)
    assert machine.grow()["outcome"] == "grown"
    assert len(machine.volumes()) == 1


def test_a_server_error_behind_the_creation_makes_no_second_volume(machine: Machine) -> None:
    machine.prepared()
    machine.sandbox.faults.add("DescribeVolumes", "InternalError", status=500, times=None, after=1)
    assert machine.grow()["outcome"] == "failed"
    machine.sandbox.faults.clear()
    assert len(machine.volumes()) == 1
    assert machine.grow()["outcome"] == "grown"
    assert len(machine.volumes()) == 1
    assert machine.end() == []


@pytest.mark.parametrize("code", ["VolumeLimitExceeded", "UnauthorizedOperation"])
def test_a_refused_creation_leaves_nothing_to_finish(machine: Machine, code: str) -> None:
    machine.prepared()
    machine.sandbox.faults.add("CreateVolume", code)
    result = machine.grow()
    assert result["outcome"] == ("limited" if code == "VolumeLimitExceeded" else "failed")
    assert code in result["why"]
    left = json.loads((machine.blocks.root / "var/lib/kiln-storage/growth.json").read_text())
    assert left == {"ordinal": 1, "size": 0, "expires": "", "volume": "", "condemned": ""}


def test_a_volume_that_cannot_be_attached_is_deleted(machine: Machine) -> None:
    machine.prepared()
    machine.sandbox.faults.add("AttachVolume", "AttachmentLimitExceeded")
    result = machine.grow()
    assert (result["outcome"], machine.volumes()) == ("limited", [])
    assert machine.grow()["outcome"] == "grown", "with another client token"
    assert machine.end() == []


def test_a_disk_that_never_appears_is_given_back(machine: Machine) -> None:
    machine.prepared()
    machine.blocks.hidden = True
    result = machine.grow()
    assert result["outcome"] == "failed"
    assert "did not happen within 3 s: it was detached and deleted" in result["why"]
    assert machine.volumes() == []
    machine.blocks.hidden = False
    assert machine.grow()["outcome"] == "grown"
    assert machine.end() == []


def test_a_disk_of_the_file_system_that_vanishes_is_never_deleted(machine: Machine) -> None:
    machine.prepared().grow()
    (volume,) = machine.volumes()
    (machine.blocks.root / f"sys/block/{machine.blocks.disk(volume['VolumeId'])}/device/serial").unlink()
    result = machine.grow()
    assert (result["outcome"], "did not happen within 3 s" in result["why"]) == ("failed", True)
    assert [each["VolumeId"] for each in machine.volumes()] == [volume["VolumeId"]]


def test_a_name_that_another_volume_has_is_passed_over(machine: Machine) -> None:
    machine.prepared()
    other = machine.ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    machine.blocks.hidden = True
    machine.run("status")  # some time for the disk to be made
    machine.ec2.attach_volume(VolumeId=other, InstanceId=machine.instance, Device="/dev/sdf")
    machine.blocks.hidden = False
    assert machine.grow()["outcome"] == "grown"
    assert {a["Device"] for v in machine.volumes() for a in v["Attachments"]} == {"/dev/sdf", "/dev/sdg"}


def test_without_the_metadata_service_what_is_known_is_enough(machine: Machine) -> None:
    machine.prepared()
    gone = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9"}
    result = machine.grow(**gone)
    assert (result["outcome"], machine.volumes()) == ("failed", [])
    assert "metadata service does not answer" in result["why"]
    assert machine.grow()["outcome"] == "grown"
    assert machine.grow(**gone)["outcome"] == "grown"


def test_without_credentials_it_says_so(machine: Machine) -> None:
    machine.prepared()
    result = machine.grow(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert result["outcome"] == "failed"
    assert "redentials" in result["why"]


def test_the_instances_own_role_is_enough(machine: Machine) -> None:
    machine.prepared()
    iam = machine.sandbox.client("iam")
    iam.create_role(RoleName="node", AssumeRolePolicyDocument=trust.EC2, Path="/")
    iam.put_role_policy(RoleName="node", PolicyName="storage", PolicyDocument=json.dumps(write_policy()))
    iam.create_instance_profile(InstanceProfileName="node")
    iam.add_role_to_instance_profile(InstanceProfileName="node", RoleName="node")
    machine.sandbox.clock.advance(10)
    machine.ec2.associate_iam_instance_profile(InstanceId=machine.instance, IamInstanceProfile={"Name": "node"})
    result = machine.grow(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="", AWS_EC2_METADATA_V1_DISABLED="true")
    assert result["outcome"] == "grown", result
    assert machine.end() == []


def test_a_volume_that_somebody_filled_is_never_taken(machine: Machine) -> None:
    machine.prepared()
    machine.sandbox.faults.add("ModifyInstanceAttribute", "UnauthorizedOperation")
    assert machine.grow()["outcome"] == "failed"
    (volume,) = machine.volumes()
    disk = machine.blocks.root / "dev" / machine.blocks.disk(volume["VolumeId"])
    disk.write_bytes(b"\0" * 4096 + b"a person's data")
    result = machine.grow()
    assert (result["outcome"], machine.members()) == ("failed", ["nvme1n1"])
    assert "is not blank" in result["why"]
