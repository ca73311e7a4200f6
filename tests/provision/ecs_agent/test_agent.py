from pathlib import Path

import pytest
from pydantic import ValidationError

from provision.ecs_agent import agent as ecs_agent
from provision.ecs_agent.agent import _CHECK, SET_KEY, Spec
from provision.model import shell
from provision.model.recipe import Machine
from tests.support.bash import run


def set_key(file: Path, key: str, value: str) -> str:
    done = run(SET_KEY + f"kiln_set_key {file} {key} {value}")
    assert done.returncode == 0, done.stderr
    return file.read_text()


def test_a_key_is_added_or_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    file = tmp_path / "ecs.config"
    file.write_text("# stock\nECS_LOGLEVEL=info\nECS_RESERVED_MEMORY_OLD=1")
    expected = "# stock\nECS_LOGLEVEL=info\nECS_RESERVED_MEMORY_OLD=1\nECS_RESERVED_MEMORY={}\n"
    assert set_key(file, "ECS_RESERVED_MEMORY", "32") == expected.format(32)
    assert set_key(file, "ECS_RESERVED_MEMORY", "32") == expected.format(32)
    assert set_key(file, "ECS_RESERVED_MEMORY", "64") == expected.format(64)


def test_an_empty_or_missing_file_and_a_key_that_stands_twice(tmp_path: Path) -> None:
    assert set_key(tmp_path / "ecs" / "ecs.config", "A", "1") == "A=1\n"
    file = tmp_path / "empty"
    file.touch()
    assert set_key(file, "A", "1") == "A=1\n"
    file.write_text("A=1\nB=2\nA=3\n")
    assert set_key(file, "A", "4") == "A=4\nB=2\n"


def test_settings_are_written_as_the_agent_reads_them() -> None:
    spec = Spec.model_validate(
        {"reserved_memory": "1 GiB", "image_pull_behavior": "prefer-cached", "task_cleanup_wait": "10 min"}
        | {"image_cleanup": True, "image_cleanup_interval": "30 min", "spot_draining": True, "images_per_cleanup": 7}
    )
    assert spec.lines() == {
        "ECS_RESERVED_MEMORY": "1024",
        "ECS_IMAGE_PULL_BEHAVIOR": "prefer-cached",
        "ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION": "600s",
        "ECS_DISABLE_IMAGE_CLEANUP": "false",
        "ECS_IMAGE_CLEANUP_INTERVAL": "1800s",
        "ECS_NUM_IMAGES_DELETE_PER_CYCLE": "7",
        "ECS_ENABLE_SPOT_INSTANCE_DRAINING": "true",
    }


def test_the_check_names_a_key_that_is_missing_or_different(tmp_path: Path) -> None:
    file = tmp_path / "ecs.config"
    file.write_text("ECS_RESERVED_MEMORY=32\nECS_IMAGE_PULL_BEHAVIOR=once\n")
    check = shell.FAIL + _CHECK + f"kiln_has_lines {file} ECS_RESERVED_MEMORY=32 ECS_IMAGE_PULL_BEHAVIOR="
    assert run(check + "once").returncode == 0
    done = run(check + "always")
    assert done.returncode == 1
    assert done.stderr == f"missing in {file}: ECS_IMAGE_PULL_BEHAVIOR=always\n"


def test_the_unit_is_checked_even_without_settings() -> None:
    recipe = ecs_agent.recipe(Spec(), Machine("al2023"))
    assert not recipe.steps
    assert "is-enabled ecs" in recipe.checks[0].script


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"reserved_memory": 32}, "number and its unit"),
        ({"task_cleanup_wait": "30 s"}, "greater than or equal to 60"),
        ({"image_cleanup_interval": "5 min"}, "greater than or equal to 600"),
        ({"image_pull_behavior": "never"}, "prefer-cached"),
        ({"ECS_CLUSTER": "default"}, "Extra inputs"),
        ({"image_cleanup": False, "images_per_cleanup": 3}, "leave the other clean-up keys"),
        ({"spot_draining": "true"}, "valid boolean"),
    ],
)
def test_bad_settings_are_refused(raw: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Spec.model_validate(raw)
