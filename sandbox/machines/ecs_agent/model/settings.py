"""The agent's settings, out of its environment (/etc/ecs/ecs.config, which systemd reads).

Source: README of aws/amazon-ecs-agent, "Environment Variables"; what the agent makes of a value that it does not
understand was tried on agent 1.105.1. Settings of what the stand-in does not have (awsvpc, GPUs, Windows) are not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sandbox.machines.ecs_agent.model.values import Values

PULL_BEHAVIORS = ("default", "always", "once", "prefer-cached")
LOG_DRIVERS = (
    *("json-file", "syslog", "journald", "gelf", "fluentd", "awslogs", "splunk", "logentries", "sumologic", "none"),
    "awsfirelens",
)
PORTS = (22, 2375, 2376, 51678, 51679)


class SettingsError(Exception):
    """A value with which the agent does not start; `exit_code` is 1 (systemd starts it again) or 5 (it does not)."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Settings(NamedTuple):
    """Times in seconds, memory in MiB."""

    cluster: str
    data: str
    reserved_memory: int
    reserved_ports: tuple[int, ...]
    reserved_ports_udp: tuple[int, ...]
    log_drivers: tuple[str, ...]
    attributes: dict[str, str]
    tags: dict[str, str]
    pull_behavior: str
    pull_timeout: float
    manifest_timeout: float
    create_timeout: float
    start_timeout: float
    stop_timeout: float
    cleanup_wait: float
    cleanup_jitter: float
    image_cleanup: bool
    image_cleanup_interval: float
    image_minimum_age: float
    images_per_cleanup: int
    spot_draining: bool
    task_role: bool
    task_role_network_host: bool
    logs_by_execution_role: bool
    privileged: bool
    task_limits: bool
    requests_a_second: tuple[int, int]
    registries: dict[str, dict[str, str]]
    region: str
    endpoint: str
    docker: str


def read(environment: Mapping[str, str]) -> Settings:
    """Raises SettingsError for what AWS's agent exits with; other wrong values are warned of and become the default."""
    values = Values(environment)
    if values.switch("ECS_ENABLE_TASK_ENI", False):
        raise SettingsError("ECS_ENABLE_TASK_ENI needs the pause image, and there is none", 5)
    behavior = values.text("ECS_IMAGE_PULL_BEHAVIOR")
    return Settings(
        cluster=values.text("ECS_CLUSTER"),
        data=values.text("ECS_DATADIR"),
        reserved_memory=values.number("ECS_RESERVED_MEMORY", 0, 0, 65535),
        reserved_ports=values.ports("ECS_RESERVED_PORTS", PORTS),
        reserved_ports_udp=values.ports("ECS_RESERVED_PORTS_UDP", ()),
        log_drivers=_log_drivers(values),
        attributes=_strings(values, "ECS_INSTANCE_ATTRIBUTES"),
        tags=_strings(values, "ECS_CONTAINER_INSTANCE_TAGS"),
        pull_behavior=behavior if behavior in PULL_BEHAVIORS else "default",
        pull_timeout=values.seconds("ECS_IMAGE_PULL_TIMEOUT", 7200, 60),
        manifest_timeout=values.seconds("ECS_MANIFEST_PULL_TIMEOUT", 60, 30),
        create_timeout=values.seconds("ECS_CONTAINER_CREATE_TIMEOUT", 240, 60),
        start_timeout=values.seconds("ECS_CONTAINER_START_TIMEOUT", 180, 45),
        stop_timeout=values.seconds("ECS_CONTAINER_STOP_TIMEOUT", 30, 1),
        cleanup_wait=values.seconds("ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION", 10800, 1),
        cleanup_jitter=values.seconds("ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION_JITTER", 0, 0),
        image_cleanup=not values.switch("ECS_DISABLE_IMAGE_CLEANUP", False),
        image_cleanup_interval=values.seconds("ECS_IMAGE_CLEANUP_INTERVAL", 1800, 600),
        image_minimum_age=values.seconds("ECS_IMAGE_MINIMUM_CLEANUP_AGE", 3600, 60),
        images_per_cleanup=values.number("ECS_NUM_IMAGES_DELETE_PER_CYCLE", 5, 1, 1 << 31),
        spot_draining=values.switch("ECS_ENABLE_SPOT_INSTANCE_DRAINING", False),
        task_role=values.switch("ECS_ENABLE_TASK_IAM_ROLE", False),
        task_role_network_host=values.switch("ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST", False),
        logs_by_execution_role=values.switch("ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE", False),
        privileged=not values.switch("ECS_DISABLE_PRIVILEGED", False),
        task_limits=values.switch("ECS_ENABLE_TASK_CPU_MEM_LIMIT", True),
        requests_a_second=_limits(values.text("ECS_TASK_METADATA_RPS_LIMIT")),
        registries=_registries(values),
        region=values.text("AWS_DEFAULT_REGION"),
        endpoint=values.text("ECS_BACKEND_HOST") or values.text("AWS_ENDPOINT_URL"),
        docker=(values.text("DOCKER_HOST") or "unix:///var/run/docker.sock").replace("unix://", "", 1),
    )


def _log_drivers(values: Values) -> tuple[str, ...]:
    names = values.json("ECS_AVAILABLE_LOGGING_DRIVERS", ["json-file", "none"])
    if not isinstance(names, list):
        return ("json-file", "none")
    if unknown := [str(name) for name in names if name not in LOG_DRIVERS]:
        raise SettingsError(f"Invalid logging drivers: {', '.join(unknown)}")
    return tuple(names)


def _strings(values: Values, key: str) -> dict[str, str]:
    if not values.text(key):
        return {}
    found = values.json(key, None)
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise SettingsError(f"Invalid format for {key}, expected a JSON map of strings")
    return found


def _limits(text: str) -> tuple[int, int]:
    parts = text.split(",")
    if len(parts) == 2 and all(part.strip().isdigit() and int(part) > 0 for part in parts):
        return int(parts[0]), int(parts[1])
    return 40, 60


def _registries(values: Values) -> dict[str, dict[str, str]]:
    """Registry → username and password, as ECS_ENGINE_AUTH_DATA has them."""
    kind, found = values.text("ECS_ENGINE_AUTH_TYPE"), values.json("ECS_ENGINE_AUTH_DATA", {})
    if not isinstance(found, dict) or kind not in {"docker", "dockercfg"}:
        return {}
    return {_registry(name): _login(entry) for name, entry in found.items() if isinstance(entry, dict)}


def _registry(name: str) -> str:
    host = name.split("://", 1)[-1].split("/", 1)[0]
    return "docker.io" if host == "index.docker.io" else host


def _login(entry: dict[str, Any]) -> dict[str, str]:
    if auth := entry.get("auth"):
        import base64

        user, _, password = base64.b64decode(auth).decode().partition(":")
        return {"username": user, "password": password}
    return {name: str(entry[name]) for name in ("username", "password") if name in entry}
