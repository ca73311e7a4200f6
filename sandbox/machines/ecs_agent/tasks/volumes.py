"""The volumes of a task: folders of the host, and volumes that Docker keeps."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from sandbox.machines.ecs_agent.model.records import Container, Failure, Task


class NamedVolume(NamedTuple):
    """A volume that Docker has to make; a task's own goes with the task."""

    name: str
    driver: str
    options: dict[str, str]
    labels: dict[str, str]
    of_task: bool


def docker_volumes(task: Task) -> dict[str, NamedVolume]:
    """Name in the task → what Docker calls it, for volumes that are no folder of the host."""
    found = {}
    for volume in task.payload.get("volumes") or ():
        name, kind = volume["name"], volume.get("type") or "host"
        if kind == "docker":
            config: dict[str, Any] = volume.get("dockerVolumeConfiguration") or {}
            shared = config.get("scope") == "shared"
            driver, options, labels = config.get("driver") or "local", config.get("driverOpts"), config.get("labels")
            docker_name = name if shared else _own_name(task, name)
            found[name] = NamedVolume(docker_name, driver, options or {}, labels or {}, not shared)
        elif kind == "host" and not (volume.get("host") or {}).get("sourcePath"):
            found[name] = NamedVolume(_own_name(task, name), "local", {}, {}, True)
    return found


def binds_of(task: Task, container: Container) -> list[str]:
    """Docker's Binds. Raises Failure for a volume that the task does not have."""
    by_name = {volume["name"]: volume for volume in task.payload.get("volumes") or ()}
    kept = docker_volumes(task)
    binds = []
    for mount in container.definition.get("mountPoints") or ():
        name = mount.get("sourceVolume", "")
        if name not in by_name:
            raise Failure("HostConfigError", f"Invalid volume referenced: {name}")
        source = kept[name].name if name in kept else (by_name[name].get("host") or {}).get("sourcePath", "")
        path = mount.get("containerPath", "")
        if not source or not path:
            why = f"Unable to resolve volume mounts; invalid path: {container.name} {name}; {source} -> {path}"
            raise Failure("HostConfigError", why)
        binds.append(f"{source}:{path}" + (":ro" if mount.get("readOnly") else ""))
    return binds


def _own_name(task: Task, name: str) -> str:
    plain = re.sub(r"[^a-zA-Z0-9_.-]", "", name)
    return f"ecs-{task.payload.get('family', '')}-{task.payload.get('version', '')}-{plain}-{task.id[:20]}"
