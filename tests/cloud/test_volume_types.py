"""What EBS takes of each type of volume, and how a definition that asks for more is answered: all at once, by key."""

from pathlib import Path
from typing import Any

import pytest

from cloud.ebs import Volume, map_volume
from cloud.machine_images import Disk
from cloud.volume_types import list_misfits, smallest
from images.spec.definitions import load as load_image
from kiln.errors import Problem, UserError
from launch_templates.definitions import load as load_template
from provision.docker.autoscale import Autoscale


def words_of(**settings: Any) -> list[str]:
    """What is wrong with a volume of a definition, `KEY: why` by `KEY: why`; sizes in GiB."""
    given: dict[str, Any] = {"kind": "gp3", "size": 100, "iops": None, "throughput": None, **settings}
    return [f"{key}: {why}" for key, why in list_misfits(**given)]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        # Throughput over 0.25 MiB/s per IOPS.
        ({"throughput": 1000}, "throughput: gp3 gives 0.25 MiB/s per IOPS: 3000 IOPS give at most 750 MiB/s, not 1000; "
                               "set iops: 4000"),
        ({"throughput": 751}, "throughput: gp3 gives 0.25 MiB/s per IOPS: 3000 IOPS give at most 750 MiB/s, not 751; "
                              "set iops: 3004"),
        ({"throughput": 2000, "iops": 7999}, "throughput: gp3 gives 0.25 MiB/s per IOPS: 7999 IOPS give at most 1999 "
                                             "MiB/s, not 2000; set iops: 8000"),
        # IOPS per GiB.
        ({"size": 10, "iops": 16000}, "iops: gp3 takes 500 IOPS per GiB: 10 GiB take at most 5000, not 16000; "
                                      "set size: 32 GiB"),
        ({"size": 10, "iops": 501, "kind": "io1"}, "iops: io1 takes 50 IOPS per GiB: 10 GiB take at most 500, not 501; "
                                                   "set size: 11 GiB"),
        ({"size": 4, "iops": 4001, "kind": "io2"}, "iops: io2 takes 1000 IOPS per GiB: 4 GiB take at most 4000, "
                                                   "not 4001; set size: 5 GiB"),
        # Sizes.
        ({"size": 65537}, "size: gp3 volumes have 1 to 65536 GiB, not 65537"),
        ({"size": 16385, "kind": "gp2"}, "size: gp2 volumes have 1 to 16384 GiB, not 16385"),
        ({"size": 3, "iops": 100, "kind": "io1"}, "size: io1 volumes have 4 to 16384 GiB, not 3"),
        ({"size": 124, "kind": "st1"}, "size: st1 volumes have 125 to 16384 GiB, not 124"),
        ({"size": 124, "kind": "sc1"}, "size: sc1 volumes have 125 to 16384 GiB, not 124"),
        ({"size": 1025, "kind": "standard"}, "size: standard volumes have 1 to 1024 GiB, not 1025"),
        # IOPS and throughput beyond the type's.
        ({"size": 1000, "iops": 80001}, "iops: gp3 takes 3000 to 80000 IOPS, not 80001"),
        ({"iops": 2999}, "iops: gp3 takes 3000 to 80000 IOPS, not 2999"),
        ({"size": 4000, "iops": 64001, "kind": "io1"}, "iops: io1 takes 100 to 64000 IOPS, not 64001"),
        ({"iops": 0, "kind": "io2"}, "iops: io2 takes 100 to 256000 IOPS, not 0"),
        ({"size": 9000, "iops": 256001, "kind": "io2"}, "iops: io2 takes 100 to 256000 IOPS, not 256001"),
        ({"iops": 80000, "throughput": 2001, "size": 160}, "throughput: gp3 takes 125 to 2000 MiB/s, not 2001"),
        ({"throughput": 124}, "throughput: gp3 takes 125 to 2000 MiB/s, not 124"),
        # Settings that a type does not take, or lacks.
        ({"kind": "gp2", "throughput": 250}, "throughput: throughput can be set for gp3 alone, not for gp2"),
        ({"kind": "standard", "iops": 100}, "iops: iops can be set for gp3, io1 and io2, not for standard"),
        ({"kind": "sc1", "size": 500, "iops": 3000}, "iops: iops can be set for gp3, io1 and io2, not for sc1"),
        ({"kind": "io1"}, "iops: io1 needs iops, from 100 to 64000"),
    ],
)  # fmt: skip
def test_row_9_limits_of_each_type(settings: dict[str, Any], expected: str) -> None:
    assert words_of(**settings) == [expected]


@pytest.mark.parametrize(
    "settings",
    [
        {"size": 65536, "iops": 80000, "throughput": 2000},
        {"size": 1, "iops": 3000, "throughput": 750},  # the baseline has no ratio to the size
        {"size": 160, "iops": 80000},
        {"size": 16384, "kind": "gp2"},
        {"size": 4, "iops": 200, "kind": "io1"},
        {"size": 1280, "iops": 64000, "kind": "io1"},
        {"size": 256, "iops": 256000, "kind": "io2"},
        {"size": 125, "kind": "st1"},
        {"size": 1024, "kind": "standard"},
        {"size": None, "iops": 80000},  # as large as the AMI's: known when there is an AMI
    ],
)
def test_row_9_what_each_type_takes(settings: dict[str, Any]) -> None:
    assert words_of(**settings) == []


