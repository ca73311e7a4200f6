"""What Batch has of ECS, with the double of the agents: tasks run, end, and are heard of."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.ecs import clusters, running
from sandbox.ecs.model.records import ContainerInstance, Task, TaskAsked
from sandbox.inprocess import Sandbox
from tests.support.agents import AgentDouble

REGION = "us-east-1"


@pytest.fixture
def agents(sandbox: Sandbox) -> Iterator[AgentDouble]:
    with AgentDouble(sandbox) as agents:
        yield agents


@pytest.fixture
def launched(running: Callable[..., str]) -> Callable[..., str]:
    return running


@pytest.fixture
def instance(sandbox: Sandbox, agents: AgentDouble, launched: Callable[..., str]) -> ContainerInstance:
    cluster = clusters.create_for_batch(REGION, "c")
    agents.join(launched(InstanceType="c5.2xlarge"), "c")
    (found,) = running.list_instances(REGION, cluster)
    return found


def ask(command: str = "true", **changes: Any) -> TaskAsked:
    container = {"name": "default", "image": "x", "command": ["sh", "-c", command], "cpu": 1024, "memory": 512}
    return TaskAsked("f", 1, container | changes, vcpus=1, type_vcpus=8)


def start(sandbox: Sandbox, instance: ContainerInstance, asked: TaskAsked) -> Task:
    with sandbox.world.lock:
        return running.start_task(REGION, instance, asked)


def test_a_task_runs_and_ends(sandbox: Sandbox, instance: ContainerInstance) -> None:
    assert instance.agent_connected
    assert instance.registered == {"CPU": 8192, "MEMORY": 15434, "GPU": 0}
    heard: list[tuple[str, int | None]] = []
    running.listen(REGION, lambda task: heard.append((task.last_status, task.container.exit_code)), lambda _: None)
    task = start(sandbox, instance, ask())
    sandbox.clock.advance(1)
    assert heard == [("RUNNING", None), ("STOPPED", 0)]
    assert task.reason == "Essential container in task exited"
    assert running.count_remaining(instance)["MEMORY"] == 15434


def test_what_the_tasks_on_a_machine_may_take_is_known(sandbox: Sandbox, instance: ContainerInstance) -> None:
    machine = instance.ec2_instance_id
    assert sandbox.world.job_memory(machine) == 0
    for memory in (512, 1024):
        start(sandbox, instance, ask("sleep 60", memory=memory))
    assert sandbox.world.job_memory(machine) == 1536
    assert sandbox.world.job_memory("i-0123456789abcdef0") == 0
    sandbox.clock.advance(120)
    assert sandbox.world.job_memory(machine) == 0
