"""What job definitions need of their machines, said by the plan."""

import pytest

from environments.machines.job_needs import warn_of_log_drivers
from environments.spec.environment import EnvironmentSpec
from provision.ecs_agent.agent import Spec as EcsAgent
from sandbox.inprocess import Sandbox
from tests.support.environments import Define, Registered

OFFERS = EcsAgent.model_validate({"settings": {"ECS_AVAILABLE_LOGGING_DRIVERS": ["gelf", "awslogs"]}})


def spec(driver: str, **options: str) -> EnvironmentSpec:
    log = {"driver": driver, "options": options}
    return EnvironmentSpec.model_validate({
        "name": "small", "image": "x", "launch_template": "template.yaml", "compute_environments": {"one": {}},
        "queues": {"one": {"compute_environments": ["one"]}},
        "job_definitions": {"align": {"image": "busybox", "memory": "1 GiB", "log": log}},
    })  # fmt: skip


@pytest.mark.parametrize("driver", ["fluentd", "journald"])
def test_a_log_driver_that_no_agent_offers_is_warned_of(driver: str) -> None:
    for agents, offered in (((None, None), "awslogs, json-file, syslog"), ((EcsAgent(), OFFERS), "awslogs, gelf")):
        [text] = warn_of_log_drivers(spec(driver), agents)
        assert f"align logs with {driver}, and the ECS agent offers {offered}: its jobs wait for ever" in text
        assert f"{driver}" in text.partition("ECS_AVAILABLE_LOGGING_DRIVERS: ")[2]


def test_a_log_driver_that_the_agent_offers_is_not() -> None:
    assert list(warn_of_log_drivers(spec("json-file"), (None, None))) == []
    assert list(warn_of_log_drivers(spec("gelf", **{"gelf-address": "udp://10.0.0.1:12201"}), (None, OFFERS))) == []


def test_the_plan_warns_of_a_log_driver(sandbox: Sandbox, define: Define, registered: Registered) -> None:
    job = "job_definitions: {align: {image: busybox, memory: 1 GiB, log: {driver: fluentd}}}\n"
    notes = registered(define(job), plan=True)["notes"]
    assert [note for note in notes if "align logs with fluentd" in note and "launch template nextflow-al2023" in note]
