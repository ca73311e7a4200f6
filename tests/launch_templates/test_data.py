"""The data of a launch template's version, without AWS."""

import base64

import pytest

from cloud.machine_images import Disk, MachineImage
from kiln.errors import UserError
from launch_templates import definitions
from launch_templates.data import make_data
from tests.support.launch_templates import Define
from tests.support.stock import STOCK


def test_the_seeds_template() -> None:
    spec = definitions.load("genomics-workflow-template")
    data = make_data(spec, STOCK, b"user data")
    ebs = {"VolumeType": "gp3", "DeleteOnTermination": True, "Encrypted": True}
    assert data["BlockDeviceMappings"] == [  # the root too: the stock AMI's snapshot is not encrypted
        {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30, **ebs}},
        {"DeviceName": "/dev/sdc", "Ebs": {"VolumeSize": 100, **ebs}},
    ]
    assert data["MetadataOptions"] == {
        "HttpEndpoint": "enabled", "HttpTokens": "required", "HttpPutResponseHopLimit": 2,
    }  # fmt: skip
    assert base64.b64decode(data["UserData"]) == b"user data"
    assert {each["ResourceType"] for each in data["TagSpecifications"]} == {"instance", "volume"}
    assert not {"InstanceType", "IamInstanceProfile", "InstanceMarketOptions", "NetworkInterfaces"} & set(data)


def test_gp2_can_be_chosen(definition: Define) -> None:
    spec = definitions.load(
        definition("volumes: {data: {device: /dev/sdc, size: 1 TiB, type: gp2, delete_on_termination: false}}\n")
    )
    [mapping] = make_data(spec, STOCK, b"")["BlockDeviceMappings"]
    assert mapping["Ebs"] == {
        "VolumeSize": 1024, "VolumeType": "gp2", "DeleteOnTermination": False, "Encrypted": True,
    }  # fmt: skip


def test_one_hop_where_tasks_have_a_role_of_their_own(definition: Define) -> None:
    data = make_data(definitions.load(definition()), STOCK, b"")
    assert data["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
    assert data["MetadataOptions"]["HttpTokens"] == "required"
    assert not {"BlockDeviceMappings", "UserData"} & set(data)


@pytest.mark.parametrize("volumes", ["root: {size: 29 GiB}", "data: {device: /dev/sdc, size: 29 GiB}"])
def test_a_volume_smaller_than_its_snapshot_is_refused(definition: Define, volumes: str) -> None:
    spec = definitions.load(definition(f"volumes: {{{volumes}}}\n"))
    disks = (Disk("/dev/xvda", 30, "snap-0a"), Disk("/dev/sdc", 30, "snap-0a"))
    image = MachineImage("ami-0c", "c", "x86_64", "/dev/xvda", disks, STOCK.created)
    with pytest.raises(UserError, match="too small") as caught:
        make_data(spec, image, b"")
    assert "the AMI's snapshot snap-0a has 30 GiB" in caught.value.why
    fitting = definitions.load(definition(f"volumes: {{{volumes.replace('29', '30')}}}\n"))
    assert make_data(fitting, image, b"")["BlockDeviceMappings"]
