"""Before Docker: what is formatted, what is left alone, and what comes back after a reboot."""

import json
import subprocess

import pytest

from tests.support.storage_machine import Machine


def commands(machine: Machine) -> list[str]:
    return [words[0] for words in machine.blocks.tools.get("log", [])]


def reboot(machine: Machine) -> None:
    """The mounts go, and what lies in memory."""
    root = machine.blocks.root
    (root / "proc/self/mountinfo").unlink()
    subprocess.run(["rm", "-rf", root / "run"], check=True)


@pytest.mark.parametrize("kind", ["lvm", "btrfs"])
def test_a_blank_volume_gets_its_file_system_once(machine: Machine, kind: str) -> None:
    machine.prepared(filesystem=kind)
    make = "mkfs.xfs" if kind == "lvm" else "mkfs.btrfs"
    assert machine.run("prepare").returncode == 0
    reboot(machine)
    assert machine.run("prepare").returncode == 0
    assert commands(machine).count(make) == 1
    assert commands(machine).count("mount") == 2, "once in each boot"


@pytest.mark.parametrize("kind", ["lvm", "btrfs"])
def test_volumes_that_were_added_come_back(machine: Machine, kind: str) -> None:
    machine.prepared(filesystem=kind).grow()
    reboot(machine)
    done = machine.run("prepare")
    assert done.returncode == 0, done.stderr
    assert f"on nvme1n1, {machine.blocks.disk(machine.volumes()[0]['VolumeId'])}" in done.stderr


def test_a_missing_disk_keeps_docker_from_starting(machine: Machine) -> None:
    machine.prepared().grow()
    reboot(machine)
    machine.ec2.detach_volume(VolumeId=machine.volumes()[0]["VolumeId"])
    (machine.blocks.root / "dev/nvme2n1").unlink(missing_ok=True)
    done = machine.run("prepare", PREPARE_SECONDS="1")
    assert done.returncode == 1
    assert "disks of the volume group kiln_docker are missing" in done.stderr


def test_what_is_not_blank_is_left_alone(machine: Machine) -> None:
    machine.settings()
    (machine.blocks.root / "dev/nvme1n1").write_bytes(b"\0" * 2**20 + b"data of someone")
    done = machine.run("prepare")
    assert done.returncode == 1
    assert "/dev/nvme1n1 is not blank and was not made by Kiln" in done.stderr
    assert "vgcreate" not in commands(machine)


def test_the_pool_of_amazon_linux_1_is_never_touched(machine: Machine) -> None:
    machine.settings(device="/dev/xvdcz")
    done = machine.run("prepare")
    assert "never Kiln's" in done.stderr
    assert (done.returncode, commands(machine)) == (1, [])


@pytest.mark.parametrize("number", range(1, 14))
def test_an_interrupted_making_is_made_again(machine: Machine, number: int) -> None:
    machine.settings()
    machine.run("prepare", KILL_PARENT=f"{number} behind")
    done = machine.run("prepare")
    assert done.returncode == 0, done.stderr
    assert machine.blocks.tools["volumes"] == ["data"]
    assert machine.blocks.tools["mounted"] == "xfs"


def test_images_of_overlay2_are_not_hidden_under_btrfs(machine: Machine) -> None:
    machine.settings(filesystem="btrfs")
    image = machine.blocks.root / "var/lib/docker/image/overlay2/imagedb/content/sha256/abc"
    image.parent.mkdir(parents=True)
    image.touch()
    done = machine.run("prepare")
    assert "holds images of another storage driver" in done.stderr
    assert "mkfs.btrfs" not in commands(machine)


def test_without_a_link_ec2_says_which_disk_it_is(machine: Machine) -> None:
    machine.settings()
    (machine.blocks.root / "dev/sdc").unlink()
    done = machine.run("prepare")
    assert done.returncode == 0, done.stderr
    assert machine.blocks.tools["groups"] == {"nvme1n1": "kiln_docker"}


def test_without_a_link_and_without_ec2_it_gives_up(machine: Machine) -> None:
    machine.settings()
    (machine.blocks.root / "dev/sdc").unlink()
    done = machine.run("prepare", PREPARE_SECONDS="1", AWS_EC2_METADATA_SERVICE_ENDPOINT="http://127.0.0.1:9")
    assert done.returncode == 1
    assert "AWS does not say which volume it is" in done.stderr


def test_another_file_system_at_the_mount_point_is_not_used(machine: Machine) -> None:
    machine.settings()
    info = machine.blocks.root / "proc/self/mountinfo"
    info.parent.mkdir(parents=True)
    info.write_text("30 22 0:2 / /var/lib/docker rw shared:1 - ext4 /dev/nvme9n1 rw\n")
    done = machine.run("prepare")
    assert (done.returncode, "is ext4 on /dev/nvme9n1, not xfs" in done.stderr) == (1, True)


def test_a_running_docker_does_not_lose_its_directory(machine: Machine) -> None:
    machine.settings()
    for path, text in (("var/run/docker.pid", "4711"), ("proc/4711/stat", "")):
        (machine.blocks.root / path).parent.mkdir(parents=True, exist_ok=True)
        (machine.blocks.root / path).write_text(text)
    done = machine.run("prepare")
    assert (done.returncode, "Docker is running" in done.stderr, commands(machine)) == (1, True, [])
    (machine.blocks.root / "proc/4711/stat").unlink()
    (machine.blocks.root / "proc/4711").rmdir()
    assert machine.run("prepare").returncode == 0, "a pid file that was left behind"


def test_status_is_one_line(machine: Machine) -> None:
    machine.settings()
    assert "no xfs is mounted there" in machine.run("status").stdout
    machine.prepared().grow()
    unwatched = machine.run("status")
    assert (unwatched.returncode, "the daemon does not watch it" in unwatched.stdout) == (1, True)
    state = {"pid": 77, "growths": 1, "now": "", "last": "added vol-1 of 10 GiB in 9 s", "members": 2, "size": 30}
    (machine.blocks.root / "run/kiln-storage/state.json").write_text(json.dumps(state))
    (machine.blocks.root / "proc/77").mkdir()
    (machine.blocks.root / "proc/77/stat").touch()
    done = machine.run("status")
    assert done.returncode == 0
    (line,) = done.stdout.splitlines()
    assert line.startswith("/var/lib/docker (xfs): ")
    assert "on 2 volumes; grown 1 time since its start (added vol-1 of 10 GiB in 9 s); next volume 20 GiB" in line
