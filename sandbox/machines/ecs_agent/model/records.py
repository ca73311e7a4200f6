"""Tasks and their containers, as the agent knows them."""

from __future__ import annotations

import os
import threading
from typing import Any

from sandbox.machines.ecs_agent.model import durations

NONE, CREATED, RUNNING, STOPPED = "NONE", "CREATED", "RUNNING", "STOPPED"
_ORDER = (NONE, CREATED, RUNNING, STOPPED)
_KEPT = (
    *("docker_name", "runtime_id", "known", "sent", "exit_code", "reason", "digest", "bindings", "started_at"),
    *("finished_at", "created_at", "image_id", "metadata_id"),
)
_TASK_KEPT = (
    *("desired", "known", "sent", "admitted", "reason", "pull_started", "pull_stopped", "execution_stopped"),
    *("stopped_at", "credentials_id", "execution_credentials_id"),
)


def past(status: str, other: str) -> bool:
    """Whether `status` comes behind `other`."""
    return _ORDER.index(status) > _ORDER.index(other)


class Failure(Exception):
    """What went wrong with a container, by the name that AWS's agent gives it."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name


def timed_out(transition: str, seconds: float) -> Failure:
    """Docker took longer than it had for what leads to a status."""
    waited = durations.write(seconds)
    return Failure("DockerTimeoutError", f"Could not transition to {transition}; timed out after waiting {waited}")


class Container:
    """A container of a task; `known` is the status that Docker last showed, `sent` the last that ECS was told."""

    def __init__(self, definition: dict[str, Any]) -> None:
        self.definition = definition
        self.name: str = definition["name"]
        self.docker_name = self.runtime_id = self.reason = self.digest = self.image_id = ""
        self.known = self.sent = NONE
        self.exit_code: int | None = None
        self.bindings: list[dict[str, Any]] = []
        self.created_at = self.started_at = self.finished_at = ""
        self.metadata_id = random_uuid()

    @property
    def essential(self) -> bool:
        """Whether the task ends with it."""
        return bool(self.definition.get("essential", False))

    def fail(self, failure: Failure) -> None:
        """Keep the first thing that went wrong: it is the reason that ECS is told."""
        self.reason = self.reason or str(failure)


class Task:
    """A task from its payload on. Its fields change under `lock`; `changed` wakes those that wait for a change."""

    def __init__(self, payload: dict[str, Any]) -> None:
        self.payload = payload
        self.arn: str = payload["arn"]
        self.containers = [Container(definition) for definition in payload.get("containers") or ()]
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.desired: str = payload.get("desiredStatus") or RUNNING
        self.known = self.sent = NONE
        self.admitted = False
        self.reason = ""
        self.pull_started = self.pull_stopped = self.execution_stopped = self.stopped_at = 0.0
        self.credentials_id = self.execution_credentials_id = ""

    @property
    def id(self) -> str:
        """The last part of the ARN."""
        return self.arn.rsplit("/", 1)[-1]

    @property
    def stopping(self) -> bool:
        """Whether it is to end, or has."""
        return self.desired == STOPPED

    def container(self, name: str) -> Container | None:
        """The one of that name."""
        return next((container for container in self.containers if container.name == name), None)

    def document(self) -> dict[str, Any]:
        """What of it outlives the agent. Credentials never do."""
        payload = {name: value for name, value in self.payload.items() if not name.endswith("oleCredentials")}
        kept = [{name: getattr(container, name) for name in _KEPT} for container in self.containers]
        return {"payload": payload, "containers": kept, **{name: getattr(self, name) for name in _TASK_KEPT}}

    @classmethod
    def restore(cls, document: dict[str, Any]) -> Task:
        """The task that `document` was made of."""
        task = cls(document["payload"])
        vars(task).update({name: document[name] for name in _TASK_KEPT})
        for container, kept in zip(task.containers, document["containers"]):
            vars(container).update({name: kept[name] for name in _KEPT})
        return task


def random_uuid() -> str:
    """A random UUID (version 4)."""
    digits = os.urandom(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
