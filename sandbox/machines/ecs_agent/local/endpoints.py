"""What containers ask at 169.254.170.2: their role's credentials, and who they are (metadata versions 3 and 4).

Source: "Amazon ECS task metadata endpoint version 4", "IAM roles for tasks", Amazon ECS Developer Guide.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Any

from sandbox.machines.ecs_agent.local.server import Asked
from sandbox.machines.ecs_agent.model.credentials import CredentialsById
from sandbox.machines.ecs_agent.model.records import NONE, Container, Task
from sandbox.machines.ecs_agent.tasks.engine import Engine


class Throttle:
    """`steady` requests a second, and a burst of `burst`."""

    def __init__(self, steady: int, burst: int) -> None:
        self._steady, self._burst, self._lock = steady, burst, threading.Lock()
        self._left, self._at = float(burst), time.monotonic()

    def admits(self) -> bool:
        """Whether one more may pass now."""
        with self._lock:
            now = time.monotonic()
            self._left = min(self._burst, self._left + (now - self._at) * self._steady)
            self._at = now
            if self._left < 1:
                return False
            self._left -= 1
            return True


class TaskEndpoints:
    """`respond` is what the server of port 51679 answers with."""

    def __init__(
        self, engine: Engine, credentials: CredentialsById, cluster: str, zone: str, limits: tuple[int, int]
    ) -> None:
        self._engine, self._credentials, self._cluster, self._zone = engine, credentials, cluster, zone
        self._throttle = Throttle(*limits)

    def respond(self, asked: Asked) -> tuple[int, object]:
        """Status and document."""
        if not self._throttle.admits():
            return 429, {"message": "Too Many Requests"}
        parts = asked.path.strip("/").split("/")
        if parts[:2] == ["v2", "credentials"] and len(parts) == 3:
            return self._role(parts[2], asked)
        if parts[0] in {"v3", "v4"} and len(parts) >= 2:
            return self._metadata(parts[0], parts[1], parts[2:])
        return 404, {"message": "404 page not found"}

    def _role(self, id_: str, asked: Asked) -> tuple[int, object]:
        found = self._credentials.get(id_)
        audit(asked, 200 if found else 400, found.task_arn if found else "-", found.kind if found else "-")
        if found is None:
            known = any(id_ in {task.credentials_id, task.execution_credentials_id} for task in self._tasks())
            code = "CredentialsUninitialized" if known else "InvalidIdInRequest"
            words = "Credentials uninitialized for ID" if known else "Credentials not found"
            return 503 if known else 400, {"code": code, "message": words, "HTTPErrorCode": 503 if known else 400}
        return 200, {
            **{"RoleArn": found.role_arn, "AccessKeyId": found.key, "SecretAccessKey": found.secret},
            **{"Token": found.token, "Expiration": found.expiration},
        }

    def _metadata(self, version: str, id_: str, rest: list[str]) -> tuple[int, object]:
        for task in self._tasks():
            for container in task.containers:
                if container.metadata_id == id_:
                    if not rest:
                        return 200, self.container(task, container, version)
                    if rest == ["task"]:
                        return 200, self.task(task, version)
                    return 404, f"{version.upper()} metadata handler: no {'/'.join(rest)}"
        return 404, f"{version.upper()} metadata handler: unable to get container ID from request"

    def task(self, task: Task, version: str) -> dict[str, Any]:
        """The task's metadata."""
        found: dict[str, Any] = {
            **{"Cluster": self._cluster, "TaskARN": task.arn, "Family": task.payload.get("family", "")},
            **{"Revision": str(task.payload.get("version", "")), "DesiredStatus": task.desired},
            **{"KnownStatus": task.known, "AvailabilityZone": self._zone, "LaunchType": "EC2"},
            "Containers": [self.container(task, container, version) for container in task.containers],
        }
        return found

    def container(self, task: Task, container: Container, version: str) -> dict[str, Any]:
        """The container's metadata."""
        definition = container.definition
        labels = {
            "com.amazonaws.ecs.cluster": self._cluster,
            "com.amazonaws.ecs.container-name": container.name,
            "com.amazonaws.ecs.task-arn": task.arn,
            "com.amazonaws.ecs.task-definition-family": str(task.payload.get("family", "")),
            "com.amazonaws.ecs.task-definition-version": str(task.payload.get("version", "")),
        }
        found: dict[str, Any] = {
            **{"DockerId": container.runtime_id, "Name": container.name, "DockerName": container.docker_name},
            **{"Image": definition["image"], "ImageID": container.image_id, "Labels": labels},
            **{"DesiredStatus": task.desired, "KnownStatus": container.known, "Type": "NORMAL"},
            "Limits": {"CPU": int(definition.get("cpu") or 0), "Memory": int(definition.get("memory") or 0)},
        }
        times = (("CreatedAt", container.created_at), ("StartedAt", container.started_at))
        found |= {name: value for name, value in (*times, ("FinishedAt", container.finished_at)) if value}
        if container.exit_code is not None:
            found["ExitCode"] = container.exit_code
        return found

    def _tasks(self) -> list[Task]:
        return list(self._engine.tasks.values())


def audit(asked: Asked, status: int, arn: str, kind: str) -> None:
    """A line in $ECS_AUDIT_LOGFILE for each time that somebody asks for credentials."""
    if path := os.environ.get("ECS_AUDIT_LOGFILE"):
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        event = "GetCredentialsExecutionRole" if kind == "TaskExecution" else "GetCredentials"
        line = f'{stamp} {status} {asked.client} "{asked.path}" "{asked.agent}" {arn} {event} 1\n'
        try:
            with open(path, "a", encoding="utf-8") as file:
                file.write(line)
        except OSError:
            pass


def introspect(engine: Engine, cluster: str, arn: str, version: str, asked: Asked) -> tuple[int, object]:
    """What port 51678 answers: the agent's own metadata, and its tasks."""
    if asked.path == "/v1/metadata":
        return 200, {"Cluster": cluster, "ContainerInstanceArn": arn, "Version": version}
    if asked.path == "/v1/tasks":
        return 200, {"Tasks": [_introspected(task) for task in list(engine.tasks.values())]}
    return 404, {"AvailableCommands": ["/v1/metadata", "/v1/tasks", "/license"]}


def _introspected(task: Task) -> dict[str, Any]:
    containers = [
        {"DockerId": container.runtime_id, "DockerName": container.docker_name, "Name": container.name}
        for container in task.containers
    ]
    known = "PENDING" if task.known == NONE else task.known
    named = {"Arn": task.arn, "DesiredStatus": task.desired, "KnownStatus": known}
    return {**named, "Family": task.payload.get("family", ""), "Version": str(task.payload.get("version", "")),
            "Containers": containers}  # fmt: skip
