"""Row 8: a data volume that nothing formats, mounts or gives to Docker; whatever may use it is not spoken of."""

import base64
from dataclasses import replace
from typing import Any

import pytest

from cloud.machine_images import Disk, MachineImage
from launch_templates import data_volumes, definitions
from sandbox.inprocess import Sandbox
from tests.support.launch_templates import Define, Register
from tests.support.stock import STOCK

AWSS = replace(STOCK, owner="amazon")
DATA = "volumes: {data: {device: /dev/sdc, size: 100 GiB}}\n"
SCRIPT = 'user_data: [{{name: a, type: shell-script, content: "#!/bin/bash\\n{}\\n"}}]\n'


def warned(definition: Define, more: str, image: MachineImage | None = AWSS, data: str = DATA) -> list[str]:
    return [item.what for item in data_volumes.warn(definitions.load(definition(data + more)), image)]


@pytest.mark.parametrize(
    "more",
    [
        "",
        "docker_storage: {driver: overlay2}\n",
        "docker_storage: {driver: overlay2, volume: root}\n",
        SCRIPT.format("echo hello"),
        SCRIPT.format("# mkfs.xfs /dev/sdc"),
        SCRIPT.format("mount -t nfs4 fs-1.efs.us-east-1.amazonaws.com:/ /srv"),
        "packages: [jq]\n",
        "files: [{path: /etc/motd, content: welcome}]\n",
        'user_data: [{name: a, type: cloud-config, content: "#cloud-config\\npackages: [jq]"}]\n',
    ],
)
def test_row_8_a_volume_that_nothing_uses(definition: Define, more: str) -> None:
    assert warned(definition, more) == ["nothing uses the data volume /dev/sdc of small"]


@pytest.mark.parametrize(
    "more",
    [
        "docker_storage: {driver: overlay2, volume: data}\n",
        "docker_storage: {driver: autoscale}\naws_cli: {}\n",
        SCRIPT.format("mkfs.xfs /dev/sdc && mount /dev/sdc /scratch"),
        SCRIPT.format("mkfs -t ext4 /dev/nvme1n1"),
        SCRIPT.format("pvcreate /dev/xvdc; vgcreate data /dev/xvdc"),
        SCRIPT.format("for disk in $(lsblk -dno NAME); do file -s $disk; done"),
        SCRIPT.format("curl -s https://example.org/setup | bash"),
        SCRIPT.format("/opt/lab/prepare-disks.sh"),
        SCRIPT.format("btrfs device add -f sdc /docker"),
        'files: [{path: /etc/fstab.d, content: "LABEL=a /scratch xfs defaults 0 2 # fstab"}]\n',
        'files: [{path: /etc/systemd/system/scratch.mount, content: "[Mount]\\nWhat=LABEL=a\\n"}]\n',
        "scripts: [{name: a, script: 'mdadm --create /dev/md0'}]\n",
        'user_data: [{name: a, type: cloud-config, content: "#cloud-config\\nfs_setup: [{device: ebs1}]"}]\n',
        'user_data: [{name: a, type: cloud-config, content: "#cloud-config\\nmounts: [[ebs1, /scratch]]"}]\n',
    ],
)
def test_row_8_a_volume_that_something_may_use(definition: Define, more: str) -> None:
    assert warned(definition, more) == []


def test_row_8_no_volume_no_word(definition: Define) -> None:
    assert warned(definition, "", data="") == []


@pytest.mark.parametrize(
    ("image", "count"),
    [
        (None, 1),
        (AWSS, 1),
        (STOCK, 0),  # somebody's AMI: its own boot may use it
        (replace(AWSS, disks=(*AWSS.disks, Disk("/dev/sdc", 22, None))), 0),  # the AMI's own, as AL1's /dev/xvdcz
        (replace(STOCK, disks=(*AWSS.disks, Disk("/dev/sdc", 22, "snap-0b"))), 0),
        (replace(STOCK, tags={"kiln:carries": "aws_cli=1 docker_storage=2"}), 1),
        (replace(STOCK, tags={"kiln:carries": "aws_cli=1 scripts=2"}), 0),
    ],
)
def test_row_8_what_the_ami_may_do_with_it(definition: Define, image: MachineImage | None, count: int) -> None:
    assert len(warned(definition, "", image)) == count


@pytest.mark.parametrize(
    ("user_data", "unused"),
    [
        (b"", ["/dev/sdc"]),
        (b"#!/bin/bash\necho hello\n", ["/dev/sdc"]),
        (b"#!/bin/bash\nmkfs.xfs /dev/sdc\n", []),
        (b"\x1f\x8bnonsense", []),
    ],
)
def test_row_8_of_a_registered_version(user_data: bytes, unused: list[str]) -> None:
    data: dict[str, Any] = {
        "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 50}}, {"DeviceName": "/dev/sdc", "Ebs": {"VolumeSize": 9}}
        ],
        "UserData": base64.b64encode(user_data).decode(),
    }  # fmt: skip
    assert [device for device, _ in data_volumes.list_unused(data, AWSS)] == unused


def test_row_8_the_plan_says_it_with_docker_storage_as_the_remedy(
    sandbox: Sandbox, register: Register, definition: Define, capsys: pytest.CaptureFixture[str]
) -> None:
    register(definition(DATA + "ami: ecs/al2023\n"), plan=True)
    captured = capsys.readouterr()
    told = captured.out + captured.err
    assert "!      nothing uses the data volume /dev/sdc of small" in told
    assert "its 100 GiB are paid for on every machine" in told
    assert "docker_storage: {driver: overlay2, volume: data}" in told
