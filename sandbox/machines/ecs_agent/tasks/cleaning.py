"""What is left of tasks goes after a while: their containers, and images that nothing uses.

Source: README of aws/amazon-ecs-agent, ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION and the settings of image clean-up.
"""

from __future__ import annotations

import heapq
import random
import threading
import time
from collections.abc import Callable
from typing import Any

from sandbox.machines.ecs_agent.model.log import say
from sandbox.machines.ecs_agent.model.records import STOPPED, Task
from sandbox.machines.ecs_agent.model.settings import Settings
from sandbox.machines.ecs_agent.model.store import Store
from sandbox.machines.ecs_agent.tasks.docker import Docker, DockerError
from sandbox.machines.ecs_agent.tasks.images import Images
from sandbox.machines.ecs_agent.tasks.volumes import docker_volumes


class Cleaning:
    """Image → when it was first and last used, kept in the store as "images"."""

    def __init__(self, docker: Docker, images: Images, store: Store, settings: Settings) -> None:
        self._docker, self._images, self._store, self._settings = docker, images, store, settings
        self._lock = threading.Lock()
        self._due: list[tuple[float, str, Task]] = []
        self._earlier = threading.Condition()
        self._uses: dict[str, list[float]] = dict(store.values.get("images") or {})
        images.pulled |= {name for name, use in self._uses.items() if use[2:]}

    def schedule(self, task: Task) -> None:
        """Remove the task's containers once their time is over and ECS knows that it stopped."""
        self.note_use(task)
        wait = self._settings.cleanup_wait + self._settings.cleanup_jitter * random.random()  # noqa: S311  no secret
        with self._earlier:
            heapq.heappush(self._due, (task.stopped_at + wait, task.arn, task))
            self._earlier.notify_all()

    def watch_tasks(self, forget: Callable[[Task], None]) -> None:
        """Clean up what is due, for ever."""
        while True:
            with self._earlier:
                while not self._due or self._due[0][0] > time.time():
                    self._earlier.wait(self._due[0][0] - time.time() if self._due else None)
                task = heapq.heappop(self._due)[2]
            if task.sent == STOPPED:
                self.clean(task)
                forget(task)
                continue
            with self._earlier:
                heapq.heappush(self._due, (time.time() + 5, task.arn, task))

    def note_use(self, task: Task) -> None:
        """Its images were used now."""
        with self._lock:
            for container in task.containers:
                image = container.definition["image"]
                first = self._uses.get(image, [time.time()])[0]
                pulled = [1.0] if image in self._images.pulled else []
                self._uses[image] = [first, time.time(), *pulled]
            self._store.put(images=self._uses)

    def watch_images(self, used: Callable[[], list[Task]]) -> None:
        """Remove images at intervals, for ever; not at all under prefer-cached, which lives on them."""
        if not self._settings.image_cleanup or self._settings.pull_behavior == "prefer-cached":
            return
        while True:
            time.sleep(self._settings.image_cleanup_interval)
            self.remove_images({container.definition["image"] for task in used() for container in task.containers})

    def remove_images(self, used: set[str]) -> list[str]:
        """Those that tasks brought, that are old enough and that no task on the machine has; longest unused first."""
        with self._lock:
            due = candidates(self._uses, used, time.time() - self._settings.image_minimum_age)
        removed = []
        for image in due[: self._settings.images_per_cleanup]:
            try:
                self._docker.remove_image(image)
            except DockerError as error:
                say("error", "an image is not removed", image=image, error=error)
                if error.status != 404:
                    continue
            removed.append(image)
        with self._lock:
            for image in removed:
                self._uses.pop(image, None)
                self._images.pulled.discard(image)
            self._store.put(images=self._uses)
        return removed

    def clean(self, task: Task) -> None:
        """Remove the task's containers and its own volumes."""
        for container in task.containers:
            if container.runtime_id:
                self._try(lambda id_=container.runtime_id: self._docker.remove(id_))
        for volume in docker_volumes(task).values():
            if volume.of_task:
                self._try(lambda name=volume.name: self._docker.remove_volume(name))
        say("info", "a task is cleaned up", task=task.arn)
        self._store.remove(task)

    @staticmethod
    def _try(work: Callable[..., Any]) -> None:
        try:
            work()
        except DockerError as error:
            say("warn", "a clean-up failed", error=error)


def candidates(uses: dict[str, list[float]], used: set[str], before: float) -> list[str]:
    """Images that nothing uses and that came before a time, the longest unused first."""
    found = [name for name, use in uses.items() if name not in used and use[0] < before]
    return sorted(found, key=lambda name: uses[name][1])
