"""The merging of an image's mappings with a request's: pure."""

from typing import Any

import pytest
from moto.ec2.exceptions import EC2ClientError

from sandbox.ec2.volumes.block_devices import BlockDevice, SnapshotFacts, resolve

IMAGE = [
    {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-1", "VolumeSize": 8, "VolumeType": "gp2",
                                       "DeleteOnTermination": True, "Encrypted": False}},
    {"DeviceName": "/dev/xvdcz", "Ebs": {"VolumeSize": 22, "VolumeType": "gp2", "DeleteOnTermination": True}},
]  # fmt: skip
SNAPSHOTS = {"snap-1": SnapshotFacts(8, False, None), "snap-2": SnapshotFacts(8, True, "arn:key")}


def merged(*requested: dict[str, Any], image: list[dict[str, Any]] = IMAGE) -> dict[str, BlockDevice]:
    return {each.device_name: each for each in resolve(image, requested, SNAPSHOTS, "/dev/xvda")}


def code_of(*requested: dict[str, Any]) -> str:
    with pytest.raises(EC2ClientError) as caught:
        merged(*requested)
    return str(caught.value.code)


def ebs(name: str = "/dev/xvda", **ebs: Any) -> dict[str, Any]:
    return {"DeviceName": name, "Ebs": ebs}


def test_the_images_mappings_are_kept() -> None:
    found = merged()
    assert [(each.size, each.volume_type, each.iops) for each in found.values()] == [(8, "gp2", 100), (22, "gp2", 100)]
    assert all(each.delete_on_termination for each in found.values())
    assert found["/dev/xvda"].snapshot_id == "snap-1"
    assert found["/dev/xvdcz"].snapshot_id is None


def test_the_request_wins_field_by_field() -> None:
    root = merged(ebs(VolumeSize=40, VolumeType="gp3", Iops=4000, Throughput=250, Encrypted=True))["/dev/xvda"]
    assert (root.size, root.iops, root.throughput, root.encrypted) == (40, 4000, 250, True)
    assert root.snapshot_id == "snap-1"
    assert root.delete_on_termination


def test_gp3_has_defaults() -> None:
    root = merged(ebs(VolumeType="gp3"))["/dev/xvda"]
    assert (root.iops, root.throughput) == (3000, 125)


def test_a_change_of_type_drops_the_old_types_performance() -> None:
    image = [ebs(SnapshotId="snap-1", VolumeSize=8, VolumeType="gp3", Iops=5000, Throughput=500)]
    root = merged(ebs(VolumeType="gp2"), image=image)["/dev/xvda"]
    assert (root.iops, root.throughput) == (100, None)


def test_a_device_can_be_left_out_or_added() -> None:
    found = merged({"DeviceName": "/dev/xvdcz", "NoDevice": ""}, ebs("/dev/sdf", VolumeSize=100))
    assert sorted(found) == ["/dev/sdf", "/dev/xvda"]
    assert not found["/dev/sdf"].delete_on_termination


def test_what_comes_of_an_encrypted_snapshot_is_encrypted() -> None:
    root = merged(image=[ebs(SnapshotId="snap-2", VolumeSize=8, Encrypted=False)])["/dev/xvda"]
    assert root.encrypted
    assert root.kms_key_id == "arn:key"


def test_the_regions_default_encrypts() -> None:
    assert all(each.encrypted for each in resolve(IMAGE, [], SNAPSHOTS, "/dev/xvda", encrypt_by_default=True))


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        (ebs(VolumeSize=7), "InvalidBlockDeviceMapping"),
        (ebs(VolumeType="gp9"), "UnknownVolumeType"),
        (ebs(VolumeSize=99999), "InvalidParameterValue"),
        (ebs(VolumeType="gp2", Iops=3000), "InvalidParameterCombination"),
        (ebs(VolumeType="gp2", Throughput=300), "InvalidBlockDeviceMapping"),
        (ebs(VolumeType="io1"), "InvalidParameterCombination"),
        (ebs(VolumeType="gp3", Iops=100), "InvalidParameterValue"),
        (ebs(VolumeType="gp3", Throughput=5000), "InvalidParameterValue"),
        (ebs(KmsKeyId="alias/mine"), "InvalidParameterDependency"),
        (ebs("/dev/sdf", VolumeType="gp3"), "MissingParameter"),
        ({"Ebs": {"VolumeSize": 10}}, "MissingParameter"),
    ],
)
def test_what_aws_refuses(mapping: dict[str, Any], code: str) -> None:
    assert code_of(mapping) == code
