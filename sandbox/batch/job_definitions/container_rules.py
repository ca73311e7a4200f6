"""What Batch refuses of a container beyond its size, and how it keeps what it takes.

Sources: https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html, …/API_LinuxParameters.html,
…/API_Tmpfs.html, …/API_Ulimit.html, …/API_EFSVolumeConfiguration.html, …/API_EFSAuthorizationConfig.html,
…/API_Secret.html; "Specifying sensitive data", AWS Batch User Guide (an execution role is needed). That variables
without a value are left out and empty lists are added: terraform-provider-aws, internal/service/batch.
"""

import re
from typing import Any

from sandbox.batch.model.errors import executing
from sandbox.batch.model.records import Fields

_FARGATE = ("networkConfiguration", "fargatePlatformConfiguration", "ephemeralStorage", "runtimePlatform")
_ULIMITS = {
    "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
    "rttime", "sigpending", "stack",
}  # fmt: skip
_MOUNT_OPTIONS = {
    "defaults", "ro", "rw", "suid", "nosuid", "dev", "nodev", "exec", "noexec", "sync", "async", "dirsync", "remount",
    "mand", "nomand", "atime", "noatime", "diratime", "nodiratime", "bind", "rbind", "unbindable", "runbindable",
    "private", "rprivate", "shared", "rshared", "slave", "rslave", "relatime", "norelatime", "strictatime",
    "nostrictatime", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol",
}  # fmt: skip
_SECRET = re.compile(r"arn:aws[a-z-]*:(secretsmanager:[^:]+:\d{12}:secret:.+|ssm:[^:]+:\d{12}:parameter/.+)|[\w./-]+")


def check(properties: Fields) -> None:
    """Refuse what no job on EC2 could run with."""
    for name in _FARGATE:
        if properties.get(name):
            raise executing(f"{name} not applicable for EC2.")
    if not re.fullmatch(r"[A-Za-z0-9_:./#@-]{1,255}", properties["image"]):
        raise executing("Container properties: image contains invalid characters or is longer than 255.")
    for variable in properties.get("environment") or []:
        if str(variable.get("name", "")).startswith("AWS_BATCH"):
            raise executing("Environment variables must not start with AWS_BATCH.")
    _check_secrets(properties)
    for limit in properties.get("ulimits") or []:
        _check_ulimit(limit)
    for volume in properties.get("volumes") or []:
        if efs := volume.get("efsVolumeConfiguration"):
            if volume.get("host"):
                raise executing("A volume must not have both host and efsVolumeConfiguration.")
            _check_efs(efs, properties)
    _check_linux(properties.get("linuxParameters") or {})


def _check_secrets(properties: Fields) -> None:
    logs = properties.get("logConfiguration") or {}
    secrets = [*(properties.get("secrets") or []), *(logs.get("secretOptions") or [])]
    for secret in secrets:
        if not _SECRET.fullmatch(secret["valueFrom"]):
            raise executing(f"Secret {secret['name']}: valueFrom is not valid.")
    if secrets and not properties.get("executionRoleArn"):
        raise executing("executionRoleArn must be specified when secrets are specified.")
    credentials = properties.get("repositoryCredentials")
    if credentials and not str(credentials.get("credentialsParameter") or "").startswith("arn:"):
        raise executing("repositoryCredentials: credentialsParameter is not valid.")
    if credentials and not properties.get("executionRoleArn"):
        raise executing("Private repository authentication requires a value for executionRoleArn.")


def _check_ulimit(limit: Fields) -> None:
    name, soft, hard = limit["name"], limit["softLimit"], limit["hardLimit"]
    if name not in _ULIMITS:
        raise executing(f"ulimits: name '{name}' is not valid.")
    if hard != -1 and not 0 <= soft <= hard:
        raise executing(f"ulimits: softLimit of {name} must not be above its hardLimit.")


def _check_efs(efs: Fields, properties: Fields) -> None:
    access, root = efs.get("authorizationConfig") or {}, efs.get("rootDirectory")
    encrypted = efs.get("transitEncryption") == "ENABLED"
    if not re.fullmatch(r"fs-[0-9a-f]{8,40}", efs["fileSystemId"]):
        raise executing(f"efsVolumeConfiguration: fileSystemId '{efs['fileSystemId']}' is not valid.")
    if root and (len(root) > 4096 or not root.startswith("/")):
        raise executing("efsVolumeConfiguration: rootDirectory is not valid.")
    if access.get("accessPointId") and root not in (None, "", "/"):
        raise executing("rootDirectory must be omitted or / when an access point is specified.")
    if (access.get("accessPointId") or access.get("iam") == "ENABLED") and not encrypted:
        raise executing("transitEncryption must be ENABLED with an access point or EFS IAM authorization.")
    if access.get("iam") == "ENABLED" and not properties.get("jobRoleArn"):
        raise executing("EFS IAM authorization requires a jobRoleArn.")
    if not 0 <= efs.get("transitEncryptionPort", 0) <= 65535:
        raise executing("transitEncryptionPort must be between 0 and 65535.")


def _check_linux(linux: Fields) -> None:
    if linux.get("sharedMemorySize", 1) < 1:
        raise executing("linuxParameters: sharedMemorySize must be at least 1.")
    if linux.get("maxSwap", 0) < 0:
        raise executing("linuxParameters: maxSwap must be 0 or a positive integer.")
    if not 0 <= linux.get("swappiness", 60) <= 100:
        raise executing("linuxParameters: swappiness must be between 0 and 100.")
    for tmpfs in linux.get("tmpfs") or []:
        if tmpfs["size"] < 1 or not tmpfs["containerPath"].startswith("/"):
            raise executing("linuxParameters: a tmpfs needs an absolute containerPath and a size of at least 1.")
        for option in tmpfs.get("mountOptions") or []:
            if option.partition("=")[0] not in _MOUNT_OPTIONS:
                raise executing(f"linuxParameters: mount option '{option}' of tmpfs is not valid.")


def keep(properties: Fields) -> Fields:
    """How a container is described afterwards: with empty lists, and without variables that have no value."""
    kept: dict[str, Any] = {**properties}
    kept["environment"] = [variable for variable in properties.get("environment") or [] if variable.get("value")]
    if (linux := properties.get("linuxParameters")) is not None:
        devices = [{"permissions": [], **device} for device in linux.get("devices") or []]
        tmpfs = [{"mountOptions": [], **mounted} for mounted in linux.get("tmpfs") or []]
        kept["linuxParameters"] = {**linux, "devices": devices, "tmpfs": tmpfs}
    if logs := properties.get("logConfiguration"):
        kept["logConfiguration"] = {"options": {}, "secretOptions": [], **logs}
    return kept
