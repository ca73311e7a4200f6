"""Laws of ECS's container instances: what the agent says of itself is kept, and it is connected while its machine runs.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterContainerInstance.html (versionInfo,
totalResources), https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-instances.html ("If you stop (not
terminate) an Amazon ECS container instance, the status remains ACTIVE, but the agent connection status transitions to
FALSE within a few minutes").
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.ecs.responses import EC2ContainerServiceResponse

from sandbox.world.world import ACCOUNT, current


class Ecs(EC2ContainerServiceResponse):
    def register_container_instance(self) -> ActionResult:
        result = super().register_container_instance()
        made: Any = result.result
        instance = made["containerInstance"]
        asked = self.params
        if asked.get("versionInfo"):
            instance.version_info = asked["versionInfo"]
        if asked.get("totalResources"):
            instance.registered_resources = asked["totalResources"]
            instance.remaining_resources = [dict(resource) for resource in asked["totalResources"]]
        return result

    def describe_container_instances(self) -> ActionResult:
        current().settle()
        result = super().describe_container_instances()
        answer: Any = result.result
        for instance in answer["containerInstances"]:
            instance.agent_connected = _runs(self.region, instance.ec2_instance_id)
        return result


def _runs(region: str, instance_id: str) -> bool:
    reservations = ec2_backends[ACCOUNT][region].reservations.values()
    return any(
        instance.id == instance_id and instance.state == "running"
        for reservation in reservations
        for instance in reservation.instances
    )
