"""The double of the agents: what other rooms' tests rely on."""

from collections.abc import Callable
from typing import Any

from sandbox.ecs import running as ecs
from sandbox.ecs.model.records import ContainerInstance, Task
from sandbox.inprocess import Sandbox
from tests.support.agents import AgentDouble

Start = Callable[..., Task]


def test_it_joins_the_machines_of_a_cluster(
    sandbox: Sandbox, cluster: str, agents: AgentDouble, launch_machine: Callable[..., str]
) -> None:
    other = launch_machine()
    lines = (
        "#!/bin/bash",
        "echo ECS_CLUSTER=other>>/etc/ecs/ecs.config", "echo ECS_CLUSTER=c>>/etc/ecs/ecs.config",
        'echo ECS_INSTANCE_ATTRIBUTES={\\"mine\\":\\"3\\"}>>/etc/ecs/ecs.config',
    )  # fmt: skip
    machine = launch_machine(UserData="\n".join(lines))
    (instance,) = ecs.list_instances("us-east-1", cluster)
    assert (instance.ec2_instance_id, instance.agent_connected) == (machine, True)
    assert instance.find_attribute("mine") == "3"
    assert other not in agents.agents


def test_a_killed_agent_tells_later(
    sandbox: Sandbox, agents: AgentDouble, instance: ContainerInstance, start: Start
) -> None:
    agents.script("sleep 60", seconds=60, exit_code=4)
    agents.script("sleep 600", seconds=600)
    short, long, late = start(instance, "sleep 60"), start(instance, "sleep 600"), None
    sandbox.clock.advance(1)
    agents.kill(instance)
    assert not instance.agent_connected
    late = start(instance)
    sandbox.clock.advance(100)
    assert (short.last_status, late.last_status) == ("RUNNING", "PENDING")
    agents.restart(instance)
    sandbox.clock.advance(1)
    assert (short.last_status, short.container.exit_code) == ("STOPPED", 4)
    assert (long.last_status, late.last_status) == ("RUNNING", "STOPPED")
    sandbox.clock.advance(600)
    assert (long.last_status, long.container.exit_code) == ("STOPPED", 0)
    assert [task["arn"] for task in agents.payloads] == [short.arn, long.arn, late.arn]


def test_an_agent_without_a_session(
    sandbox: Sandbox, agents: AgentDouble, instance: ContainerInstance, start: Start
) -> None:
    agents.script("sleep", seconds=60)
    told, kept = start(instance, "sleep"), None
    sandbox.clock.advance(1)
    agents.disconnect(instance)
    kept = start(instance)
    sandbox.clock.advance(100)
    assert (instance.agent_connected, told.last_status, kept.last_status) == (False, "STOPPED", "PENDING")
    agents.find(instance).connect(lacks_credentials=False)
    sandbox.clock.advance(1)
    assert kept.last_status == "STOPPED"


def test_what_scripts_say(sandbox: Sandbox, agents: AgentDouble, instance: ContainerInstance, start: Start) -> None:
    scripts: dict[str, dict[str, Any]] = {
        "oom": {"oom": True}, "unsaid": {"oom": "unsaid"}, "pull": {"pull_error": "CannotPull…"},
        "slow": {"pull_seconds": 50}, "silent": {"silent": True}, "code": {"exit_code": 3, "runs_unsaid": True},
    }  # fmt: skip
    for part, script in scripts.items():
        agents.script(part, **script)
    heard: list[tuple[str, str]] = []
    tasks = {part: start(instance, part) for part in scripts}
    names = {task.arn: part for part, task in tasks.items()}
    ecs.listen("us-east-1", lambda task: heard.append((names[task.arn], task.last_status)), lambda _: None)
    sandbox.clock.advance(1)
    ends = {part: (task.container.exit_code, task.container.reason) for part, task in tasks.items()}
    assert ends["oom"] == (137, "OutOfMemoryError: Container killed due to memory usage")
    assert (ends["unsaid"], ends["pull"], ends["code"]) == ((137, ""), (None, "CannotPull…"), (3, ""))
    assert tasks["slow"].last_status == "PENDING"
    assert ("code", "RUNNING") not in heard
    sandbox.clock.advance(60)
    assert tasks["slow"].last_status == "STOPPED"
    assert (tasks["silent"].last_status, tasks["silent"].taken) == ("PENDING", False)


def test_lines_of_a_log(sandbox: Sandbox, agents: AgentDouble, instance: ContainerInstance, start: Start) -> None:
    logs = sandbox.client("logs")
    logs.create_log_group(logGroupName="/aws/batch/job")
    agents.script("talks", log=("one", "two"))
    options = {"awslogs-group": "/aws/batch/job", "awslogs-stream-prefix": "p"}
    task = start(instance, "talks", logConfiguration={"logDriver": "awslogs", "options": options})
    sandbox.clock.advance(1)
    stream = f"p/default/{task.id}"
    assert task.container.log_stream == stream
    events = logs.get_log_events(logGroupName="/aws/batch/job", logStreamName=stream)["events"]
    assert [event["message"] for event in events] == ["one", "two"]


def test_a_notice_of_spot(sandbox: Sandbox, agents: AgentDouble, instance: ContainerInstance) -> None:
    agents.notice_spot(instance)
    assert instance.status == "ACTIVE"
    agents.find(instance).drains = True
    agents.notice_spot(instance)
    assert instance.status == "DRAINING"
