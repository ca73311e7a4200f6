"""Docker's directory on instance-store disks: which disks are taken, what is never touched, and what a reboot finds.

blkid, wipefs and mkfs are the host's own, on files; only what needs a kernel's devices (mounts, LVM) is a stand-in.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from provision.docker import storage as docker_storage
from provision.docker.instance_store import COMMAND, InstanceStore
from provision.model.recipe import Machine
from tests.support.bash import run, tool

SIZE = 512 * 2**20

MOUNT = """
device=$3 target=$4
if [ "$1" = --bind ]; then device=$(cat "$KILN_STATE/$(echo "${2%/*}" | tr / _)") target=$3; fi
echo "mount $*" >>"$KILN_STATE/log"
echo "$device" >"$KILN_STATE/$(echo "$target" | tr / _)"
"""
MOUNTPOINT = """
file=$KILN_STATE/$(echo "$2" | tr / _)
[ -e "$file" ] || exit 32
[ "$1" = -q ] || cksum <"$file" | cut -d " " -f 1
"""
LVM = """
echo "${0##*/} $*" >>"$KILN_STATE/log"
case "${0##*/}" in
  vgs) [ -e "$KILN_STATE/group" ] ;;
  vgcreate) echo "$@" >"$KILN_STATE/group" ;;
  lvcreate) mkdir -p "$KILN_DEV/kiln_store"; truncate -s 512M "$KILN_DEV/kiln_store/data" ;;
