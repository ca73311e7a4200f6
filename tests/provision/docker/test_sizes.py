"""Sizes of a definition in the units that tools on the machine read: KiB, bytes, and Docker's powers of 1000."""

import pytest
from pydantic import ValidationError

from provision.docker.devicemapper import Devicemapper, write_size
from provision.docker.overlay2 import Overlay2
from provision.model.recipe import Machine


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0B"), (999, "999B"), (1000, "1kB"), (10 * 2**30, "10.74GB"), (40 * 2**30, "42.95GB"), (2**40, "1.1TB"),
        (5 * 10**18, "5000PB"),
    ],
)  # fmt: skip
def test_bytes_as_docker_prints_them(count: int, text: str) -> None:
    assert write_size(count) == text


def test_devicemapper_of_40_gib() -> None:
    machine = Machine("al1", data_device="/dev/xvdcz", data_gib=60)
    recipe = Devicemapper.model_validate({"driver": "devicemapper", "basesize": "40 GiB"}).recipe(machine)
    [step] = recipe.steps
    pool, container = recipe.checks
    assert "40 GiB" in step.name
    assert "/etc/sysconfig/docker-storage 40GB\n" in step.script
    assert "kiln_check_pool 42.95GB 64424509440\n" in pool.script
    assert f"$(({40 * 1024 * 1024} * 9 / 10))" in container.script
    assert "@" not in container.script.replace("$@", "")


@pytest.mark.parametrize(("size", "is_taken"), [("9 GiB", False), ("10 GiB", True), ("11 GiB", True)])
def test_a_basesize_can_only_grow(size: str, is_taken: bool) -> None:
    if is_taken:
        Devicemapper.model_validate({"driver": "devicemapper", "basesize": size})
    else:
        with pytest.raises(ValidationError, match="at least 10 GiB"):
            Devicemapper.model_validate({"driver": "devicemapper", "basesize": size})
    assert Devicemapper(driver="devicemapper").basesize == 10


@pytest.mark.parametrize(("minimum", "kib"), [({}, 2 * 1024 * 1024), ({"minimum_free": "20 GiB"}, 20 * 1024 * 1024)])
def test_room_that_overlay2_must_leave(minimum: dict[str, str], kib: int) -> None:
    recipe = Overlay2.model_validate({"driver": "overlay2"} | minimum).recipe(Machine("al2023"))
    check = recipe.checks[-1]
    assert f" {kib}" in check.script.splitlines()[-1]
    assert f"{kib // 1024 // 1024} GiB free" in check.name
