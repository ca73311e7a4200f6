"""What Docker is told when a container is created: pure, out of the task's payload."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from sandbox.machines.ecs_agent.model.records import Container, Failure, Task
from sandbox.machines.ecs_agent.tasks.volumes import binds_of

ENDPOINT = "http://169.254.170.2"
LEAST_MEMORY = 4 * 1024 * 1024
LEAST_SHARES, MOST_SHARES = 2, 262144
_OWN_REGION = ("AWS_REGION", "AWS_DEFAULT_REGION")


class Surroundings(NamedTuple):
    """What of the agent goes into every container."""

    cluster: str
    region: str
    task_limits: bool
    cgroup_v2: bool
    logs_by_execution_role: bool


def docker_name(task: Task, container: Container) -> str:
    """A new name, as the agent gives them: ecs-FAMILY-VERSION-CONTAINER-HEX."""
    plain = re.sub("[^A-Za-z0-9-]+", "", container.name)
    version = task.payload.get("version", "")
    return f"ecs-{task.payload.get('family', '')}-{version}-{plain}-{os.urandom(10).hex()}"


def container_config(
    task: Task, container: Container, around: Surroundings, image_environment: list[str], secrets: Mapping[str, str]
) -> dict[str, Any]:
    """The body of Docker's "create a container". Raises Failure (HostConfigError, DockerClientConfigError)."""
    definition = container.definition
    config: dict[str, Any] = {
        "Image": definition["image"],
        "Cmd": _command(definition),
        "Entrypoint": definition.get("entryPoint"),
        "Env": [f"{name}={value}" for name, value in _environment(task, container, around, image_environment).items()],
        "ExposedPorts": {f"{port}/{protocol}": {} for port, protocol, _ in _ports(definition)},
    }
    config["Env"] += [f"{name}={value}" for name, value in secrets.items()]
    config.update(_given(definition, "config", "DockerClientConfigError", "Unable decode given docker config: "))
    config["Labels"] = {**(config.get("Labels") or {}), **_labels(task, container, around)}
    config["HostConfig"] = _host_config(task, container, around)
    return config


def _command(definition: dict[str, Any]) -> list[str] | None:
    overrides = json.loads(definition.get("overrides") or "{}")
    command: list[str] | None = overrides.get("command") or definition.get("command")
    return command


def _environment(
    task: Task, container: Container, around: Surroundings, image_environment: list[str]
) -> dict[str, str]:
    found = {name: str(value) for name, value in (container.definition.get("environment") or {}).items()}
    own = container.metadata_id
    if task.credentials_id:
        found["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = f"/v2/credentials/{task.credentials_id}"
    found["ECS_CONTAINER_METADATA_URI"] = f"{ENDPOINT}/v3/{own}"
    found["ECS_CONTAINER_METADATA_URI_V4"] = f"{ENDPOINT}/v4/{own}"
    found["ECS_AGENT_URI"] = f"{ENDPOINT}/api/{own}"
    in_image = {line.partition("=")[0] for line in image_environment}
    if around.region and not any(name in found or name in in_image for name in _OWN_REGION):
        found |= dict.fromkeys(_OWN_REGION, around.region)
    return found


def _labels(task: Task, container: Container, around: Surroundings) -> dict[str, str]:
    prefix = "com.amazonaws.ecs"
    return {
        f"{prefix}.cluster": around.cluster,
        f"{prefix}.container-name": container.name,
        f"{prefix}.task-arn": task.arn,
        f"{prefix}.task-definition-family": str(task.payload.get("family", "")),
        f"{prefix}.task-definition-version": str(task.payload.get("version", "")),
    }


def _host_config(task: Task, container: Container, around: Surroundings) -> dict[str, Any]:
    definition = container.definition
    bindings: dict[str, list[dict[str, str]]] = {}
    for port, protocol, host_port in _ports(definition):
        bindings.setdefault(f"{port}/{protocol}", []).append({"HostPort": str(host_port)})
    memory = int(definition.get("memory") or 0) * 1024 * 1024
    found: dict[str, Any] = {
        "Binds": binds_of(task, container),
        "PortBindings": bindings,
        "Links": [_link(task, link) for link in definition.get("links") or ()],
        "VolumesFrom": [_volumes_from(task, volumes) for volumes in definition.get("volumesFrom") or ()],
        "Memory": max(memory, LEAST_MEMORY) if memory else 0,
        "CpuShares": min(max(int(definition.get("cpu") or 0), LEAST_SHARES), MOST_SHARES),
    }
    found.update(_given(definition, "hostConfig", "HostConfigError", "Unable to decode given host config: "))
    if around.task_limits:
        own = f"ecstasks-{task.id}.slice"
        found["CgroupParent"] = own if around.cgroup_v2 else f"/ecs/{task.id}"
    _complete_log_config(task, definition, around, found)
    return found


def _complete_log_config(
    task: Task, definition: dict[str, Any], around: Surroundings, host_config: dict[str, Any]
) -> None:
    log = host_config.get("LogConfig") or {}
    options = dict(log.get("Config") or {})
    if options.get("mode") == "non-blocking" and "max-buffer-size" not in options:
        options["max-buffer-size"] = "10m"
    if log.get("Type") == "awslogs" and definition.get("logsAuthStrategy") == "ExecutionRole":
        if not task.execution_credentials_id:
            raise Failure("HostConfigError", "No execution credentials set for the task")
        if around.logs_by_execution_role:
            options["awslogs-credentials-endpoint"] = f"/v2/credentials/{task.execution_credentials_id}"
    if log:
        host_config["LogConfig"] = {**log, "Config": options}


def _given(definition: dict[str, Any], part: str, name: str, words: str) -> dict[str, Any]:
    text = (definition.get("dockerConfig") or {}).get(part)
    try:
        found = json.loads(text) if text else {}
    except (ValueError, TypeError) as error:
        raise Failure(name, f"{words}{error}") from error
    if not isinstance(found, dict):
        raise Failure(name, f"{words}no JSON object")
    return found


def _ports(definition: dict[str, Any]) -> list[tuple[int, str, int]]:
    mappings = definition.get("portMappings") or ()
    return [
        (int(mapping["containerPort"]), mapping.get("protocol") or "tcp", int(mapping.get("hostPort") or 0))
        for mapping in mappings
    ]


def _link(task: Task, link: str) -> str:
    name, _, alias = link.partition(":")
    other = task.container(name)
    if other is None or not other.docker_name:
        raise Failure("HostConfigError", f"Invalid link name: {name}")
    return f"{other.docker_name}:{alias or name}"


def _volumes_from(task: Task, volumes: dict[str, Any]) -> str:
    name = volumes["sourceContainer"]
    other = task.container(name)
    if other is None or not other.docker_name:
        raise Failure("HostConfigError", f"Volume source {name} does not exist")
    return f"{other.docker_name}:ro" if volumes.get("readOnly") else other.docker_name
