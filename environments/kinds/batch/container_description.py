"""The fields of a job definition out of what AWS Batch answers (pure).

AWS Batch adds empty lists where nothing was given, and leaves out variables without a value; a device without
permissions has all, and a maxSwap a swappiness of 60. Sources: ContainerProperties, LinuxParameters,
EFSVolumeConfiguration, AWS Batch API Reference.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from environments.kinds.batch.container_fields import PERMISSIONS, SWAPPINESS

Fields = Mapping[str, Any]


def read(container: Fields) -> dict[str, Any]:
    """The fields of containerProperties as AWS Batch describes them."""
    logs = container.get("logConfiguration") or {}
    return {
        "image": container.get("image"),
        "command": tuple(container.get("command") or ()),
        "jobRoleArn": container.get("jobRoleArn") or "none",
        "executionRoleArn": container.get("executionRoleArn") or "none",
        "repositoryCredentials": (container.get("repositoryCredentials") or {}).get("credentialsParameter") or "",
        "user": container.get("user") or "",
        "privileged": bool(container.get("privileged")),
        "readonlyRootFilesystem": bool(container.get("readonlyRootFilesystem")),
        "secrets": _read_secrets(container.get("secrets")),
        "logDriver": logs.get("logDriver") or "",
        "logOptions": dict(logs.get("options") or {}),
        "logSecrets": _read_secrets(logs.get("secretOptions")),
        **_read_lists(container),
        **_read_linux(container.get("linuxParameters") or {}),
    }


def _read_lists(container: Fields) -> dict[str, Any]:
    volumes = {volume["name"]: volume for volume in container.get("volumes") or ()}
    variables = {variable["name"]: variable.get("value") for variable in container.get("environment") or ()}
    limits = sorted(container.get("ulimits") or (), key=lambda limit: str(limit["name"]))
    requirements = container.get("resourceRequirements") or ()
    return {
        "resources": {requirement["type"]: requirement["value"] for requirement in requirements},
        "environment": {name: value for name, value in variables.items() if value},
        "ulimits": {limit["name"]: (limit["softLimit"], limit["hardLimit"]) for limit in limits},
        "volumes": tuple(
            (
                _read_source(volumes.get(mount["sourceVolume"]) or {}),
                mount["containerPath"],
                bool(mount.get("readOnly")),
            )
            for mount in container.get("mountPoints") or ()
        ),
    }


def _read_secrets(listed: Sequence[Mapping[str, str]] | None) -> dict[str, str]:
    return {secret["name"]: secret["valueFrom"] for secret in listed or ()}


def _read_source(volume: Fields) -> str | dict[str, Any]:
    efs = volume.get("efsVolumeConfiguration")
    if not efs:
        return str((volume.get("host") or {}).get("sourcePath") or "")
    access = efs.get("authorizationConfig") or {}
    return {
        "efs": efs.get("fileSystemId"), "root": efs.get("rootDirectory") or "/",
        "accessPoint": access.get("accessPointId") or "", "encrypted": efs.get("transitEncryption") == "ENABLED",
        "port": efs.get("transitEncryptionPort") or "", "iam": access.get("iam") == "ENABLED",
    }  # fmt: skip


def _read_linux(linux: Fields) -> dict[str, Any]:
    swap = linux.get("maxSwap")
    return {
        "tmpfs": tuple(
            (tmpfs["containerPath"], tmpfs["size"], tuple(tmpfs.get("mountOptions") or ()))
            for tmpfs in linux.get("tmpfs") or ()
        ),
        "sharedMemorySize": linux.get("sharedMemorySize") or "",
        "devices": tuple(
            (device["hostPath"], device.get("containerPath") or device["hostPath"], _permissions(device))
            for device in linux.get("devices") or ()
        ),
        "initProcessEnabled": bool(linux.get("initProcessEnabled")),
        "maxSwap": "" if swap is None else swap,
        "swappiness": "" if swap is None else linux.get("swappiness", SWAPPINESS),
    }


def _permissions(device: Fields) -> tuple[str, ...]:
    given = device.get("permissions") or PERMISSIONS
    return tuple(name for name in PERMISSIONS if name in given)
