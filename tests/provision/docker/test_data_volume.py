"""Docker's directory on a data volume."""

from pathlib import Path

from provision.docker.data_volume import MOUNT_DOCKER
from tests.support.bash import run, tool


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
