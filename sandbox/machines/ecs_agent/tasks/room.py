"""What the host has for tasks. They get it in the order in which they came: who does not fit holds up all behind."""

from __future__ import annotations

import json
import threading
from typing import Any, NamedTuple

from sandbox.machines.ecs_agent.model.records import Task


class Needs(NamedTuple):
    """CPU in shares of 1024 a core, memory in MiB, and the host's ports as (protocol, port)."""

    cpu: int
    memory: int
    ports: frozenset[tuple[str, int]]


def needs_of(payload: dict[str, Any]) -> Needs:
    """What a task asks for as a whole, or its containers together; of memory the soft limit where there is one."""
    containers = payload.get("containers") or []
    cpu = int(float(payload.get("cpu") or 0) * 1024) or sum(
        int(definition.get("cpu") or 0) for definition in containers
    )
    memory = int(payload.get("memory") or 0) or sum(_memory(definition) for definition in containers)
    ports = frozenset(
        (mapping.get("protocol") or "tcp", int(mapping["hostPort"]))
        for definition in containers
        for mapping in definition.get("portMappings") or ()
        if mapping.get("hostPort")
    )
    return Needs(cpu, memory, ports)


def _memory(definition: dict[str, Any]) -> int:
    try:
        host = json.loads((definition.get("dockerConfig") or {}).get("hostConfig") or "{}")
        soft = int(host.get("MemoryReservation") or 0)
    except (ValueError, AttributeError, TypeError):
        soft = 0
    return soft // (1024 * 1024) or int(definition.get("memory") or 0)


class Room:
    """`cpu` and `memory` are what the agent registered, `ports` those that it keeps from tasks."""

    def __init__(self, cpu: int, memory: int, ports: frozenset[tuple[str, int]]) -> None:
        self._cpu, self._memory, self._ports = cpu, memory, ports
        self._taken: dict[str, Needs] = {}
        self._queue: list[str] = []
        self._changed = threading.Condition()

    def take(self, task: Task) -> None:
        """Count a task that runs already."""
        with self._changed:
            self._taken[task.arn] = needs_of(task.payload)

    def enqueue(self, task: Task) -> None:
        """Give the task its place in the queue."""
        with self._changed:
            self._queue.append(task.arn)

    def wait(self, task: Task) -> bool:
        """Return when the queued task has its share (True), or is to stop without it (False)."""
        with self._changed:
            while not task.stopping and not (self._queue[0] == task.arn and self.fits(needs_of(task.payload))):
                self._changed.wait()
            self._queue.remove(task.arn)
            self._changed.notify_all()
            if task.stopping:
                return False
            self._taken[task.arn] = needs_of(task.payload)
            return True

    def release(self, task: Task) -> None:
        """Give the share back."""
        with self._changed:
            self._taken.pop(task.arn, None)
            self._changed.notify_all()

    def look_again(self) -> None:
        """A task that waits may have to stop."""
        with self._changed:
            self._changed.notify_all()

    def fits(self, needs: Needs) -> bool:
        """Whether it has that much left."""
        taken = list(self._taken.values())
        return (
            sum(share.cpu for share in taken) + needs.cpu <= self._cpu
            and sum(share.memory for share in taken) + needs.memory <= self._memory
            and not needs.ports & self._ports.union(*(share.ports for share in taken))
        )
