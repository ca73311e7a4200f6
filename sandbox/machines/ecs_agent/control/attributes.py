"""What the agent registers of itself: its capabilities as attributes, and the host's resources.

The list is what agent 1.105.1 sent under Docker 20.10; what the stand-in cannot do (awsvpc, EBS, Service Connect …) is
in it only where AWS's agent sends it too on such a machine.
"""

from __future__ import annotations

import os
from typing import Any

from sandbox.machines.ecs_agent.model.settings import Settings, SettingsError

_DOCKER_APIS = (*range(17, 26), 28, 29, 30, 32)
_OURS = (
    *("secrets.ssm.environment-variables", "secrets.ssm.bootstrap.log-driver", "secrets.asm.environment-variables"),
    *("secrets.asm.bootstrap.log-driver", "ecr-endpoint", "execution-role-ecr-pull", "container-ordering"),
    *("private-registry-authentication.secretsmanager", "full-sync", "env-files.s3", "network.container-port-range"),
    *("container-restart-policy", "container-health-check", "docker-plugin.local", "aws-appmesh", "task-eia"),
    *("firelens.fluentd", "firelens.fluentbit", "firelens.options.config.file", "firelens.options.config.s3", "efs"),
    *("storage.s3-files", "storage.ebsta-non-root-user", "ipv6-only", "fault-injection", "increased-task-cpu-limit"),
)
_OS = {"ecs.os-type": "linux", "ecs.os-family": "LINUX", "ecs.os-type-detailed": "LINUX"}


def attributes_of(settings: Settings, again: bool) -> list[dict[str, str]]:
    """Attributes of a registration; the settings' own go with the first one only."""
    names = [f"docker-remote-api.1.{version}" for version in _DOCKER_APIS]
    names += [f"logging-driver.{driver}" for driver in dict.fromkeys((*settings.log_drivers, "awsfirelens"))]
    names.append("ecr-auth")
    if settings.privileged:
        names.append("privileged-container")
    if settings.task_role:
        names.append("task-iam-role")
    if settings.task_role_network_host:
        names.append("task-iam-role-network-host")
    ours = list(_OURS) + (["task-cpu-mem-limit"] if settings.task_limits else [])
    if settings.logs_by_execution_role:
        ours.append("execution-role-awslogs")
    found = [{"name": f"com.amazonaws.ecs.capability.{name}"} for name in names]
    found += [{"name": f"ecs.capability.{name}"} for name in ours]
    values = _OS if again else {**_OS, **settings.attributes}
    return found + [{"name": name, "value": value} for name, value in values.items()]


def resources_of(settings: Settings, cpus: int, memory_mib: int) -> list[dict[str, Any]]:
    """totalResources. Raises SettingsError where more memory is reserved than there is."""
    if settings.reserved_memory > memory_mib:
        raise SettingsError("Unable to fetch host resources: more memory is reserved than the machine has")
    ports = (("PORTS", settings.reserved_ports), ("PORTS_UDP", settings.reserved_ports_udp))
    numbers = (("CPU", cpus * 1024), ("MEMORY", memory_mib - settings.reserved_memory))
    found: list[dict[str, Any]] = [
        {"name": name, "type": "INTEGER", "integerValue": number} for name, number in numbers
    ]
    return found + [
        {"name": name, "type": "STRINGSET", "stringSetValue": [str(port) for port in kept]} for name, kept in ports
    ]


def host_memory_mib(meminfo: str = "/proc/meminfo") -> int:
    """The kernel's MemTotal in whole MiB."""
    with open(meminfo, encoding="ascii") as file:
        total = next(line for line in file if line.startswith("MemTotal:"))
    return int(total.split()[1]) // 1024


def host_cpus() -> int:
    """The CPUs that are on."""
    return os.cpu_count() or 1
