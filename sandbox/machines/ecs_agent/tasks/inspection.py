"""What `docker inspect` says of a container, as ECS is told it."""

from __future__ import annotations

from typing import Any

from sandbox.machines.ecs_agent.model.records import CREATED, RUNNING, STOPPED, Container, Failure

VANISHED = Failure("ContainerVanishedError", "Could not find a container; it may have been removed")
_NEVER = "0001-01-01T00:00:00Z"


def status_of(found: dict[str, Any]) -> str:
    """CREATED, RUNNING or STOPPED."""
    state = found["State"]
    if state["Running"]:
        return RUNNING
    never = (state.get("StartedAt") or _NEVER) == _NEVER and not state.get("Error") and not state.get("Dead")
    return CREATED if never else STOPPED


def note_start(container: Container, found: dict[str, Any]) -> None:
    """Take down its times, its image and its ports, but not yet its end: a quick one may be over already."""
    container.created_at, container.image_id = found.get("Created") or "", found.get("Image") or ""
    container.started_at = found["State"].get("StartedAt") or ""
    container.bindings = bindings_of((found.get("NetworkSettings") or {}).get("Ports") or {}) or container.bindings


def note_end(container: Container, found: dict[str, Any]) -> None:
    """Take down its exit code too where its process has ended, and why it was killed where Docker says so."""
    note_start(container, found)
    state = found["State"]
    if state["Running"] or (state.get("FinishedAt") or _NEVER) == _NEVER:
        return
    container.exit_code, container.finished_at = int(state["ExitCode"]), state["FinishedAt"]
    if state.get("OOMKilled"):
        container.fail(Failure("OutOfMemoryError", "Container killed due to memory usage"))
    elif state.get("Error"):
        container.fail(Failure("DockerStateError", state["Error"]))


def bindings_of(ports: dict[str, Any]) -> list[dict[str, Any]]:
    """Docker's port map as ECS's networkBindings."""
    found = []
    for name, hosts in sorted(ports.items()):
        port, _, protocol = name.partition("/")
        for host in hosts or ():
            bound = {"bindIP": host["HostIp"], "containerPort": int(port), "hostPort": int(host["HostPort"])}
            found.append({**bound, "protocol": protocol or "tcp"})
    return found
