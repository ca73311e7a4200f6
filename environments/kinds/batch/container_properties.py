"""The fields of a job definition as containerProperties, and out of what AWS Batch answers (pure).

AWS Batch adds empty lists where nothing was given, and leaves out variables without a value; a device without
permissions has all, and a maxSwap a swappiness of 60. Sources: ContainerProperties, LinuxParameters,
EFSVolumeConfiguration, AWS Batch API Reference.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from environments.kinds.batch.container_fields import PERMISSIONS, SWAPPINESS

Fields = Mapping[str, Any]


def render(fields: Fields) -> dict[str, Any]:
    """containerProperties: what is not asked for is left out."""
    optional = {
        "jobRoleArn": fields["jobRoleArn"].removeprefix("none"),
        "executionRoleArn": fields["executionRoleArn"].removeprefix("none"),
        "user": fields["user"],
        "readonlyRootFilesystem": fields["readonlyRootFilesystem"],
        "secrets": _secrets(fields["secrets"]),
        "ulimits": [
            {"name": name, "softLimit": soft, "hardLimit": hard} for name, (soft, hard) in fields["ulimits"].items()
        ],
        "linuxParameters": _linux(fields),
    }
    if fields["repositoryCredentials"]:
        optional["repositoryCredentials"] = {"credentialsParameter": fields["repositoryCredentials"]}
    return {
        "image": fields["image"],
        "command": list(fields["command"]),
        "resourceRequirements": [{"type": kind, "value": value} for kind, value in fields["resources"].items()],
        "environment": [{"name": name, "value": value} for name, value in fields["environment"].items()],
        "volumes": [{"name": f"v{n}", **_volume(source)} for n, (source, _, _) in enumerate(fields["volumes"])],
        "mountPoints": [
            {"sourceVolume": f"v{n}", "containerPath": path, "readOnly": read_only}
            for n, (_, path, read_only) in enumerate(fields["volumes"])
        ],
        "privileged": fields["privileged"],
        "logConfiguration": _logs(fields),
        **{name: value for name, value in optional.items() if value},
    }


def _secrets(named: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "valueFrom": reference} for name, reference in named.items()]


def _logs(fields: Fields) -> dict[str, Any]:
    logs = {"logDriver": fields["logDriver"], "options": dict(fields["logOptions"])}
    return logs | ({"secretOptions": _secrets(fields["logSecrets"])} if fields["logSecrets"] else {})


def _volume(source: Any) -> dict[str, Any]:
    if isinstance(source, str):
        return {"host": {"sourcePath": source}}
    efs: dict[str, Any] = {
        "fileSystemId": source["efs"], "transitEncryption": "ENABLED" if source["encrypted"] else "DISABLED",
    }  # fmt: skip
    efs |= {"rootDirectory": source["root"]} if source["root"] != "/" else {}
    efs |= {"transitEncryptionPort": source["port"]} if source["port"] else {}
    access = {"accessPointId": source["accessPoint"]} if source["accessPoint"] else {}
    access |= {"iam": "ENABLED"} if source["iam"] else {}
    return {"efsVolumeConfiguration": efs | ({"authorizationConfig": access} if access else {})}


def _linux(fields: Fields) -> dict[str, Any]:
    plain = {
        "devices": [
            {"hostPath": host, "containerPath": path, "permissions": list(permissions)}
            for host, path, permissions in fields["devices"]
        ],
        "tmpfs": [
            {"containerPath": path, "size": size, **({"mountOptions": list(options)} if options else {})}
            for path, size, options in fields["tmpfs"]
        ],
        "initProcessEnabled": fields["initProcessEnabled"],
    }
    given = {name: fields[name] for name in ("sharedMemorySize", "maxSwap", "swappiness") if fields[name] != ""}
    return {**{name: value for name, value in plain.items() if value}, **given}


def read(container: Fields) -> dict[str, Any]:
    """The fields of containerProperties as AWS Batch describes them."""
    logs, linux = container.get("logConfiguration") or {}, container.get("linuxParameters") or {}
    volumes = {volume["name"]: volume for volume in container.get("volumes") or ()}
    variables = {variable["name"]: variable.get("value") for variable in container.get("environment") or ()}
    limits = sorted(container.get("ulimits") or (), key=lambda limit: str(limit["name"]))
    return {
        "image": container.get("image"),
        "command": tuple(container.get("command") or ()),
        "resources": {
            requirement["type"]: requirement["value"] for requirement in container.get("resourceRequirements") or ()
        },
        "environment": {name: value for name, value in variables.items() if value},
        "secrets": _read_secrets(container.get("secrets")),
        "jobRoleArn": container.get("jobRoleArn") or "none",
        "executionRoleArn": container.get("executionRoleArn") or "none",
        "repositoryCredentials": (container.get("repositoryCredentials") or {}).get("credentialsParameter") or "",
        "volumes": tuple(
            (
                _read_source(volumes.get(mount["sourceVolume"]) or {}),
                mount["containerPath"],
                bool(mount.get("readOnly")),
            )
            for mount in container.get("mountPoints") or ()
        ),
        **_read_linux(linux),
        "ulimits": {limit["name"]: (limit["softLimit"], limit["hardLimit"]) for limit in limits},
        "user": container.get("user") or "",
        "privileged": bool(container.get("privileged")),
        "readonlyRootFilesystem": bool(container.get("readonlyRootFilesystem")),
        "logDriver": logs.get("logDriver") or "",
        "logOptions": dict(logs.get("options") or {}),
        "logSecrets": _read_secrets(logs.get("secretOptions")),
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
