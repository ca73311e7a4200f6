"""Block device mappings of a build."""

import pytest

from cloud.ebs import Volume
from images.plan import volumes
from images.spec.image import Volumes
from kiln.errors import UserError
from tests.support.base_image import BASE


def test_volumes_are_launched_as_they_shall_ship() -> None:
    wanted = Volumes(root=Volume(size="100 GiB", iops=4000), data=Volume(device="/dev/sdc", size="50 GiB", type="gp2"))
    root, pool, data = volumes.map_volumes(wanted, BASE)
    assert root == {
        "DeviceName": "/dev/xvda",
        "Ebs": {"VolumeSize": 100, "VolumeType": "gp3", "DeleteOnTermination": True, "Encrypted": True, "Iops": 4000},
    }
    assert (pool["DeviceName"], pool["Ebs"]["VolumeSize"], pool["Ebs"]["Encrypted"]) == ("/dev/xvdcz", 22, True)
    assert (data["DeviceName"], data["Ebs"]["VolumeType"]) == ("/dev/sdc", "gp2")


def test_a_blank_volume_of_the_base_may_be_smaller_but_a_snapshot_may_not() -> None:
    volumes.map_volumes(Volumes(data=Volume(device="/dev/xvdcz", size="10 GiB")), BASE)
    with pytest.raises(UserError, match="30 GiB"):
        volumes.map_volumes(Volumes(root=Volume(size="29 GiB")), BASE)


def test_an_acceptance_boot_takes_the_amis_own_volumes_which_end_with_it() -> None:
    assert volumes.map_image(BASE) == [
        {"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": True}},
        {"DeviceName": "/dev/xvdcz", "Ebs": {"DeleteOnTermination": True}},
    ]
