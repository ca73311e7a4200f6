"""What the ECS agent's own settings take away from the jobs of an environment: said by the plan."""

from pathlib import Path
from typing import Any

import pytest

from environments.machines import agent_settings
from environments.machines.definitions import check_definitions
from environments.spec.environment import EnvironmentSpec
from kiln.errors import UserError
from provision.ecs_agent.agent import Spec as EcsAgent
from sandbox.inprocess import Sandbox
from tests.support.doctor_pictures import TYPES
from tests.support.environments import Define, Register

OWN = "{name: own, ami: ecs/al2023, task_credentials: job-role, ecs_agent: AGENT}"


def agent(**keys: object) -> EcsAgent:
    return EcsAgent.model_validate(keys)


def spec(**job: Any) -> EnvironmentSpec:
    return EnvironmentSpec.model_validate({
        "name": "small", "image": "x", "launch_template": "own.yaml",
        "compute_environments": {"one": {"instance_types": ["c5.2xlarge"]}},
        "queues": {"one": {"compute_environments": ["one"]}},
        "job_definitions": {"align": {"image": "busybox", "memory": "512 MiB", **job}},
    })  # fmt: skip


@pytest.mark.parametrize(
    ("reserved", "memory", "fits"),
    [
        (None, "15434 MiB", True),
        (32, "15434 MiB", True),
        (8192, "7274 MiB", True),
        (8192, "7275 MiB", False),
        (8192, "10000 MiB", False),
        (1056, "14411 MiB", False),
        (15000, "467 MiB", False),
    ],
)
def test_row_4_what_the_agent_reserves_no_job_can_have(reserved: int | None, memory: str, fits: bool) -> None:
    settings = {} if reserved is None else agent(reserved_memory=f"{reserved} MiB").lines()
    kept = agent_settings.read_kept(settings)
    if fits:
        assert check_definitions(spec(memory=memory), TYPES, {}, kept) == ()
        return
    with pytest.raises(UserError) as refused:
        check_definitions(spec(memory=memory), TYPES, {}, kept)
    assert f"c5.2xlarge registers {15434 - kept} MiB" in refused.value.what
    assert f"reserved_memory: {reserved} MiB" in refused.value.hint


def test_row_4_what_was_measured_before_the_agent_reserved_more_does_not_count() -> None:
    with pytest.raises(UserError, match="registers 7274 MiB"):
        check_definitions(spec(memory="10000 MiB"), TYPES, {"c5.2xlarge": 15434}, 8160)
    assert check_definitions(spec(memory="7000 MiB"), TYPES, {"c5.2xlarge": 7274}, 8160) == ()


def test_the_launch_templates_settings_stand_above_the_images() -> None:
    image, template = agent(reserved_memory="64 MiB", spot_draining=True), agent(reserved_memory="1 GiB")
    assert agent_settings.merge(image, template) == {
        "ECS_RESERVED_MEMORY": "1024",
        "ECS_ENABLE_SPOT_INSTANCE_DRAINING": "true",
    }
    assert agent_settings.merge(None, template)["ECS_RESERVED_MEMORY"] == "1024"
    assert agent_settings.merge(None, None) == {}


@pytest.mark.parametrize(
    ("settings", "job", "words"),
    [
        ({"ECS_DISABLE_PRIVILEGED": True}, {"privileged": True}, "is privileged"),
        ({"ECS_ENABLE_GPU_SUPPORT": False}, {"gpus": 1}, "asks for 1 GPU"),
        (
            {"ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE": False},
            {"execution_role": "environment"},
            "in its execution role's name",
        ),
    ],
)
def test_section_4_what_the_agent_is_told_not_to_do_is_refused_where_a_job_needs_it(
    settings: dict[str, bool], job: dict[str, object], words: str
) -> None:
    lines = agent(settings=settings).lines()
    with pytest.raises(UserError) as refused:
        agent_settings.refuse_unmet(spec(**job), lines)
    [name] = settings
    assert words in refused.value.what
    assert name in refused.value.what
    assert "wait" in refused.value.why
    assert f"ecs_agent.settings.{name}" in refused.value.hint
    agent_settings.refuse_unmet(spec(), lines)
    agent_settings.refuse_unmet(spec(**job), agent(settings={name: not settings[name]}).lines())
    agent_settings.refuse_unmet(spec(**job), {})


def test_logs_elsewhere_need_no_role() -> None:
    lines = agent(settings={"ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE": False}).lines()
    agent_settings.refuse_unmet(spec(execution_role="environment", log={"driver": "json-file"}), lines)


@pytest.mark.parametrize(
    ("settings", "job", "words"),
    [
        ("{reserved_memory: 8 GiB}", "memory: 10000 MiB", "registers 7274 MiB"),
        ("{settings: {ECS_RESERVED_MEMORY: 15 GiB}}", "memory: 200 MiB", "registers 106 MiB"),
        ("{settings: {ECS_DISABLE_PRIVILEGED: true}}", "memory: 1 GiB, privileged: true", "is privileged"),
    ],
)
def test_the_plan_says_so(
    sandbox: Sandbox, define: Define, register: Register, tmp_path: Path, settings: str, job: str, words: str
) -> None:
    (tmp_path / "own.yaml").write_text(OWN.replace("AGENT", settings))
    more = f"job_definitions: {{align: {{image: busybox, {job}}}}}\n"
    with pytest.raises(UserError) as refused:
        register(define(more, launch_template="own.yaml"), plan=True)
    assert words in refused.value.what
