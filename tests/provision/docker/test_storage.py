from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from kiln.errors import UserError
from provision.docker import storage as docker_storage
from provision.docker.data_volume import MOUNT_DOCKER
from provision.docker.devicemapper import _CHECK_POOL, SET_BASESIZE, write_size
from provision.docker.overlay2 import _CHECK_SPACE
from provision.model.recipe import Machine
from provision.model.volumes import FIND, GROW
from tests.support.bash import run, tool

POOL = Machine("al1", data_device="/dev/xvdcz", data_gib=40)

# As docker-storage-setup writes it on Amazon Linux 1, and as it reads in the end with dm.basesize=40GB.
WRITTEN = (
    'DOCKER_STORAGE_OPTIONS="--storage-driver devicemapper '
    "--storage-opt dm.thinpooldev=/dev/mapper/docker-docker--pool "
    "--storage-opt dm.use_deferred_removal=true --storage-opt dm.use_deferred_deletion=true --storage-opt dm.fs=ext4 "
    '--storage-opt dm.use_deferred_deletion=true"\n'
)
EXTENDED = WRITTEN.replace('=true"\n', '=true --storage-opt dm.basesize=40GB"\n')

INFO = """\
Server:
 Storage Driver: devicemapper
  Pool Name: docker-docker--pool
  Base Device Size: {base}
  Data Space Used: 309.3MB
  Data Space Total: {total}
"""


def spec(**raw: str) -> docker_storage.Spec:
    return TypeAdapter[docker_storage.Spec](docker_storage.Spec).validate_python(raw)


def set_basesize(file: Path, size: str = "40GB") -> str:
    done = run(SET_BASESIZE + f"kiln_set_basesize {file} {size}")
    assert done.returncode == 0, done.stderr
    return file.read_text()


def test_basesize_is_added_and_the_rest_stays_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "docker-storage"
    file.write_text("# made by docker-storage-setup\n" + WRITTEN)
    assert set_basesize(file) == "# made by docker-storage-setup\n" + EXTENDED
    assert set_basesize(file) == "# made by docker-storage-setup\n" + EXTENDED, "a second run changes nothing"
    assert set_basesize(file, "100GB").endswith(EXTENDED.replace("40GB", "100GB"))


@pytest.mark.parametrize("option", ["--storage-opt=dm.basesize=20G ", "--storage-opt dm.basesize=20G "])
def test_another_basesize_is_replaced_wherever_it_stands(tmp_path: Path, option: str) -> None:
    file = tmp_path / "docker-storage"
    file.write_text(WRITTEN.replace('"--storage-driver', f'"{option}--storage-driver'))
    assert set_basesize(file).replace('=" ', '="') == EXTENDED


@pytest.mark.parametrize("text", ["", 'DOCKER_STORAGE_OPTIONS="--storage-driver overlay2"\n', None])
def test_a_machine_without_a_thin_pool_is_refused(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "docker-storage"
    if text is not None:
        file.write_text(text)
    done = run(SET_BASESIZE + f"kiln_set_basesize {file} 40GB")
    assert done.returncode == 1
    assert "names no thin pool" in done.stderr


@pytest.mark.parametrize(
    ("gib", "text"), [(10, "10.74GB"), (40, "42.95GB"), (100, "107.4GB"), (1000, "1.074TB"), (1, "1.074GB")]
)
def test_sizes_read_as_docker_prints_them(gib: int, text: str) -> None:
    assert write_size(gib * 2**30) == text


@pytest.mark.parametrize(
    ("base", "total", "wrong"),
    [
        ("42.95GB", "42.42GB", ""),  # the seed's own figures
        ("10.74GB", "42.42GB", "Base Device Size is 10.74GB, expected 42.95GB"),
        ("42.95GB", "21.5GB", "less than 90 %"),
        ("42.95GB", "much", "Data Space Total is unknown"),
        ("", "42.42GB", "Base Device Size is unknown"),
    ],
)
def test_the_pool_check_reads_docker_info(base: str, total: str, wrong: str) -> None:
    text = INFO.format(base=base, total=total)
    done = run(f"{_CHECK_POOL}kiln_check_pool 42.95GB {40 * 2**30} <<'END'\n{text}END\n")
    assert (done.returncode == 0) == (wrong == ""), done.stderr
    assert wrong in done.stderr


def test_the_pool_check_wants_devicemapper() -> None:
    done = run(f"{_CHECK_POOL}kiln_check_pool 42.95GB 1 <<<' Storage Driver: overlay2'")
    assert "does not run on devicemapper" in done.stderr
    assert done.returncode == 1


def test_a_check_of_a_container_fails_when_its_size_is_dockers_own(tmp_path: Path) -> None:
    check = docker_storage.recipe(spec(driver="devicemapper", basesize="40 GiB"), POOL).checks[1]
    tool(tmp_path / "bin", "curl", "exit 0")
    for kib, code in ((10 * 2**20, 1), (39 * 2**20, 0), (41 * 2**20, 1)):
        tool(tmp_path / "bin", "docker", f'[ "$1" != run ] || printf "Filesystem 1K\\n/dev/dm-3 {kib} 1 1 1%% /\\n"')
        done = run(check.script, tools=tmp_path / "bin")
        assert done.returncode == code, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("info", "free", "wrong"),
    [
        ("overlay2", 9000, ""),
        ("vfs", 9000, "not on overlay2"),
        ("overlay2", 999, "only 999 KiB are free"),
    ],
)
def test_the_overlay2_check(info: str, free: int, wrong: str) -> None:
    df = f"Filesystem 1024-blocks Used Available Capacity Mounted\n/dev/root 10000 1 {free} 1% /"
    done = run(f"{_CHECK_SPACE}kiln_check_space 1000 <<'END'\n{info}\n{df}\nEND\n")
    assert (done.returncode == 0) == (wrong == "")
    assert wrong in done.stderr


