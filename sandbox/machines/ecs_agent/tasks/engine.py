"""All tasks of the machine: taken from payloads, run, stopped, found again after a restart of the agent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from sandbox.machines.ecs_agent.model.credentials import CredentialsById
from sandbox.machines.ecs_agent.model.log import say
from sandbox.machines.ecs_agent.model.records import CREATED, NONE, RUNNING, STOPPED, Container, Task
from sandbox.machines.ecs_agent.tasks.cleaning import Cleaning
from sandbox.machines.ecs_agent.tasks.life import Life, Tools
from sandbox.machines.ecs_agent.tasks.order import may_start, never_starts
from sandbox.machines.ecs_agent.tasks.progress import Progress
from sandbox.machines.ecs_agent.tasks.reports import Reports
from sandbox.machines.ecs_agent.tasks.room import Room, needs_of


class Engine:
    """`tasks` by ARN; those that ended stay until they are cleaned up."""

    def __init__(
        self, tools: Tools, room: Room, reports: Reports, credentials: CredentialsById, cleaning: Cleaning
    ) -> None:
        self._tools, self._room, self._reports = tools, room, reports
        self._credentials, self._cleaning = credentials, cleaning
        self._progress = Progress(room, reports, credentials, cleaning, tools.store)
        self._lock = threading.RLock()
        self.tasks: dict[str, Task] = {}

    def restore(self) -> None:
        """Take up the tasks that an earlier agent had, and report what ended meanwhile."""
        for task in self._tools.store.tasks():
            self.tasks[task.arn] = task
            if task.admitted and task.known != STOPPED:
                self._room.take(task)
        for task in list(self.tasks.values()):
            before = task.known
            with task.lock:
                for container in task.containers:
                    self._life(task, container).find_again()
            if task.known == before:
                self._reports.report(task)
            if before == STOPPED:
                self._cleaning.schedule(task)
            elif task.known != STOPPED:
                self._run(task)

    def accept(self, payload: dict[str, Any]) -> None:
        """A task of a payload: a new one runs, a known one stops where that is desired."""
        with self._lock:
            task = self.tasks.get(payload["arn"])
            if task is None:
                task = self.tasks[payload["arn"]] = self._new(payload)
                self._tools.store.save(task)
                if task.stopping:
                    self._give_up(task)
                else:
                    self._run(task)
                return
        if payload.get("desiredStatus") == STOPPED:
            self.stop(task)

    def stop(self, task: Task) -> None:
        """Stop its containers; one that has not started never does."""
        with task.lock:
            if task.stopping:
                return
            task.desired = STOPPED
            self._tools.store.save(task)
            task.changed.notify_all()
            self._stop_containers(task)
        self._room.look_again()

    def running(self) -> list[Task]:
        """Those that have not ended and are not asked to."""
        return [task for task in list(self.tasks.values()) if not task.stopping and task.known != STOPPED]

    def forget(self, task: Task) -> None:
        """It is cleaned up."""
        with self._lock:
            self.tasks.pop(task.arn, None)
        self._credentials.remove(task.execution_credentials_id)

    def _new(self, payload: dict[str, Any]) -> Task:
        task = Task(payload)
        needs_of(payload)  # what cannot be reckoned is refused with the message, not when its turn comes
        task.credentials_id = (payload.get("roleCredentials") or {}).get("credentialsId") or ""
        task.execution_credentials_id = (payload.get("executionRoleCredentials") or {}).get("credentialsId") or ""
        return task

    def _give_up(self, task: Task) -> None:
        with task.lock:
            for container in task.containers:
                container.known = STOPPED
            self._progress.note(task)

    def _run(self, task: Task) -> None:
        if not task.admitted:
            self._room.enqueue(task)
        _start_thread(f"task {task.id}", self._admit, task)

    def _admit(self, task: Task) -> None:
        if not task.admitted:
            if not self._room.wait(task):
                self._give_up(task)
                return
            with task.lock:
                task.admitted = True
                self._tools.store.save(task)
        for container in task.containers:
            if container.known != STOPPED:
                _start_thread(f"container {container.name} of {task.id}", self._live, task, container)

    def _live(self, task: Task, container: Container) -> None:
        with task.lock:
            while container.known in {NONE, CREATED} and not task.stopping and not may_start(task, container):
                if never_starts(task, container):
                    container.known = STOPPED
                    self._moved(task, container)
                    return
                task.changed.wait()
        life = self._life(task, container)
        if container.known == RUNNING and task.stopping:
            _start_thread(f"stop of {container.name}", life.stop)
        life.run()

    def _life(self, task: Task, container: Container) -> Life:
        return Life(task, container, self._tools, self._moved)

    def _moved(self, task: Task, container: Container) -> None:
        say("info", "a container changed", task=task.arn, container=container.name, status=container.known)
        if container.known == STOPPED and container.essential:
            task.execution_stopped = task.execution_stopped or time.time()
            task.desired = STOPPED
        self._progress.note(task)
        if task.stopping and task.known != STOPPED:
            self._stop_containers(task, newly=container)

    def _stop_containers(self, task: Task, newly: Container | None = None) -> None:
        # Those that run are told once: when the task is to stop, and one that starts after that, when it has started.
        for container in task.containers:
            begun_late = newly is container
            everyone = newly is None or newly.known == STOPPED
            if container.known == RUNNING and (begun_late or everyone):
                _start_thread(f"stop of {container.name} of {task.id}", self._life(task, container).stop)


def _start_thread(name: str, work: Callable[..., None], *of: object) -> None:
    threading.Thread(target=work, args=of, name=name, daemon=True).start()
