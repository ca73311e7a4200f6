"""File systems that grow, and the disk of a device name."""

from pathlib import Path

import pytest

from provision.model.volumes import FIND, GROW
from tests.support.bash import run


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
