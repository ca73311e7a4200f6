"""What the agent finds again after its own end, in ECS_DATADIR: agent.db, and a file for each task beside it.

AWS's agent keeps the same in a Bolt database of that name.
"""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from typing import Any

from sandbox.machines.ecs_agent.model.log import say
from sandbox.machines.ecs_agent.model.records import Task


class Store:
    """Without a directory nothing is kept: then each start registers a new container instance."""

    def __init__(self, directory: str) -> None:
        self._directory, self._lock = directory, threading.Lock()
        self.values: dict[str, Any] = {}
        if directory:
            os.makedirs(os.path.join(directory, "tasks"), mode=0o700, exist_ok=True)
            found = _read(self._path())
            self.values = found if isinstance(found, dict) else {}

    def put(self, **values: object) -> None:
        """Keep some values: cluster, arn, instance, zone, sequence, images."""
        with self._lock:
            self.values.update(values)
            self._write(self._path(), self.values)

    def save(self, task: Task) -> None:
        """Keep the task as it is now."""
        with self._lock:
            self._write(self._path_of(task), task.document())

    def remove(self, task: Task) -> None:
        """Forget the task."""
        if self._directory:
            with self._lock, suppress(FileNotFoundError):
                os.unlink(self._path_of(task))

    def tasks(self) -> list[Task]:
        """Those that were kept, oldest first."""
        if not self._directory:
            return []
        folder = os.path.join(self._directory, "tasks")
        names = [name for name in os.listdir(folder) if name.endswith(".json")]
        found = [_read(path) for path in sorted((os.path.join(folder, name) for name in names), key=os.path.getmtime)]
        return [Task.restore(document) for document in found if document]

    def clear(self) -> None:
        """Forget all: it is another instance's."""
        self.values = {}
        if self._directory:
            folder = os.path.join(self._directory, "tasks")
            for name in os.listdir(folder):
                os.unlink(os.path.join(folder, name))

    def _path(self) -> str:
        return os.path.join(self._directory, "agent.db")

    def _path_of(self, task: Task) -> str:
        return os.path.join(self._directory, "tasks", f"{task.id}.json")

    def _write(self, path: str, document: object) -> None:
        if not self._directory:
            return
        # Whole or not at all: the agent may be killed at any moment.
        with open(f"{path}.new", "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            json.dump(document, file)
        os.replace(f"{path}.new", path)


def _read(path: str) -> Any:
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None
    except ValueError:
        say("error", "a file of saved state is broken and left out", path=path)
        return None
