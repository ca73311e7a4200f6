"""What agents tell of their tasks: SubmitTaskStateChange, SubmitContainerStateChange, SubmitAttachmentStateChanges.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SubmitTaskStateChange.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html ("Task failed to start",
"Essential container in task exited"). The agent (1.105) tells of RUNNING and STOPPED alone; RUNNING may be missing, or
carry an exit code, and STOPPED comes again after the agent's restart.
"""

from typing import Any

from sandbox.ecs.model import names
from sandbox.ecs.model.caller import Caller, check_task
from sandbox.ecs.model.errors import InvalidParameterException
from sandbox.ecs.model.records import ContainerState, Fields, Task
from sandbox.ecs.model.tables import Records
from sandbox.ecs.tasks import stopping
from sandbox.world.world import current

_TAKEN = {"acknowledgment": "ACK"}
_ENDED = ("Essential container in task exited", "EssentialContainerExited")
_NOT_STARTED = ("Task failed to start", "TaskFailedToStart")


def change_task(records: Records, request: Fields, caller: Caller) -> Fields:
    task = _find(records, request)
    check_task(records, caller, task, "SubmitTaskStateChange")
    if task.last_status == "STOPPED":
        return _TAKEN  # told again, or of a machine that ECS has given up
    for change in request.get("containers") or []:
        if change.get("containerName", "") == task.asked.container["name"]:
            _change_container(task.container, change)
    task.pull_started = _read_seconds(request.get("pullStartedAt"), task.pull_started)
    task.pull_stopped = _read_seconds(request.get("pullStoppedAt"), task.pull_stopped)
    task.execution_stopped = _read_seconds(request.get("executionStoppedAt"), task.execution_stopped)
    status = str(request.get("status") or "").upper()
    if status == "RUNNING" and task.last_status == "PENDING":
        _begin(records, task)
    elif status == "STOPPED":
        reason, code = _explain(task, str(request.get("reason") or ""))
        stopping.finish(records, task, reason, code)
    return _TAKEN


def change_container(records: Records, request: Fields, caller: Caller) -> Fields:
    """Note what has become of a container; its task's own change follows."""
    task = _find(records, request)
    check_task(records, caller, task, "SubmitContainerStateChange")
    if task.last_status != "STOPPED" and request.get("containerName") == task.asked.container["name"]:
        _change_container(task.container, request)
        records.tell_task(task)
    return _TAKEN


def change_attachments(records: Records, request: Fields, _: Caller) -> Fields:
    """Take what an agent says of network interfaces and volumes: tasks of EC2 in bridge mode have none."""
    names.find_cluster(records, request.get("cluster"))
    return _TAKEN


def _find(records: Records, request: Fields) -> Task:
    """Find the task: the agent names its cluster as it is configured, the task by its ARN."""
    task = records.tasks.get(str(request.get("task") or ""))
    if task is None:
        raise InvalidParameterException("The referenced task was not found.")
    return task


def _change_container(state: ContainerState, change: Fields) -> None:
    if change.get("status"):
        state.last_status = str(change["status"])
    if change.get("exitCode") is not None:
        state.exit_code = int(change["exitCode"])
    state.reason = str(change.get("reason") or state.reason)
    state.runtime_id = str(change.get("runtimeId") or state.runtime_id)
    state.image_digest = str(change.get("imageDigest") or state.image_digest)
    state.network_bindings = list(change.get("networkBindings") or state.network_bindings)


def _begin(records: Records, task: Task) -> None:
    task.last_status, task.started = "RUNNING", current().clock.now()
    records.tell_task(task)


def _explain(task: Task, told: str) -> tuple[str, str]:
    """Return stoppedReason and stopCode of a task that nobody has stopped: a process without an exit code that has
    never been RUNNING was never started.
    """
    if told:
        return told, "TaskFailedToStart" if task.last_status == "PENDING" else "EssentialContainerExited"
    if task.container.exit_code is None and task.last_status == "PENDING":
        return _NOT_STARTED
    return _ENDED


def _read_seconds(value: Any, known: float | None) -> float | None:
    """Read a time, as botocore's parser has made it."""
    if value is None:
        return known
    return float(value.timestamp()) if hasattr(value, "timestamp") else float(value)