def test_row_9_all_limits_at_once() -> None:
    assert [words.partition(":")[0] for words in words_of(size=70000, iops=90000, throughput=3000)] == [
        "size", "iops", "throughput"
    ]  # fmt: skip
    assert words_of(kind="st1", size=10, iops=5, throughput=5) == [
        "size: st1 volumes have 125 to 16384 GiB, not 10",
        "iops: iops can be set for gp3, io1 and io2, not for st1",
        "throughput: throughput can be set for gp3 alone, not for st1",
    ]


IMAGE = """\
name: small
base: {ssm: ecs/al2023}
docker_storage: {driver: overlay2}
"""
VOLUMES = """\
volumes:
  root:
    size: 8 GiB
    throughput: 1000
  data:
    device: /dev/sdc
    size: 10 GiB
    type: io1
    iops: 9000
"""


@pytest.mark.parametrize("head", [IMAGE, "name: small\nimage: nextflow-al2023\ntask_credentials: job-role\n"])
def test_row_9_root_and_data_of_definitions_by_line(tmp_path: Path, head: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(head + VOLUMES)
    with pytest.raises(Problem) as caught:
        (load_image if head is IMAGE else load_template)(str(path))
    assert "line 7, volumes.root.throughput: gp3 gives 0.25 MiB/s per IOPS" in caught.value.output
    assert "line 12, volumes.data.iops: io1 takes 50 IOPS per GiB: 10 GiB take at most 500" in caught.value.output


@pytest.mark.parametrize("kind", ["st1", "sc1"])
@pytest.mark.parametrize("head", [IMAGE, "name: small\nimage: nextflow-al2023\ntask_credentials: job-role\n"])
def test_row_9_a_root_must_boot(tmp_path: Path, head: str, kind: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(f"{head}volumes: {{root: {{size: 200 GiB, type: {kind}}}}}\n")
    with pytest.raises(Problem) as caught:
        (load_image if head is IMAGE else load_template)(str(path))
    assert f"volumes.root.type: no machine boots from {kind}; use gp3, gp2, io1, io2 or standard" in caught.value.output


@pytest.mark.parametrize(
    ("storage", "expected"),
    [
        (
            "first: 10 GiB, iops: 16000",
            "docker_storage.iops: gp3 takes 500 IOPS per GiB: 10 GiB take at most 5000, not 16000; set first: 32 GiB",
        ),
        (
            "largest: 70 TiB, ceiling: 99 TiB",
            'docker_storage.largest: "70 TiB" does not fit: gp3 volumes have 1 to 65536 GiB, not 71680',
        ),
        ("type: st1", "docker_storage.first: st1 volumes have 125 to 16384 GiB, not 100"),
        (
            "type: sc1, first: 1 GiB",
            'docker_storage.first: "1 GiB" does not fit: sc1 volumes have 125 to 16384 GiB, not 1',
        ),
        ("throughput: 2000", "docker_storage.throughput: gp3 gives 0.25 MiB/s per IOPS: 3000 IOPS give at most 750"),
    ],
)
def test_row_9_volumes_that_are_added_later(tmp_path: Path, storage: str, expected: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(IMAGE.replace("driver: overlay2", f"driver: autoscale, {storage}"))
    with pytest.raises(Problem) as caught:
        load_image(str(path))
    assert expected in caught.value.output


def test_row_9_a_root_as_large_as_its_amis_is_measured_when_there_is_an_ami() -> None:
    with pytest.raises(UserError, match="the volume /dev/xvda cannot be made") as caught:
        map_volume("/dev/xvda", Volume(iops=80000), Disk("/dev/xvda", 30, "snap-0a"))
    assert "gp3 takes 500 IOPS per GiB: 30 GiB take at most 15000, not 80000; set size: 160 GiB" in caught.value.why
    assert map_volume("/dev/xvda", Volume(iops=15000), Disk("/dev/xvda", 30, "snap-0a"))["Ebs"]["Iops"] == 15000


@pytest.mark.parametrize(
    ("kind", "iops", "size"),
    [("gp3", None, 1), ("gp3", 3000, 1), ("gp3", 3001, 7), ("io1", 100, 4), ("io1", 201, 5), ("st1", None, 125)],
)
def test_the_smallest_volume_of_a_type_with_its_iops(kind: str, iops: int | None, size: int) -> None:
    assert smallest(kind, iops) == size


def test_the_daemon_on_the_machines_is_told_the_smallest_volume() -> None:
    storage = Autoscale(driver="autoscale", iops=40000, first="100 GiB")
    assert storage.settings("al2023", "/dev/sdc")["smallest"] == 80