@pytest.mark.parametrize(
    ("kib", "volume_gib", "wrong"),
    [(29 * 2**20, 30, ""), (8 * 2**20, 30, "less than 95 %"), (8 * 2**20, 8, "smaller than 30 GiB")],
)
def test_a_file_system_must_fill_a_volume_of_the_defined_size(kib: int, volume_gib: int, wrong: str) -> None:
    done = run(f"{GROW}kiln_fills {kib} {volume_gib * 2**30} 30")
    assert (done.returncode == 0) == (wrong == "")
    assert wrong in done.stderr


def test_growing_names_a_file_system_that_it_cannot_grow() -> None:
    done = run(f"{GROW}kiln_grow_fs /proc /dev/none")
    assert "cannot grow a file system of the kind 'proc'" in done.stderr
    assert done.returncode == 1


def test_the_data_disk_is_the_only_other_one_of_its_size(tmp_path: Path) -> None:
    sizes = {"nvme0n1": 30, "nvme1n1": 40, "nvme2n1": 40, "loop0": 40, "nvme3n1": 100}
    for name, gib in sizes.items():
        (tmp_path / "block" / name / "device").mkdir(parents=True)
        (tmp_path / "block" / name / "size").write_text(f"{gib * 2097152}\n")
        (tmp_path / "block" / name / "device" / "model").write_text("Amazon Elastic Block Store\n")
    (tmp_path / "block/nvme2n1/device/model").write_text("Amazon EC2 NVMe Instance Storage\n")

    def found(gib: int) -> list[str]:
        return run(f"{FIND}kiln_disks_of_size {gib} {tmp_path} nvme0n1").stdout.split()

    assert found(40) == ["/dev/nvme1n1"]
    assert found(30) == [], "the root's disk is no data disk"
    assert found(100) == ["/dev/nvme3n1"]


def test_only_a_blank_disk_is_formatted(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    tool(tmp_path / "bin", "mkfs.xfs", f'echo "formatted ${{@: -1}}" >{tmp_path}/log')
    for content in (b"\0" * 2**20 + b"data of someone", b"\0" * 1080 + b"\x53\xef"):
        disk.write_bytes(content.ljust(8 * 2**20, b"\0"))
        done = run(f"{MOUNT_DOCKER}kiln_format {disk}", tools=tmp_path / "bin")
        assert "is not blank" in done.stderr
        assert not (tmp_path / "log").exists()
    disk.write_bytes(bytes(8 * 2**20))
    assert run(f"{MOUNT_DOCKER}kiln_format {disk}", tools=tmp_path / "bin").returncode == 0
    assert (tmp_path / "log").read_text() == f"formatted {disk}\n"


def test_fstab_gets_one_line_by_uuid_however_often_it_is_written(tmp_path: Path) -> None:
    fstab = tmp_path / "fstab"
    fstab.write_text("LABEL=/ / xfs defaults 0 0\n")
    for _ in range(2):
        assert run(f"{MOUNT_DOCKER}kiln_fstab {fstab} 1234-ab xfs").returncode == 0
    lines = fstab.read_text().splitlines()
    assert lines[0] == "LABEL=/ / xfs defaults 0 0"
    assert len(lines) == 2
    assert lines[1].startswith("UUID=1234-ab /var/lib/docker xfs defaults,noatime,nofail,")


def test_docker_waits_for_its_volume(tmp_path: Path) -> None:
    assert run(f"{MOUNT_DOCKER}kiln_docker_needs_mount {tmp_path}").returncode == 0
    drop_in = tmp_path / "docker.service.d/kiln-data-volume.conf"
    assert drop_in.read_text() == "[Unit]\nRequiresMountsFor=/var/lib/docker\n"


def test_recipes_depend_on_driver_and_volume() -> None:
    data = Machine("al2023", root_gib=50, data_device="/dev/sdc", data_gib=100)
    names = {
        "root": [check.name for check in docker_storage.recipe(spec(driver="overlay2"), data).checks],
        "data": [check.name for check in docker_storage.recipe(spec(driver="overlay2", volume="data"), data).checks],
    }
    assert names["root"][0] == "the root file system fills 50 GiB"
    assert names["data"][0] == "/var/lib/docker fills its volume of 100 GiB"
    assert "docker runs on overlay2 with 2 GiB free" in names["root"]
    step = docker_storage.recipe(spec(driver="overlay2", volume="data"), data).steps[0]
    assert "kiln_mount_docker /dev/sdc 100" in step.script


def test_storage_without_its_volume_is_a_user_error() -> None:
    for storage in (spec(driver="devicemapper"), spec(driver="overlay2", volume="data")):
        with pytest.raises(UserError, match="needs a data volume"):
            docker_storage.recipe(storage, Machine("al2023"))


def test_refusals_name_the_alternative() -> None:
    thin, overlay = spec(driver="devicemapper"), spec(driver="overlay2")
    assert docker_storage.refusal(thin, "al1") is None
    assert docker_storage.refusal(overlay, "al2") is None
    for family in ("al2", "al2023"):
        assert "driver: overlay2 with a larger volume" in str(docker_storage.refusal(thin, family))
    assert "driver: devicemapper" in str(docker_storage.refusal(overlay, "al1"))


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"driver": "devicemapper", "basesize": "8 GiB"}, "can only grow"),
        ({"driver": "devicemapper", "basesize": "40GB"}, "did you mean 40 GiB"),
        ({"driver": "devicemapper", "volume": "data"}, "Extra inputs"),
        ({"driver": "btrfs"}, "does not match any of the expected tags"),
    ],
)
def test_bad_storage_is_refused(raw: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        spec(**raw)
