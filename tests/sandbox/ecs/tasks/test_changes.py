"""What agents tell of their tasks, in whatever order it comes."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.ecs import running
from sandbox.ecs.model.records import ContainerInstance, Task
from sandbox.inprocess import Sandbox
from tests.support.agents import AgentDouble
from tests.support.refused import Refused

Start = Callable[..., Task]
ENDED, NOT_STARTED = "Essential container in task exited", "Task failed to start"
PULL = "CannotPullImageManifestError: Error response from daemon: manifest unknown: manifest unknown"


@pytest.fixture
def idle(sandbox: Sandbox, cluster: str, agents: AgentDouble, launch_machine: Callable[..., str]) -> ContainerInstance:
    """A container instance whose agent tells only what the test says in its place."""
    agents.join(launch_machine(), "c", connects=False)
    (found,) = running.list_instances("us-east-1", cluster)
    return found


def tell(sandbox: Sandbox, task: Task, status: str, container: dict[str, Any], **more: Any) -> str:
    change = {"containerName": "default", "status": status, **container}
    answer = sandbox.client("ecs").submit_task_state_change(
        cluster="c", task=task.arn, status=status, containers=[change], **more
    )
    return str(answer["acknowledgment"])


@pytest.mark.parametrize(
    ("changes", "exit_code", "reason", "code"),
    [
        ([("RUNNING", {}), ("STOPPED", {"exitCode": 0})], 0, ENDED, "EssentialContainerExited"),
        ([("STOPPED", {"exitCode": 3})], 3, ENDED, "EssentialContainerExited"),
        ([("RUNNING", {"exitCode": 3}), ("STOPPED", {"exitCode": 3})], 3, ENDED, "EssentialContainerExited"),
        ([("STOPPED", {"reason": PULL})], None, NOT_STARTED, "TaskFailedToStart"),
        ([("RUNNING", {}), ("STOPPED", {"reason": "CannotInspectContainerError: …"})], None, ENDED,
         "EssentialContainerExited"),
        ([("STOPPED", {"exitCode": 0}), ("RUNNING", {}), ("STOPPED", {"exitCode": 1})], 0, ENDED,
         "EssentialContainerExited"),
    ],
    ids=["as usual", "RUNNING never came", "RUNNING with the exit code", "no pull", "not inspected", "told again"],
)  # fmt: skip
def test_how_a_task_ends(
    sandbox: Sandbox, idle: ContainerInstance, start: Start,
    changes: list[tuple[str, dict[str, Any]]], exit_code: int | None, reason: str, code: str,
) -> None:  # fmt: skip
    task = start(idle)
    for status, container in changes:
        assert tell(sandbox, task, status, container) == "ACK"
    (shown,) = sandbox.client("ecs").describe_tasks(cluster="c", tasks=[task.arn])["tasks"]
    assert (shown["lastStatus"], shown["stoppedReason"], shown["stopCode"]) == ("STOPPED", reason, code)
    assert shown["containers"][0].get("exitCode") == exit_code
    assert idle.live == {}


def test_what_a_task_tells(sandbox: Sandbox, idle: ContainerInstance, start: Start) -> None:
    task = start(idle)
    now = sandbox.clock.now()
    bindings = [{"bindIP": "0.0.0.0", "containerPort": 8080, "hostPort": 32768, "protocol": "tcp"}]
    tell(sandbox, task, "RUNNING", {"runtimeId": "5" * 64, "networkBindings": bindings}, pullStartedAt=now - 5)
    assert task.started is not None
    tell(sandbox, task, "STOPPED", {"exitCode": 137, "reason": "OutOfMemoryError: …"}, executionStoppedAt=now + 0.5)
    (shown,) = sandbox.client("ecs").describe_tasks(cluster="c", tasks=[task.id])["tasks"]
    (container,) = shown["containers"]
    assert (container["runtimeId"], container["networkBindings"]) == ("5" * 64, bindings)
    assert (container["exitCode"], container["reason"]) == (137, "OutOfMemoryError: …")
    assert shown["executionStoppedAt"].timestamp() == pytest.approx(now + 0.5, abs=0.01)
    assert shown["pullStartedAt"].timestamp() == pytest.approx(now - 5, abs=0.01)
    assert shown["containerInstanceArn"] == idle.arn


def test_the_reason_of_a_task_that_its_agent_could_not_read(
    sandbox: Sandbox, idle: ContainerInstance, start: Start
) -> None:
    task = start(idle)
    why = "UnrecogniedTaskError: Error loading task"
    sandbox.client("ecs").submit_task_state_change(cluster="c", task=task.arn, status="STOPPED", reason=why)
    assert (task.reason, task.stop_code) == (why, "TaskFailedToStart")


def test_a_task_that_is_none_is_dropped(sandbox: Sandbox, idle: ContainerInstance, refused: Refused) -> None:
    """After ClientException the agent would tell of it for ever."""
    arn = f"arn:aws:ecs:us-east-1:123456789012:task/c/{'0' * 32}"
    with refused("InvalidParameterException"):
        sandbox.client("ecs").submit_task_state_change(cluster="c", task=arn, status="STOPPED")


def test_other_changes_are_taken(sandbox: Sandbox, idle: ContainerInstance, start: Start) -> None:
    ecs, task = sandbox.client("ecs"), start(idle)
    said = {"cluster": "c", "task": task.arn, "containerName": "default", "status": "RUNNING", "runtimeId": "5" * 64}
    assert ecs.submit_container_state_change(**said)["acknowledgment"] == "ACK"
    assert task.container.runtime_id == "5" * 64
    attachment = {"attachmentArn": "arn:aws:ecs:us-east-1:123456789012:attachment/1", "status": "ATTACHED"}
    assert ecs.submit_attachment_state_changes(cluster="c", attachments=[attachment])["acknowledgment"] == "ACK"


def test_stopping(sandbox: Sandbox, agents: AgentDouble, instance: ContainerInstance, start: Start) -> None:
    """The agent stops it: the exit code is the container's, the reason is the caller's."""
    agents.script("handles", seconds=None, term_exit_code=7)
    agents.script("ignores", seconds=None)
    handles, ignores = start(instance, "handles"), start(instance, "ignores")
    sandbox.clock.advance(1)
    ecs = sandbox.client("ecs")
    for task in (handles, ignores):
        shown = ecs.stop_task(cluster="c", task=task.arn, reason="enough")["task"]
        assert (shown["desiredStatus"], shown["lastStatus"], shown["stoppedReason"]) == ("STOPPED", "RUNNING", "enough")
    sandbox.clock.advance(1)
    assert (handles.last_status, handles.container.exit_code, handles.reason) == ("STOPPED", 7, "enough")
    assert ignores.last_status == "RUNNING"
    sandbox.clock.advance(30)
    assert (ignores.last_status, ignores.container.exit_code, ignores.stop_code) == ("STOPPED", 137, "UserInitiated")


def test_stopping_before_anything_runs(
    sandbox: Sandbox, agents: AgentDouble, instance: ContainerInstance, start: Start
) -> None:
    agents.script("slow", pull_seconds=1000)
    task = start(instance, "slow")
    sandbox.clock.advance(1)
    with sandbox.world.lock:
        running.stop_task(task, "too slow")
    sandbox.clock.advance(1)
    assert (task.last_status, task.container.exit_code, task.reason) == ("STOPPED", None, "too slow")


def test_a_machine_that_is_lost(
    sandbox: Sandbox, agents: AgentDouble, instance: ContainerInstance, start: Start
) -> None:
    agents.script("sleep", seconds=None)
    heard: list[tuple[str, bool]] = []
    running.listen("us-east-1", lambda _: None, lambda i: heard.append((i.status, i.agent_connected)))
    task = start(instance, "sleep")
    sandbox.clock.advance(1)
    sandbox.client("ec2").terminate_instances(InstanceIds=[instance.ec2_instance_id])
    sandbox.clock.advance(5)
    assert task.reason == f"Host EC2 (instance {instance.ec2_instance_id}) terminated."
    assert (task.last_status, task.container.exit_code) == ("STOPPED", None)
    assert heard[-1] == ("INACTIVE", False)


def test_a_role_that_ecs_may_not_assume(sandbox: Sandbox, instance: ContainerInstance, start: Start) -> None:
    task = start(instance, role_arn="arn:aws:iam::123456789012:role/machines")
    sandbox.clock.advance(1)
    assert (task.last_status, task.stop_code) == ("STOPPED", "TaskFailedToStart")
    assert task.reason.startswith("ECS was unable to assume the role 'arn:aws:iam::123456789012:role/machines'")


def test_a_stopped_task_is_shown_for_an_hour(sandbox: Sandbox, instance: ContainerInstance, start: Start) -> None:
    ecs, task = sandbox.client("ecs"), start(instance)
    sandbox.clock.advance(3500)
    assert ecs.describe_tasks(cluster="c", tasks=[task.arn])["tasks"]
    sandbox.clock.advance(200)
    assert [f["reason"] for f in ecs.describe_tasks(cluster="c", tasks=[task.arn])["failures"]] == ["MISSING"]
