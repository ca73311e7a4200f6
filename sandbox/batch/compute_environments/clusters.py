"""The ECS cluster that every compute environment has while it lives.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeEnvironmentDetail.html (ecsClusterArn); its
name is made of the environment's and a UUID.
"""

from sandbox.ecs import clusters


def create(region: str, name: str, uuid: str) -> str:
    """Create the ECS cluster of a compute environment; its ARN."""
    return clusters.create_for_batch(region, f"AWSBatch-{name}-{uuid}")


def delete(region: str, arn: str) -> None:
    """Delete the ECS cluster of a compute environment, if nobody has deleted it already."""
    clusters.delete_for_batch(region, arn)
