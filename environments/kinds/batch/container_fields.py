"""What a job definition asks for, as fields that can be compared (pure).

What AWS Batch answers with a default, an empty list or in another order has one form here and in
`container_description.py`, which reads it. Where nothing is asked for stands "", never None, which would mean: not this
definition's business.
"""

from typing import Any

from environments.kinds.iam import roles
from environments.model.inputs import Inputs
from environments.spec.job_mounts import Volume
from environments.spec.jobs import JobDefinition
from environments.spec.placeholders import fill_variable

PERMISSIONS = ("READ", "WRITE", "MKNOD")
SWAPPINESS = 60  # AWS Batch's default where there is a maxSwap


def describe(inputs: Inputs, name: str, definition: JobDefinition) -> dict[str, Any]:
    """Every field of a job definition, in the order in which a plan shows what differs."""
    return {
        "image": definition.image or inputs.images.get(definition.ecr or "", ""),
        "command": definition.command,
        "resources": _requirements(definition),
        "environment": _environment(inputs, definition),
        "secrets": dict(definition.secrets),
        "parameters": dict(definition.parameters),
        "jobRoleArn": _job_role(inputs, definition),
        "executionRoleArn": _execution_role(inputs, definition),
        "repositoryCredentials": definition.repository_credentials or "",
        "volumes": tuple((_source(volume), volume.container, volume.read_only) for volume in definition.volumes),
        **_linux(definition),
        "ulimits": {name: (limit.soft, limit.hard) for name, limit in sorted(definition.ulimits.items())},
        "user": definition.user or "",
        "privileged": definition.privileged,
        "readonlyRootFilesystem": definition.read_only_root,
        "logDriver": definition.log.driver,
        "logOptions": _log_options(inputs, name, definition),
        "logSecrets": dict(definition.log.secret_options),
        "attempts": definition.attempts,
        "retryOn": definition.retry_on,
        "timeout": definition.timeout or 0,
    }


def _requirements(definition: JobDefinition) -> dict[str, str]:
    requirements = {"VCPU": str(definition.vcpus), "MEMORY": str(definition.memory)}
    return requirements | ({"GPU": str(definition.gpus)} if definition.gpus else {})


def _environment(inputs: Inputs, definition: JobDefinition) -> dict[str, str]:
    def name_bucket(use: str) -> str:
        return inputs.spec.bucket_name(use, inputs.account, inputs.region)

    def name_queue(name: str) -> str:
        return f"arn:{inputs.partition}:batch:{inputs.region}:{inputs.account}:job-queue/{name}"

    given = {name: value for name, value in definition.environment.items() if value}
    return {
        name: fill_variable(value, int(definition.memory), name_bucket, name_queue) for name, value in given.items()
    }


def _job_role(inputs: Inputs, definition: JobDefinition) -> str:
    if definition.job_role == "nextflow":
        return inputs.iam_arn(roles.KIND, inputs.spec.roles.nextflow)
    if definition.job_role != "job":
        return definition.job_role
    return inputs.iam_arn(roles.KIND, inputs.spec.job_role) if inputs.spec.job_role else "none"


def _execution_role(inputs: Inputs, definition: JobDefinition) -> str:
    if definition.has_environments_role:
        return inputs.iam_arn(roles.KIND, inputs.spec.execution_role)
    return definition.execution_role or "none"


def _source(volume: Volume) -> str | dict[str, Any]:
    """A folder of the machine, or what is mounted of EFS."""
    if volume.efs is None:
        return volume.host or ""
    efs = volume.efs
    return {
        "efs": efs.file_system, "root": efs.root, "accessPoint": efs.access_point or "", "encrypted": efs.encrypted,
        "port": efs.port or "", "iam": efs.iam,
    }  # fmt: skip


def _linux(definition: JobDefinition) -> dict[str, Any]:
    swappiness = SWAPPINESS if definition.swappiness is None else definition.swappiness
    swap = definition.max_swap
    devices = (
        (
            device.host, device.container or device.host,
            tuple(name for name in PERMISSIONS if name.lower() in device.permissions),
        )
        for device in definition.devices
    )  # fmt: skip
    return {
        "tmpfs": tuple((tmpfs.container, tmpfs.size, tmpfs.options) for tmpfs in definition.tmpfs),
        "sharedMemorySize": definition.shared_memory or "",
        "devices": tuple(devices),
        "initProcessEnabled": definition.init_process,
        "maxSwap": "" if swap is None else swap,
        "swappiness": "" if swap is None else swappiness,
    }


def _log_options(inputs: Inputs, name: str, definition: JobDefinition) -> dict[str, str]:
    if definition.log.driver != "awslogs":
        return dict(definition.log.options)
    ordinary = {"awslogs-group": inputs.spec.log_group.name, "awslogs-stream-prefix": name}
    return ordinary | definition.log.options
