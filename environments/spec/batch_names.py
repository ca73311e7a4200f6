"""What other tools and AWS Batch's own API call the keys of a job definition, and what is of Fargate alone.

Sources: ContainerProperties and LinuxParameters, AWS Batch API Reference.
"""

import re
from collections.abc import Container
from typing import Any

_FARGATE = (
    "ephemeralStorage", "networkConfiguration", "assignPublicIp", "fargatePlatformConfiguration", "platformVersion",
    "runtimePlatform",
)  # fmt: skip
_KEYS = {
    "sharedMemorySize": "shared_memory: 1 GiB", "shmSize": "shared_memory: 1 GiB", "maxSwap": "max_swap: 1 GiB",
    "initProcessEnabled": "init_process: true", "readonlyRootFilesystem": "read_only_root: true",
    "mountPoints": "volumes: [{host: /data, container: /data}]",
    "efsVolumeConfiguration": "volumes: [{efs: {file_system: fs-0123456789abcdef0}, container: /data}]",
    "logConfiguration": "log: {driver: awslogs}", "executionRoleArn": "execution_role: environment",
    "jobRoleArn": "job_role: job", "repositoryCredentials": "repository_credentials: ARN",
    "resourceRequirements": "vcpus, memory and gpus", "retryStrategy": "attempts: 3",
    "linuxParameters": "shared_memory, tmpfs, devices, init_process, max_swap and swappiness",
}  # fmt: skip
_WRITTEN = {name.lower(): key for name, key in _KEYS.items()}


def refuse_names(data: Any, known: Container[str]) -> None:
    """Raise ValueError for a name of Fargate's, or of the API's, with the key that it has here."""
    for key in data if isinstance(data, dict) else ():
        plain = re.sub(r"[^a-z]", "", str(key).lower())
        if any(plain == name.lower() for name in _FARGATE):
            raise ValueError(f"{key} is of Fargate alone, and machines of EC2 have none of it: leave it out")
        if key not in known and plain in _WRITTEN:
            raise ValueError(f"{key} is an unknown key: it is written {_WRITTEN[plain]}")
