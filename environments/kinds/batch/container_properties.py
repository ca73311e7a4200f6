"""The fields of a job definition as containerProperties of RegisterJobDefinition (pure).

Sources: ContainerProperties, LinuxParameters, EFSVolumeConfiguration, AWS Batch API Reference.
"""

from collections.abc import Mapping
from typing import Any

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
