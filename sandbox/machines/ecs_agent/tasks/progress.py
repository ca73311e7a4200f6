"""A task's status out of its containers', and what follows from each: reports, the room that it leaves, clean-up."""

from __future__ import annotations

import time

from sandbox.machines.ecs_agent.model.credentials import CredentialsById
from sandbox.machines.ecs_agent.model.records import RUNNING, STOPPED, Task, past
from sandbox.machines.ecs_agent.model.store import Store
from sandbox.machines.ecs_agent.tasks.cleaning import Cleaning
from sandbox.machines.ecs_agent.tasks.reports import Reports
from sandbox.machines.ecs_agent.tasks.room import Room


class Progress:
    """Everything is called under the task's lock."""

    def __init__(
        self, room: Room, reports: Reports, credentials: CredentialsById, cleaning: Cleaning, store: Store
    ) -> None:
        self._room, self._reports, self._credentials = room, reports, credentials
        self._cleaning, self._store = cleaning, store

    def note(self, task: Task) -> None:
        """A container of the task has changed."""
        states = {container.known for container in task.containers}
        essential_ended = any(container.essential and container.known == STOPPED for container in task.containers)
        if states <= {STOPPED}:
            self._become(task, STOPPED)
        elif states <= {RUNNING, STOPPED} and not essential_ended:
            self._become(task, RUNNING)
        task.changed.notify_all()
        self._store.save(task)

    def _become(self, task: Task, status: str) -> None:
        if not past(status, task.known):
            return
        task.known = status
        if status == STOPPED:
            task.desired = STOPPED
            task.stopped_at = time.time()
            self._credentials.remove(task.credentials_id)
            self._room.release(task)
            self._cleaning.schedule(task)  # first: what was pulled for it is known behind a restart then
        self._store.save(task)
        self._reports.report(task)
