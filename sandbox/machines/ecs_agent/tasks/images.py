"""Getting a container's image, by ECS_IMAGE_PULL_BEHAVIOR, with the attempts and waits of AWS's agent 1.105.1."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sandbox.machines.ecs_agent.model.backoff import Backoff
from sandbox.machines.ecs_agent.model.log import say
from sandbox.machines.ecs_agent.model.records import Container, Failure, Task, timed_out
from sandbox.machines.ecs_agent.model.settings import Settings
from sandbox.machines.ecs_agent.tasks.docker import Docker, DockerError, DockerTimeout, split_name
from sandbox.machines.ecs_agent.tasks.registries import Registries

_MANIFEST_TRIES, _PULL_TRIES = 9, 5
_HINTS = {
    "is not authorized to perform: ecr:BatchGetImage on resource": (
        "Check that the role has the permissions to pull images from the registry."
    ),
    "denied: requested access to the resource is denied": "Check whether the image exists.",
    "request canceled while waiting for connection": "Check your network configuration.",
}


class Images:
    """`pulled` are the names that this agent has pulled before: what "once" goes by."""

    def __init__(
        self, docker: Docker, registries: Registries, settings: Settings, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._docker, self._registries, self._settings, self._sleep = docker, registries, settings, sleep
        self.pulled: set[str] = set()

    def get(self, task: Task, container: Container) -> None:
        """Pull it where the behaviour says so. What fails is the container's reason, also where it then runs.

        Raises Failure where the behaviour (always, once) lets no image of the machine's own stand in.
        """
        image = container.definition["image"]
        if not self._must_pull(image):
            container.digest = self._local_digest(image)
            return
        try:
            login = self._registries.login(task, image, container.definition.get("registryAuthentication"))
            if "@" not in image:
                container.digest = self._manifest(image, login)
        except Failure as failure:
            self._bear(container, failure)
        if task.stopping:
            return
        task.pull_started = task.pull_started or time.time()
        try:
            login = self._registries.login(task, image, container.definition.get("registryAuthentication"))
            self._pull(image, container.digest, login)
            self.pulled.add(image)
        except Failure as failure:
            self._bear(container, failure)
        finally:
            task.pull_stopped = time.time()

    def environment(self, image: str) -> list[str]:
        """The variables that the image sets, "NAME=value"; none where it is not there."""
        try:
            config: dict[str, Any] = self._docker.image(image).get("Config") or {}
            return list(config.get("Env") or ())
        except DockerError:
            return []

    def _bear(self, container: Container, failure: Failure) -> None:
        container.fail(failure)
        say("error", "an image is not pulled", image=container.definition["image"], error=failure)
        if self._settings.pull_behavior in {"always", "once"}:
            raise failure

    def _must_pull(self, image: str) -> bool:
        if self._settings.pull_behavior == "once":
            return image not in self.pulled
        if self._settings.pull_behavior == "prefer-cached":
            try:
                self._docker.image(image)
                return False
            except DockerError:
                return True
        return True

    def _local_digest(self, image: str) -> str:
        if "@" in image:
            return image.split("@")[1]
        try:
            names = self._docker.image(image).get("RepoDigests") or ()
        except DockerError:
            return ""
        repository = split_name(image)[0]
        return next((name.split("@")[1] for name in names if name.split("@")[0].endswith(repository)), "")

    def _manifest(self, image: str, login: dict[str, str]) -> str:
        begun, limit = time.monotonic(), self._settings.manifest_timeout
        waits = Backoff(0.01, 5, 3)
        for attempt in range(_MANIFEST_TRIES):
            left = limit - (time.monotonic() - begun)
            if left <= 0:
                raise timed_out("MANIFEST_PULLED", time.monotonic() - begun)
            try:
                return self._docker.manifest_digest(image, login, left)
            except DockerTimeout as error:
                raise timed_out("MANIFEST_PULLED", time.monotonic() - begun) from error
            except DockerError as error:
                if attempt == _MANIFEST_TRIES - 1:
                    raise Failure("CannotPullImageManifestError", str(error)) from error
                self._sleep(waits.take())
        raise AssertionError(image)

    def _pull(self, image: str, digest: str, login: dict[str, str]) -> None:
        repository, tag = (image, "") if "@" in image else split_name(image)
        name = image if "@" in image else f"{repository}@{digest}" if digest else f"{repository}:{tag}"
        waits = Backoff(1.1, 5, 2)
        for attempt in range(_PULL_TRIES):
            try:
                self._docker.pull(name, login, self._settings.pull_timeout)
                break
            except DockerTimeout as error:
                raise timed_out("pulled", self._settings.pull_timeout) from error
            except DockerError as error:
                if attempt == _PULL_TRIES - 1:
                    raise Failure("CannotPullContainerError", _augment(str(error))) from error
                self._sleep(waits.take())
        try:
            if name != image and digest:
                self._docker.tag(name, image)
        except DockerError as error:
            raise Failure("CannotPullContainerError", str(error)) from error


def _augment(message: str) -> str:
    for sign, hint in _HINTS.items():
        if sign in message:
            return f"The task can’t pull the image. {hint} {message}"
    return message
