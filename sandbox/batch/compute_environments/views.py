"""Compute environments as DescribeComputeEnvironments shows them.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeEnvironmentDetail.html
"""

from sandbox.batch.model import names
from sandbox.batch.model.records import Environment, Fields, Records


def describe(records: Records, request: Fields) -> Fields:
    wanted = request.get("computeEnvironments")
    known = records.environments
    prefix = records.arn("compute-environment", "")
    found = [names.find(known, name, prefix) for name in wanted] if wanted else list(known.values())
    return {"computeEnvironments": [render(environment) for environment in found if environment]}


def render(environment: Environment) -> Fields:
    """Show a compute environment as DescribeComputeEnvironments does."""
    return {
        "computeEnvironmentName": environment.name,
        "computeEnvironmentArn": environment.arn,
        "unmanagedvCpus": environment.unmanaged_vcpus,
        "ecsClusterArn": environment.cluster,
        "tags": environment.tags,
        "type": environment.kind,
        "state": environment.state,
        "status": environment.status,
        "statusReason": environment.reason,
        "computeResources": environment.resources or None,
        "serviceRole": environment.service_role,
        "updatePolicy": environment.update_policy,
        "containerOrchestrationType": "ECS",
        "uuid": environment.uuid,
        "context": environment.context or None,
    }
