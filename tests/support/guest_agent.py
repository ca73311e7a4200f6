"""The guest's agent without its sessions, on a double of Docker, with the calls of AWS kept in a list."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from sandbox.machines.ecs_agent.control.messages import Messages
from sandbox.machines.ecs_agent.model.credentials import CredentialsById
from sandbox.machines.ecs_agent.model.settings import read
from sandbox.machines.ecs_agent.model.store import Store
from sandbox.machines.ecs_agent.tasks.cleaning import Cleaning
from sandbox.machines.ecs_agent.tasks.create import Surroundings
from sandbox.machines.ecs_agent.tasks.docker import Docker
from sandbox.machines.ecs_agent.tasks.engine import Engine
from sandbox.machines.ecs_agent.tasks.images import Images
from sandbox.machines.ecs_agent.tasks.life import Tools
from sandbox.machines.ecs_agent.tasks.registries import Registries
from sandbox.machines.ecs_agent.tasks.reports import Reports
from sandbox.machines.ecs_agent.tasks.room import Room
from sandbox.machines.ecs_agent.tasks.secrets import Secrets
from sandbox.machines.ecs_agent.wire.calls import Aws, AwsError
from tests.support.docker_double import DockerDouble, until

CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/kiln"
INSTANCE = "arn:aws:ecs:us-east-1:123456789012:container-instance/kiln/" + "0" * 32


class CallsOfAws:
    """Stands for `Aws`: what `answers` and `errors` say by operation, the errors first."""

    region = "us-east-1"

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.by: list[Any] = []
        self.errors: list[AwsError] = []
        self.answers: dict[str, dict[str, Any]] = {}

    def ecs(self, operation: str, body: dict[str, Any], attempts: int = 3, longest: float = 20.0) -> dict[str, Any]:
        return self.call("ecs", f"X.{operation}", body)

    def call(self, service: str, target: str, body: dict[str, Any], **how: Any) -> dict[str, Any]:
        operation = target.rsplit(".", 1)[-1]
        self.calls.append((operation, json.loads(json.dumps(body))))
        self.by.append(how.get("by"))
        if self.errors:
            raise self.errors.pop(0)
        return self.answers.get(operation, {})

    def changes(self) -> list[dict[str, Any]]:
        """Bodies of SubmitTaskStateChange."""
        return [body for operation, body in self.calls if operation == "SubmitTaskStateChange"]


class MortalStore(Store):
    """What a dead process no longer writes."""

    dead = False

    def _write(self, path: str, document: object) -> None:
        if not self.dead:
            super()._write(path, document)


class GuestAgent:
    """One process of the agent. `again` is the next one, with the same state and the same Docker."""

    def __init__(self, docker: DockerDouble, directory: Path, sleep: Callable[[float], None], **settings: str) -> None:
        self.double, self.directory, self._sleep, self._settings = docker, directory, sleep, settings
        self.aws = CallsOfAws()
        aws = cast(Aws, self.aws)
        environment = {"ECS_CLUSTER": "kiln", "DOCKER_HOST": f"unix://{docker.socket}", "AWS_ENDPOINT_URL": "http://x"}
        self.settings = read({**environment, **settings})
        client = Docker(self.settings.docker)
        self.store, self.credentials = MortalStore(str(directory)), CredentialsById()
        registries = Registries(aws, self.credentials, self.settings.registries)
        self.images = Images(client, registries, self.settings, sleep)
        around = Surroundings("kiln", "us-east-1", True, True, self.settings.logs_by_execution_role)
        tools = Tools(client, self.images, Secrets(aws, self.credentials), self.store, self.settings, around)
        self.reports = Reports(aws, self.store, "kiln", sleep)
        self.cleaning = Cleaning(client, self.images, self.store, self.settings)
        self.room = Room(2048, 1000, frozenset({("tcp", 22)}))
        self.engine = Engine(tools, self.room, self.reports, self.credentials, self.cleaning)
        self.messages = Messages(self.engine, self.reports, self.credentials, self.store, lambda: None)
        self._sequence = 0

    def again(self) -> "GuestAgent":
        """Kill this process, and start another."""
        self.store.dead = True
        return GuestAgent(self.double, self.directory, self._sleep, **self._settings)

    def hear(self, kind: str, **message: Any) -> list[tuple[str, dict[str, Any]]]:
        """What it answers to a message, as (type, message)."""
        text = json.dumps({"type": kind, "message": message})
        return [(found["type"], found["message"]) for found in map(json.loads, self.messages.answer(text))]

    def payload(self, *tasks: dict[str, Any], **message: Any) -> list[tuple[str, dict[str, Any]]]:
        self._sequence += 1
        head = {"messageId": "m1", "clusterArn": CLUSTER, "containerInstanceArn": INSTANCE, "seqNum": self._sequence}
        return self.hear("PayloadMessage", **{**head, "tasks": list(tasks), **message})

    def statuses(self) -> list[str]:
        return [change["status"] for change in self.aws.changes()]

    def stopped(self) -> dict[str, Any]:
        """The first report of STOPPED, awaited."""
        until(lambda: "STOPPED" in self.statuses())
        return next(change for change in self.aws.changes() if change["status"] == "STOPPED")

    def await_running(self) -> None:
        until(lambda: "RUNNING" in self.statuses())


def container(image: str = "kiln/test:1", name: str = "main", **more: Any) -> dict[str, Any]:
    """A container of a payload."""
    given = {"name": name, "image": image, "essential": True, "cpu": 256, "memory": 64, "command": ["x"]}
    return {**given, "overrides": "{}", **more}


def task(*containers: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A task of a payload."""
    arn = f"arn:aws:ecs:us-east-1:123456789012:task/kiln/{uuid.uuid4().hex}"
    given = {"arn": arn, "desiredStatus": "RUNNING", "family": "job", "version": "1", "overrides": "{}"}
    return {**given, "containers": list(containers or [container()]), **more}


def role(id_: str = "11111111-1111-4111-8111-111111111111") -> dict[str, str]:
    """roleCredentials of a payload."""
    return {
        **{"credentialsId": id_, "accessKeyId": "ASIA1", "secretAccessKey": "s", "sessionToken": "t"},
        **{"roleArn": "arn:aws:iam::123456789012:role/job", "expiration": "2026-11-28T07:14:41Z"},
    }
