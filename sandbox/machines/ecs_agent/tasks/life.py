"""The life of one container: image, create, start, its end. What becomes of its task follows from it (`progress`)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from sandbox.machines.ecs_agent.model.log import say
from sandbox.machines.ecs_agent.model.records import (
    CREATED,
    NONE,
    RUNNING,
    STOPPED,
    Container,
    Failure,
    Task,
    timed_out,
)
from sandbox.machines.ecs_agent.model.settings import Settings
from sandbox.machines.ecs_agent.model.store import Store
from sandbox.machines.ecs_agent.tasks import create
from sandbox.machines.ecs_agent.tasks.docker import Docker, DockerError, DockerTimeout
from sandbox.machines.ecs_agent.tasks.images import Images
from sandbox.machines.ecs_agent.tasks.inspection import VANISHED, note_end, note_start, status_of
from sandbox.machines.ecs_agent.tasks.secrets import Secrets
from sandbox.machines.ecs_agent.tasks.volumes import docker_volumes


class Tools(NamedTuple):
    """What every container's life needs."""

    docker: Docker
    images: Images
    secrets: Secrets
    store: Store
    settings: Settings
    around: create.Surroundings


class Life:
    """`moved` is called, under the task's lock, whenever the container's status has changed."""

    def __init__(
        self, task: Task, container: Container, tools: Tools, moved: Callable[[Task, Container], None]
    ) -> None:
        self.task, self.container, self.tools, self._moved = task, container, tools, moved

    def run(self) -> None:
        """From where the container is to its end."""
        try:
            if self.container.known == NONE and self._may_go_on():
                self.tools.images.get(self.task, self.container)
            if self.container.known == NONE and self._may_go_on():
                self._create()
            if self.container.known == CREATED and self._may_go_on():
                self._start()
        except Failure as failure:
            say("error", "a container cannot run", task=self.task.arn, container=self.container.name, error=failure)
            self.container.fail(failure)
        except Exception as error:  # a payload that nobody foresaw must not leave its task waiting for ever
            say("critical", "a container met an unforeseen error", container=self.container.name, error=repr(error))
            self.container.fail(Failure("CannotCreateContainerError", repr(error)))
        if self.container.known == RUNNING:
            self._await_end()
        elif self.container.known != STOPPED:
            self._become(STOPPED)

    def find_again(self) -> None:
        """See what became of it while there was no agent."""
        container = self.container
        if container.known == STOPPED or not (container.runtime_id or container.docker_name):
            return
        try:
            state = self.tools.docker.inspect(container.runtime_id or container.docker_name)
        except DockerError as error:
            if error.status == 404 and container.known != NONE:
                container.fail(VANISHED)
                self._become(STOPPED)
            return
        container.runtime_id = state["Id"]
        note_end(self.container, state)
        self._become(status_of(state))

    def stop(self) -> None:
        """SIGTERM, and SIGKILL after the container's own time or the agent's."""
        own = self.container.definition.get("stopTimeout")
        seconds = math.ceil(float(own) if own else self.tools.settings.stop_timeout)
        try:
            self.tools.docker.stop(self.container.runtime_id, seconds)
        except DockerError as error:
            say("error", "a container is not stopped", container=self.container.runtime_id, error=error)

    def _may_go_on(self) -> bool:
        return not self.task.stopping

    def _create(self) -> None:
        task, container, tools = self.task, self.container, self.tools
        image_environment = tools.images.environment(container.definition["image"])
        secrets = tools.secrets.environment(task, container)
        config = create.container_config(task, container, tools.around, image_environment, secrets)
        if log_options := tools.secrets.log_options(task, container):
            log = config["HostConfig"].setdefault("LogConfig", {"Type": "json-file"})
            log["Config"] = {**(log.get("Config") or {}), **log_options}
        container.docker_name = create.docker_name(task, container)
        tools.store.save(task)  # by its name it is found again if the agent dies before Docker has answered
        limit = tools.settings.create_timeout
        try:
            for volume in docker_volumes(task).values():
                tools.docker.create_volume(volume.name, volume.driver, volume.options, volume.labels)
            container.runtime_id = tools.docker.create(container.docker_name, config, limit)
        except DockerTimeout as error:
            raise timed_out("created", limit) from error
        except DockerError as error:
            raise Failure("CannotCreateContainerError", str(error)) from error
        self._become(CREATED)

    def _start(self) -> None:
        limit = self.tools.settings.start_timeout
        try:
            self.tools.docker.start(self.container.runtime_id, limit)
        except DockerTimeout as error:
            self.stop()
            raise timed_out("started", limit) from error
        except DockerError as error:
            if str(error).endswith("EOF"):
                self.stop()
            raise Failure("CannotStartContainerError", str(error)) from error
        state = self._inspect()
        if state is not None:
            note_start(self.container, state)
        self._become(RUNNING)

    def _await_end(self) -> None:
        while True:
            try:
                self.tools.docker.wait(self.container.runtime_id)
            except DockerError as error:
                if error.status != 404:
                    say("warn", "Docker does not tell of a container's end", error=error)
                    time.sleep(1)
            state = self._inspect()
            if state is None or not state["State"]["Running"]:
                break
        if state is None:
            self.container.fail(VANISHED)
        else:
            note_end(self.container, state)
        self._become(STOPPED)

    def _inspect(self) -> dict[str, Any] | None:
        """None where Docker knows no such container."""
        while True:
            try:
                return self.tools.docker.inspect(self.container.runtime_id)
            except DockerError as error:
                if error.status == 404:
                    return None
                time.sleep(1)

    def _become(self, status: str) -> None:
        with self.task.lock:
            self.container.known = status
            self._moved(self.task, self.container)
