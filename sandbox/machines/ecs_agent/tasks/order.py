"""The order in which a task's containers start (dependsOn, links, volumesFrom)."""

from __future__ import annotations

from sandbox.machines.ecs_agent.model.records import NONE, RUNNING, STOPPED, Container, Task


def may_start(task: Task, container: Container) -> bool:
    """Whether what the container waits for has come."""
    for name, condition in _awaited(container):
        other = task.container(name)
        if other is None or other is container:
            continue
        if condition == "COMPLETE" and other.known != STOPPED:
            return False
        if condition == "SUCCESS" and not (other.known == STOPPED and other.exit_code == 0):
            return False
        if condition == "CREATE" and other.known == NONE:
            return False
        if condition in {"START", "HEALTHY"} and other.known not in {RUNNING, STOPPED}:
            return False
    return True


def never_starts(task: Task, container: Container) -> bool:
    """Whether a container that had to succeed first has failed."""
    others = [task.container(name) for name, condition in _awaited(container) if condition == "SUCCESS"]
    return any(other is not None and other.known == STOPPED and other.exit_code != 0 for other in others)


def _awaited(container: Container) -> list[tuple[str, str]]:
    definition = container.definition
    found = [
        (str(other.get("containerName") or other.get("container")), str(other.get("condition", "START")).upper())
        for other in definition.get("dependsOn") or ()
    ]
    found += [(link.partition(":")[0], "START") for link in definition.get("links") or ()]
    return found + [(volumes["sourceContainer"], "CREATE") for volumes in definition.get("volumesFrom") or ()]
