"""Telling ECS what became of tasks: SubmitTaskStateChange, for each task one after the other until it is taken."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from sandbox.machines.ecs_agent.model.backoff import Backoff
from sandbox.machines.ecs_agent.model.log import say
from sandbox.machines.ecs_agent.model.records import STOPPED, Container, Task, past
from sandbox.machines.ecs_agent.model.store import Store
from sandbox.machines.ecs_agent.wire.calls import Aws, AwsError

# A throttled report, or one that ECS's own failure met, is tried again by the SDK for a day.
ATTEMPTS, LONGEST_WAIT = 298, 300.0


class Reports:
    """`cluster` is the agent's configured one, whatever a payload calls it."""

    def __init__(self, aws: Aws, store: Store, cluster: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._aws, self._store, self._cluster, self._sleep = aws, store, cluster, sleep
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[tuple[Task, dict[str, Any]]]] = {}

    def report(self, task: Task) -> None:
        """Queue the task's state as it is now, unless ECS knows it."""
        with task.lock:
            if not past(task.known, task.sent):
                return
            change = state_change(task, self._cluster)
        with self._lock:
            queue = self._waiting.get(task.arn)
            if queue is not None:
                queue.append((task, change))
                return
            self._waiting[task.arn] = deque([(task, change)])
        threading.Thread(target=self._send_all, args=(task.arn,), name=f"reports of {task.id}", daemon=True).start()

    def refuse(self, payload: dict[str, Any], reason: str) -> None:
        """Report a task that could not be loaded as STOPPED; nothing is kept of it."""
        change = {"cluster": self._cluster, "task": payload.get("arn"), "status": STOPPED, "reason": reason}
        change["containers"] = []
        threading.Thread(target=self._send, args=(change,), name="a refused task's report", daemon=True).start()

    def _send_all(self, arn: str) -> None:
        while True:
            with self._lock:
                queue = self._waiting[arn]
                if not queue:
                    del self._waiting[arn]
                    return
                task, change = queue[0]
            if self._send(change):
                self._note_sent(task, change)
            with self._lock:
                queue.popleft()

    def _send(self, change: dict[str, Any]) -> bool:
        waits = Backoff(1.0, 30.0, 1.3)
        while True:
            try:
                self._aws.ecs("SubmitTaskStateChange", change, attempts=ATTEMPTS, longest=LONGEST_WAIT)
                return True
            except AwsError as error:
                say("error", "a state change was refused", task=change["task"], status=change["status"], error=error)
                if error.code == "InvalidParameterException":
                    return False  # dropped, but not noted as sent: the next start of the agent sends it again
            self._sleep(waits.take())

    def _note_sent(self, task: Task, change: dict[str, Any]) -> None:
        with task.lock:
            task.sent = change["status"]
            for said in change["containers"]:
                if (container := task.container(said["containerName"])) is not None:
                    container.sent = said["status"]
            task.changed.notify_all()
            self._store.save(task)


def state_change(task: Task, cluster: str) -> dict[str, Any]:
    """The call's body for the task as it is."""
    change: dict[str, Any] = {"cluster": cluster, "task": task.arn, "status": task.known, "reason": task.reason}
    times = ("pullStartedAt", task.pull_started), ("pullStoppedAt", task.pull_stopped)
    for name, seconds in (*times, ("executionStoppedAt", task.execution_stopped)):
        if seconds:
            change[name] = round(seconds, 3)
    changed = [container for container in task.containers if past(container.known, container.sent)]
    change["containers"] = [_container_change(container) for container in changed]
    return change


def _container_change(container: Container) -> dict[str, Any]:
    said: dict[str, Any] = {"containerName": container.name, "status": container.known}
    if container.runtime_id:
        said["runtimeId"] = container.runtime_id
    if container.exit_code is not None:
        said["exitCode"] = container.exit_code
    if container.reason:
        said["reason"] = container.reason
    if container.digest:
        said["imageDigest"] = container.digest
    if container.bindings:
        said["networkBindings"] = container.bindings
    return said
