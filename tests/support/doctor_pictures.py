"""Pictures for the doctor's checks, made by hand."""

from datetime import UTC, datetime
from typing import Any

from environments.doctor.facts.instance_types import InstanceTypes
from environments.doctor.facts.jobs import QueuedJob
from environments.doctor.facts.picture import Picture
from environments.doctor.facts.scope import Scope
from environments.machines.instance_types import InstanceType

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ARN = "arn:aws:batch:us-east-1:123456789012:compute-environment/one"
X86 = ("x86_64",)
TYPES = {
    instance_type.name: instance_type
    for instance_type in (
        InstanceType("c5.2xlarge", 8, 16384, X86),
        InstanceType("c5.4xlarge", 16, 32768, X86),
        InstanceType("g5.xlarge", 4, 16384, X86, 1),
        InstanceType("g5.12xlarge", 48, 196608, X86, 4),
    )
}


def picture(*types: str, most: int = 256, resources: dict[str, Any] | None = None, **parts: Any) -> Picture:
    """The compute environment `one` with these instanceTypes behind the queue `q`."""
    environment = {
        "computeEnvironmentName": "one", "computeEnvironmentArn": ARN, "ecsClusterArn": "c", "status": "VALID",
        "state": "ENABLED", "computeResources": {"instanceTypes": list(types), "maxvCpus": most, **(resources or {})},
    }  # fmt: skip
    queue = {
        "jobQueueArn": "q", "jobQueueName": "q", "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": ARN}],
    }  # fmt: skip
    scope = Scope("us-east-1", NOW, "e", [environment], [queue], [environment])
    return Picture(scope, **{"types": InstanceTypes(TYPES), **parts})


def job(vcpus: int = 1, mib: int = 1024, gpus: int = 0, reason: str = "") -> QueuedJob:
    """A job that has been the first of the queue `q` for 700 seconds."""
    return QueuedJob("7c1e0000-0000", "fastqc", "q", "RUNNABLE", reason, vcpus, mib, gpus, 700.0)