esac
"""


@dataclass(frozen=True)
class Host:
    """A machine made of files: its disks by name, the log of what was mounted and grouped."""

    root: Path

    def plug(self, name: str, serial: str) -> Path:
        device = self.root / "sys/block" / name / "device"
        device.mkdir(parents=True)
        (device / "serial").write_text(f"{serial:<20}\n")
        (device / "model").write_text("QEMU NVMe Ctrl\n")
        disk = self.root / "dev" / name
        disk.touch()
        subprocess.run(["truncate", "-s", str(SIZE), str(disk)], check=True)
        return disk

    def run(self, verb: str, scratch: str = "") -> subprocess.CompletedProcess[str]:
        storage = InstanceStore(driver="instance-store")
        (program,) = [file for file in storage.recipe(Machine("al2023")).files if file.path == COMMAND]
        text = program.content.decode().replace("scratch=''", f"scratch='{scratch}'")
        (self.root / "program").write_text(text)
        places = {"SYS": "sys", "DEV": "dev", "DOCKER": "docker", "STORE": "store", "STATE": "state"}
        return run(
            f"bash {self.root}/program {verb}",
            tools=self.root / "tools",
            **{f"KILN_{name}": str(self.root / place) for name, place in places.items()},
        )

    def reboot(self) -> None:
        for mounted in (self.root / "state").glob("_*"):
            mounted.unlink()

    @property
    def log(self) -> list[str]:
        log = self.root / "state/log"
        return log.read_text().replace(str(self.root), "").splitlines() if log.exists() else []


@pytest.fixture
def host(tmp_path: Path) -> Host:
    for folder in ("sys/block", "dev", "docker/overlay2", "state"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "docker/overlay2/baked").write_text("an image of the AMI's")
    for name, script in (("mount", MOUNT), ("mountpoint", MOUNTPOINT), ("udevadm", "exit 0")):
        tool(tmp_path / "tools", name, script)
    for name in ("vgs", "vgcreate", "vgchange", "lvcreate"):
        tool(tmp_path / "tools", name, LVM)
    tool(tmp_path / "tools", "df", 'echo "header"; echo "/dev/x 465G 1 1 1 /"')
    return Host(tmp_path)


def test_the_disk_is_told_by_its_serial_and_docker_moves_there_with_what_the_image_brought(host: Host) -> None:
    root, store = host.plug("nvme0n1", "vol0546d3c3b0af0bf6d"), host.plug("nvme1n1", "AWS24BBF51AF55097008")
    done = host.run("prepare", scratch=str(host.root / "scratch"))
    assert done.returncode == 0, done.stderr
    assert host.log == [
        "mount -o noatime /dev/nvme1n1 /store",
        "mount --bind /store/docker /docker",
        "mount --bind /store/scratch /scratch",
    ]
    assert (host.root / "store/docker/overlay2/baked").read_text() == "an image of the AMI's"
    assert (host.root / "scratch").stat().st_mode & 0o7777 == 0o1777
    assert _label(store) == "kiln-store"
    assert _label(root) == ""
    assert "465G on /dev/x, 1 disk(s)" in done.stdout


def test_after_a_reboot_it_is_mounted_again_and_not_made_anew(host: Host) -> None:
    disk = host.plug("nvme1n1", "AWS24BBF51AF55097008")
    assert host.run("prepare").returncode == 0
    made = _uuid(disk)
    host.reboot()
    assert host.run("prepare").returncode == 0
    assert _uuid(disk) == made
    assert host.log[2:] == host.log[:2]


def test_after_a_stop_the_disk_is_blank_and_made_anew(host: Host) -> None:
    disk = host.plug("nvme1n1", "AWS24BBF51AF55097008")
    assert host.run("prepare").returncode == 0
    made = _uuid(disk)
    host.reboot()
    disk.write_bytes(b"")
    subprocess.run(["truncate", "-s", str(SIZE), str(disk)], check=True)
    subprocess.run(["rm", "-rf", str(host.root / "store")], check=True)
    assert host.run("prepare").returncode == 0
    assert _uuid(disk) not in ("", made)
    assert (host.root / "store/docker/overlay2/baked").exists()


@pytest.mark.parametrize("content", ["signature", "partitions", "bytes"])
def test_a_disk_that_holds_anything_else_is_never_touched(host: Host, content: str) -> None:
    disk = host.plug("nvme1n1", "AWS24BBF51AF55097008")
    if content == "signature":
        subprocess.run(["/sbin/mkfs.ext4", "-q", "-F", "-L", "theirs", str(disk)], check=True)
    elif content == "partitions":
        (host.root / "sys/block/nvme1n1/nvme1n1p1").mkdir()
    else:
        with disk.open("r+b") as file:
            file.seek(2**20)
            file.write(b"data")
    before = disk.read_bytes()[: 8 * 2**20]
    done = host.run("prepare")
    assert done.returncode == 1
    assert "is not blank and was not made by Kiln; it is left alone" in done.stderr
    assert disk.read_bytes()[: 8 * 2**20] == before
    assert host.log == []


@pytest.mark.parametrize("serial", ["vol0546d3c3b0af0bf6d", "nvme-serial", ""])
def test_a_disk_with_another_serial_is_no_instance_store(host: Host, serial: str) -> None:
    disk = host.plug("nvme1n1", serial)
    done = host.run("prepare")
    assert done.returncode == 0
    assert "this machine has no instance store: Docker stays on /dev/x" in done.stdout
    assert _label(disk) == ""
    assert host.log == []


def test_several_disks_are_one_striped_volume_and_a_half_made_one_is_made_whole(host: Host) -> None:
    for number in (1, 2):
        host.plug(f"nvme{number}n1", f"AWS24BBF51AF5509700{number}")
    assert host.run("prepare").returncode == 0
    assert "vgcreate -q kiln_store /dev/nvme1n1 /dev/nvme2n1" in host.log
    assert "lvcreate -q -y -W n -i 2 -l 100%FREE -n data kiln_store" in host.log
    assert "mount -o noatime /dev/kiln_store/data /store" in host.log
    host.reboot()
    (host.root / "dev/kiln_store/data").unlink()  # the machine was reset behind vgcreate
    assert host.run("prepare").returncode == 0
    assert [line.split()[0] for line in host.log].count("vgcreate") == 1
    assert [line.split()[0] for line in host.log].count("lvcreate") == 2


def test_the_check_fails_where_docker_is_beside_the_instance_store(host: Host) -> None:
    host.plug("nvme1n1", "AWS24BBF51AF55097008")
    assert host.run("prepare").returncode == 0
    assert host.run("check").returncode == 0
    (host.root / "state" / str(host.root / "docker").replace("/", "_")).unlink()
    done = host.run("check")
    assert done.returncode == 1
    assert "does not lie on the instance store" in done.stderr


@pytest.mark.parametrize(
    "path", ["scratch", "/", "/var/scratch", "/etc", "/a b", "/instance-store/x", "/home", "/x/../y"]
)
def test_scratch_is_a_folder_of_its_own(path: str) -> None:
    with pytest.raises(ValidationError, match="an absolute path of a folder of its own"):
        InstanceStore(driver="instance-store", scratch=path)


def test_amazon_linux_1_is_refused_with_the_alternative() -> None:
    spec = TypeAdapter[docker_storage.Spec](docker_storage.Spec).validate_python({"driver": "instance-store"})
    assert docker_storage.refusal(spec, "al2023") is None
    assert "devicemapper" in str(docker_storage.refusal(spec, "al1"))


def _label(disk: Path) -> str:
    return _tag(disk, "LABEL")


def _uuid(disk: Path) -> str:
    return _tag(disk, "UUID")


def _tag(disk: Path, name: str) -> str:
    asked = ["/sbin/blkid", "-p", "-s", name, "-o", "value", str(disk)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
