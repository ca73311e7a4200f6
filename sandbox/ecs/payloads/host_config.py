"""Docker's own part of a payload: the agent hands config and hostConfig, JSON inside strings, to Docker as they are.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html (each parameter "maps to
… in the docker container create command"), …/API_LinuxParameters.html (sizes in MiB; swap: "the sum of the container
memory plus the maxSwap value"), https://docs.docker.com/reference/api/engine/version/v1.41/ (ContainerCreate)
"""

from typing import Any

from sandbox.ecs.model.records import Fields

MIB = 1024 * 1024
_PERMISSIONS = {"read": "r", "write": "w", "mknod": "m"}


def make_config(container: Fields) -> Fields:
    """Make Docker's config: what the payload has no member of its own for."""
    found = {
        "User": container.get("user"),
        "WorkingDir": container.get("workingDirectory"),
        "Hostname": container.get("hostname"),
        "NetworkDisabled": container.get("disableNetworking"),
        "Tty": container.get("pseudoTerminal"),
        "OpenStdin": container.get("interactive"),
        "Labels": container.get("dockerLabels"),
    }
    return {name: value for name, value in found.items() if value}


def make_host_config(container: Fields, log: Fields) -> Fields:
    """Make Docker's hostConfig; `log` is its LogConfig."""
    linux = container.get("linuxParameters") or {}
    capabilities = linux.get("capabilities") or {}
    config: Fields = {
        "NetworkMode": "bridge",
        "CapAdd": capabilities.get("add") or [],
        "CapDrop": capabilities.get("drop") or [],
    }
    optional = {
        "LogConfig": log,
        "Privileged": container.get("privileged"),
        "ReadonlyRootfs": container.get("readonlyRootFilesystem"),
        "MemoryReservation": (container.get("memoryReservation") or 0) * MIB,
        "Ulimits": _list_ulimits(container.get("ulimits") or []),
        "Devices": _list_devices(linux.get("devices") or []),
        "Init": linux.get("initProcessEnabled"),
        "ShmSize": (linux.get("sharedMemorySize") or 0) * MIB,
        "Tmpfs": _map_tmpfs(linux.get("tmpfs") or []),
        "ExtraHosts": [f"{e['hostname']}:{e['ipAddress']}" for e in container.get("extraHosts") or []],
        "Dns": container.get("dnsServers"),
        "DnsSearch": container.get("dnsSearchDomains"),
        "SecurityOpt": container.get("dockerSecurityOptions"),
        "Sysctls": {s["namespace"]: s["value"] for s in container.get("systemControls") or []},
    }
    config |= {name: value for name, value in optional.items() if value}
    return config | _make_swap(container, linux)


def _make_swap(container: Fields, linux: Fields) -> Fields:
    """Make the limits of swap: without maxSwap, swappiness is not looked at, and Docker's own defaults hold."""
    if linux.get("maxSwap") is None:
        return {}
    found: Fields = {"MemorySwap": (int(container.get("memory") or 0) + int(linux["maxSwap"])) * MIB}
    if linux.get("swappiness") is not None:
        found["MemorySwappiness"] = int(linux["swappiness"])
    return found


def _list_ulimits(ulimits: list[Fields]) -> list[Fields]:
    return [{"Name": u["name"], "Soft": int(u["softLimit"]), "Hard": int(u["hardLimit"])} for u in ulimits]


def _list_devices(devices: list[Fields]) -> list[Fields]:
    return [
        {
            "PathOnHost": device["hostPath"],
            "PathInContainer": device.get("containerPath") or device["hostPath"],
            "CgroupPermissions": "".join(_PERMISSIONS[p.lower()] for p in device.get("permissions") or _PERMISSIONS),
        }
        for device in devices
    ]


def _map_tmpfs(tmpfs: list[Fields]) -> dict[str, Any]:
    return {
        mount["containerPath"]: ",".join([*(mount.get("mountOptions") or []), f"size={int(mount['size'])}m"])
        for mount in tmpfs
    }
