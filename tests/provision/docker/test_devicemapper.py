"""Docker on an LVM thin pool."""

from pathlib import Path

import pytest
from pydantic import TypeAdapter

from provision.docker import storage as docker_storage
from provision.docker.devicemapper import _CHECK_POOL, SET_BASESIZE, write_size
from provision.model.recipe import Machine
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
