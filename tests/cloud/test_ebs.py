"""EBS volumes: which settings fit together, and the block device mapping that asks for one."""

from typing import Any

import pytest
from pydantic import ValidationError

from cloud.ebs import Volume, map_volume
from cloud.machine_images import Disk
from kiln.errors import UserError

SNAPSHOT = Disk("/dev/xvda", 30, "snap-0a")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"type": "gp2", "throughput": 125}, "throughput can be set for gp3 alone, not for gp2"),
        ({"type": "st1", "iops": 100}, "iops can be set for gp3, io1 and io2, not for st1"),
        ({"type": "io1"}, "io1 needs iops"),
        ({"type": "io2"}, "io2 needs iops"),
        ({"encrypted": False, "kms_key": "alias/a"}, "kms_key needs encrypted: true"),
        ({"iops": 99}, "gp3 takes 3000 to 80000 IOPS, not 99"),
        ({"iops": 256001}, "gp3 takes 3000 to 80000 IOPS, not 256001"),
        ({"throughput": 124}, "gp3 takes 125 to 2000 MiB/s, not 124"),
        ({"throughput": 2001}, "gp3 takes 125 to 2000 MiB/s, not 2001"),
        ({"device": "/dev/sda"}, "should match pattern"),
    ],
)
def test_settings_that_ebs_does_not_take(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Volume(**settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"type": "gp3", "iops": 3000, "throughput": 125},
        {"type": "gp3", "iops": 80000, "throughput": 2000},
        {"type": "io1", "iops": 3000},
        {"type": "io2", "iops": 3000},
        {"kms_key": "alias/a"},
        {"encrypted": False},
        {"device": "/dev/sdb"},
        {"device": "/dev/xvdcz"},
    ],
)
def test_settings_that_ebs_takes(settings: dict[str, Any]) -> None:
    volume = Volume(**settings)
    assert {name: getattr(volume, name) for name in settings} == settings


def test_a_volume_is_encrypted_and_gp3_and_goes_with_its_machine() -> None:
    assert map_volume("/dev/xvda", Volume(), SNAPSHOT) == {
        "DeviceName": "/dev/xvda",
        "Ebs": {"VolumeSize": 30, "VolumeType": "gp3", "DeleteOnTermination": True, "Encrypted": True},
    }


def test_what_a_definition_gives_is_asked_for() -> None:
    volume = Volume(size="40 GiB", type="gp3", iops=4000, throughput=250, kms_key="alias/a")
    assert map_volume("/dev/sdc", volume, None)["Ebs"] == {
        "VolumeSize": 40, "VolumeType": "gp3", "DeleteOnTermination": True, "Encrypted": True,
        "Iops": 4000, "Throughput": 250, "KmsKeyId": "alias/a",
    }  # fmt: skip


def test_a_volume_is_never_smaller_than_its_snapshot() -> None:
    with pytest.raises(UserError, match="the volume /dev/xvda is too small: 29 GiB") as caught:
        map_volume("/dev/xvda", Volume(size="29 GiB"), SNAPSHOT, "the AMI's")
    assert "the AMI's snapshot snap-0a has 30 GiB" in caught.value.why
    assert map_volume("/dev/xvda", Volume(size="30 GiB"), SNAPSHOT)["Ebs"]["VolumeSize"] == 30
    blank = Disk("/dev/sdc", 30, None)
    assert map_volume("/dev/sdc", Volume(size="1 GiB"), blank)["Ebs"]["VolumeSize"] == 1


def test_an_encrypted_snapshot_stays_encrypted() -> None:
    sealed = Disk("/dev/xvda", 30, "snap-0a", encrypted=True)
    with pytest.raises(UserError, match="cannot be unencrypted"):
        map_volume("/dev/xvda", Volume(encrypted=False), sealed)
    assert map_volume("/dev/xvda", Volume(encrypted=False), SNAPSHOT)["Ebs"]["Encrypted"] is False
    assert map_volume("/dev/xvda", Volume(), sealed)["Ebs"]["Encrypted"] is True
