"""What EC2 answers to volumes beyond their type's limits: CreateVolume, RunInstances, images and launch templates."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox

Launch = Callable[..., str]
# A volume that EC2 refuses, its code and its text.
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"Size": 20, "VolumeType": "gp3", "Iops": 15000}, "InvalidParameterValue",
     "Iops to volume size ratio of 750.000000 is too high; maximum is 500"),
    ({"Size": 20, "VolumeType": "io1", "Iops": 1001}, "InvalidParameterValue",
     "Iops to volume size ratio of 50.050000 is too high; maximum is 50"),
    ({"Size": 4, "VolumeType": "io2", "Iops": 4001}, "InvalidParameterValue",
     "Iops to volume size ratio of 1000.250000 is too high; maximum is 1000"),
    ({"Size": 100, "VolumeType": "gp3", "Throughput": 1000}, "InvalidParameterValue",
     "Throughput (MiBps) to iops ratio of 0.333333 is too high; maximum is 0.250000 MiBps per iops"),
    ({"Size": 100, "VolumeType": "gp3", "Throughput": 2001}, "InvalidParameterValue",
     "Volume throughput of 2001 is too high; maximum is 2000."),
    ({"Size": 100, "VolumeType": "gp3", "Throughput": 124}, "InvalidParameterValue",
     "Volume throughput of 124 is too low; minimum is 125."),
    ({"Size": 1000, "VolumeType": "gp3", "Iops": 80001}, "InvalidParameterValue",
     "Volume iops of 80001 is too high; maximum is 80000."),
    ({"Size": 100, "VolumeType": "io2", "Iops": 99}, "InvalidParameterValue",
     "Volume iops of 99 is too low; minimum is 100."),
    ({"Size": 65537, "VolumeType": "gp3"}, "InvalidParameterValue",
     "Volume of 65537GiB is too large for volume type gp3; maximum is 65536GiB"),
    ({"Size": 100, "VolumeType": "st1"}, "InvalidParameterValue",
     "The volume size is invalid for st1 volumes: 100 GiB. st1 volumes must be at least 125 GiB in size. Please "
     "specify a volume size above the minimum limit."),
    ({"Size": 100, "VolumeType": "gp2", "Iops": 3000}, "InvalidParameterCombination",
     "The parameter iops is not supported for gp2 volumes."),
    ({"Size": 100, "VolumeType": "io1"}, "InvalidParameterCombination",
     "The parameter iops must be specified for io1 volumes."),
    ({"Size": 100, "VolumeType": "io3"}, "UnknownVolumeType",
     "Unsupported volume type 'io3' for volume creation."),
]  # fmt: skip
TAKEN: list[dict[str, Any]] = [
    {"Size": 65536, "VolumeType": "gp3", "Iops": 80000, "Throughput": 2000},
    {"Size": 1, "VolumeType": "gp3", "Iops": 3000, "Throughput": 750},
    {"Size": 20, "VolumeType": "io1", "Iops": 1000},
    {"Size": 4, "VolumeType": "io2", "Iops": 4000},
    {"Size": 125, "VolumeType": "sc1"},
]


def answer_of(call: Callable[..., Any], **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**request)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def mapped(volume: dict[str, Any], device: str = "/dev/sdf") -> list[dict[str, Any]]:
    ebs = {"VolumeSize" if key == "Size" else key: value for key, value in volume.items()}
    return [{"DeviceName": device, "Ebs": ebs}]


@pytest.mark.parametrize(("volume", "code", "text"), REFUSED)
def test_create_volume_keeps_the_limits(ec2: Any, volume: dict[str, Any], code: str, text: str) -> None:
    assert answer_of(ec2.create_volume, AvailabilityZone="us-east-1a", **volume) == (code, text)


@pytest.mark.parametrize("volume", TAKEN)
def test_create_volume_takes_what_is_within(ec2: Any, volume: dict[str, Any]) -> None:
    assert ec2.create_volume(AvailabilityZone="us-east-1a", **volume)["VolumeType"] == volume["VolumeType"]


@pytest.mark.parametrize(("volume", "code", "text"), REFUSED)
def test_run_instances_keeps_the_limits(
    ec2: Any, running: Launch, volume: dict[str, Any], code: str, text: str
) -> None:
    assert answer_of(running, BlockDeviceMappings=mapped(volume)) == (code, text)


def test_run_instances_names_the_device_that_takes_no_throughput(ec2: Any, running: Launch) -> None:
    mappings = mapped({"Size": 100, "VolumeType": "gp2", "Throughput": 250})
    assert answer_of(running, BlockDeviceMappings=mappings) == (
        "InvalidBlockDeviceMapping", "throughput cannot be specified with the volumeType of device '/dev/sdf'",
    )  # fmt: skip
    code, text = answer_of(ec2.create_volume, AvailabilityZone="us-east-1a", Size=100, VolumeType="gp2", Throughput=250)
    assert (code, text) == (
        "InvalidParameterCombination", "The parameter throughput is not supported for gp2 volumes.",
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["st1", "sc1"])
def test_no_machine_boots_from_a_disk_of_spindles(ec2: Any, running: Launch, kind: str) -> None:
    mappings = mapped({"Size": 200, "VolumeType": kind}, "/dev/xvda")
    code, text = answer_of(running, BlockDeviceMappings=mappings)
    assert (code, text) == ("InvalidParameterCombination", f"The parameter iops is not supported for {kind} volumes.")
    assert running(BlockDeviceMappings=mapped({"Size": 200, "VolumeType": kind}))


@pytest.mark.parametrize(("volume", "code", "text"), REFUSED)
def test_images_keep_the_limits(ec2: Any, running: Launch, volume: dict[str, Any], code: str, text: str) -> None:
    image = {"InstanceId": running(), "Name": "with a volume", "BlockDeviceMappings": mapped(volume)}
    assert answer_of(ec2.create_image, **image) == (code, text)
    snapshot = ec2.describe_snapshots()["Snapshots"][0]["SnapshotId"]
    root = {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}}
    registered = {"Name": "registered", "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [root, *mapped(volume)]}
    assert answer_of(ec2.register_image, **registered) == (code, text)


@pytest.mark.parametrize(("volume", "code", "text"), REFUSED)
def test_a_launch_template_is_kept_with_a_warning(ec2: Any, volume: dict[str, Any], code: str, text: str) -> None:
    data = {"BlockDeviceMappings": mapped(volume)}
    warned = {"Errors": [{"Code": code, "Message": text}]}
    assert ec2.create_launch_template(LaunchTemplateName="small", LaunchTemplateData=data)["Warning"] == warned
    version = ec2.create_launch_template_version(LaunchTemplateName="small", LaunchTemplateData=data)
    assert version["Warning"] == warned
    assert version["LaunchTemplateVersion"]["VersionNumber"] == 2


def test_a_launch_template_within_the_limits_or_open_has_no_warning(ec2: Any) -> None:
    mappings = [*mapped(TAKEN[0]), *mapped({"VolumeType": "gp3", "Iops": 16000}, "/dev/xvda"), *mapped({"Iops": 5})]
    data = {"BlockDeviceMappings": mappings}
    assert "Warning" not in ec2.create_launch_template(LaunchTemplateName="small", LaunchTemplateData=data)


MODIFICATIONS: list[tuple[dict[str, Any], str]] = [
    ({"Iops": 50001}, "Iops to volume size ratio of 500.010000 is too high; maximum is 500"),
    ({"Throughput": 1000},
     "Throughput (MiBps) to iops ratio of 0.333333 is too high; maximum is 0.250000 MiBps per iops"),
    ({"Size": 65537}, "Volume of 65537GiB is too large for volume type gp3; maximum is 65536GiB"),
    ({"Size": 99}, "New size cannot be smaller than existing size"),
    ({"VolumeType": "gp2", "Size": 16385}, "Volume of 16385GiB is too large for volume type gp2; maximum is 16384GiB"),
    ({"VolumeType": "io1", "Iops": 64001}, "Volume iops of 64001 is too high; maximum is 64000."),
    ({"VolumeType": "gp2", "Iops": 3000}, "The parameter iops is not supported for gp2 volumes."),
]  # fmt: skip


@pytest.mark.parametrize(("change", "text"), MODIFICATIONS)
def test_modify_volume_keeps_the_limits(ec2: Any, change: dict[str, Any], text: str) -> None:
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=100, VolumeType="gp3")["VolumeId"]
    assert answer_of(ec2.modify_volume, VolumeId=volume, **change)[1] == text
    kept = ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]
    assert (kept["Size"], kept["Iops"], kept["Throughput"]) == (100, 3000, 125)


def test_modify_volume_fills_in_the_defaults_of_the_new_type(sandbox: Sandbox, ec2: Any) -> None:
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=100, VolumeType="gp2")["VolumeId"]
    sandbox.clock.advance(60)
    ec2.modify_volume(VolumeId=volume, VolumeType="gp3", Throughput=500)
    sandbox.clock.advance(60)
    described = ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]
    assert (described["VolumeType"], described["Iops"], described["Throughput"]) == ("gp3", 3000, 500)
    ec2.modify_volume(VolumeId=volume, Size=200)
    sandbox.clock.advance(60)
    described = ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]
    assert (described["Size"], described["Iops"], described["Throughput"]) == (200, 3000, 500)
    ec2.modify_volume(VolumeId=volume, VolumeType="gp2")
    sandbox.clock.advance(60)
    assert ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["Iops"] == 600
