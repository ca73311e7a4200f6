"""Docker on overlay2."""

import pytest
from pydantic import TypeAdapter

from provision.docker import storage as docker_storage
from provision.docker.overlay2 import _CHECK_SPACE
from provision.model.recipe import Machine
from tests.support.bash import run


def spec(**raw: str) -> docker_storage.Spec:
    return TypeAdapter[docker_storage.Spec](docker_storage.Spec).validate_python(raw)


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
