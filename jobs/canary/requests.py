"""The requests of a canary: its job definition and its jobs (pure).

Source: what a real Nextflow sends, and RegisterJobDefinition and SubmitJob, AWS Batch API Reference.
"""

from typing import Any

from jobs.canary.run import TAG
from jobs.canary.setting import Setting
from jobs.model.job import LOG_GROUP

MEMORY = 1024  # MiB: as much as Nextflow asks for where a process says nothing


def make_definition(setting: Setting) -> dict[str, Any]:
    """Make the parameters of RegisterJobDefinition, in the shape in which Nextflow gives them."""
    container: dict[str, Any] = {
        "image": setting.image,
        "command": ["true"],
        "volumes": [{"name": "aws-cli", "host": {"sourcePath": setting.cli}}],
        "mountPoints": [{"sourceVolume": "aws-cli", "containerPath": setting.cli, "readOnly": True}],
        "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": str(MEMORY)}],
    }
    if setting.job_role:
        container["jobRoleArn"] = setting.job_role
    if setting.log_group != LOG_GROUP:
        options = {"awslogs-group": setting.log_group, "awslogs-region": setting.region}
        container["logConfiguration"] = {"logDriver": "awslogs", "options": options}
    return {
        "jobDefinitionName": setting.run.definition,
        "type": "container",
        "containerProperties": container,
        "platformCapabilities": ["EC2"],
        "tags": _tags(setting),
    }


def make_job(setting: Setting, queue: str, definition: str, command: list[str]) -> dict[str, Any]:
    """Make the parameters of SubmitJob."""
    return {
        "jobName": setting.run.job(queue),
        "jobQueue": queue,
        "jobDefinition": definition,
        "containerOverrides": {
            "command": command,
            "environment": [
                {"name": "AWS_RETRY_MODE", "value": "standard"},
                {"name": "AWS_MAX_ATTEMPTS", "value": "5"},
                {"name": "AWS_METADATA_SERVICE_NUM_ATTEMPTS", "value": "5"},
            ],
        },
        "timeout": {"attemptDurationSeconds": max(60, setting.limit)},
        "tags": _tags(setting),
    }


def _tags(setting: Setting) -> dict[str, str]:
    return {TAG: setting.run.id}
