"""The ECS cluster that every compute environment has while it lives.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeEnvironmentDetail.html (ecsClusterArn); its
name is made of the environment's and a UUID.
"""

from typing import Any

from moto.ecs.models import ecs_backends

from sandbox.world.world import ACCOUNT


def _backend(region: str) -> Any:
    return ecs_backends[ACCOUNT][region]


def create(region: str, name: str, uuid: str) -> str:
    """Create the ECS cluster of a compute environment; its ARN."""
    return str(_backend(region).create_cluster(f"AWSBatch-{name}-{uuid}").arn)


def delete(region: str, arn: str) -> None:
    """Delete the ECS cluster of a compute environment, if nobody has deleted it already."""
    _backend(region).clusters.pop(arn.rpartition("/")[2], None)
