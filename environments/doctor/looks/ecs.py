"""Looks at Amazon ECS: the machines that have joined the clusters of compute environments, and their agents."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cloud import errors
from cloud.pages import list_all, split
from cloud.session import Cloud
from environments.doctor.facts.compute_environments import Described, resources
from environments.doctor.facts.machines import Agents, Machine
from images.spec.bases import ALIASES

_AT_ONCE = 100  # DescribeContainerInstances
_ALIASES = {"ECS_AL2023": "ecs/al2023", "ECS_AL2": "ecs/al2",
            "ECS_AL2023_NVIDIA": "ecs/al2023-gpu", "ECS_AL2_NVIDIA": "ecs/al2-gpu"}  # fmt: skip


def describe_agents(cloud: Cloud, environments: Sequence[Described]) -> Agents:
    """Describe the machines as ECS knows them, and where there are any, the agent of the newest AMI of their kind."""
    ecs = cloud.client("ecs")
    clusters = [str(environment["ecsClusterArn"]) for environment in environments if environment.get("ecsClusterArn")]
    machines = tuple(machine for cluster in clusters for machine in _machines(ecs, cluster))
    return Agents(machines, _newest_agents(cloud, environments) if machines else {})


def _machines(ecs: Any, cluster: str) -> list[Machine]:
    """The machines of a cluster; none where somebody has deleted it."""
    arns: list[str] = []
    with errors.gone_is_fine("ClusterNotFoundException"):
        arns = list_all(ecs, "list_container_instances", "containerInstanceArns", cluster=cluster)
    answers = [
        ecs.describe_container_instances(cluster=cluster, containerInstances=some) for some in split(arns, _AT_ONCE)
    ]
    return [_machine(instance, cluster) for answer in answers for instance in answer["containerInstances"]]


def _machine(instance: Mapping[str, Any], cluster: str) -> Machine:
    registered = {resource["name"]: resource for resource in instance.get("registeredResources") or ()}
    attributes = {attribute["name"]: attribute.get("value", "") for attribute in instance.get("attributes") or ()}
    version = (instance.get("versionInfo") or {}).get("agentVersion", "")
    memory = int((registered.get("MEMORY") or {}).get("integerValue") or 0)
    instance_type, connected = attributes.get("ecs.instance-type", ""), bool(instance.get("agentConnected"))
    arn = str(instance.get("containerInstanceArn", ""))
    return Machine(instance["ec2InstanceId"], instance_type, version, connected, memory, cluster, arn)


def _newest_agents(cloud: Cloud, environments: Sequence[Described]) -> dict[str, str]:
    """Image type → ecs_agent_version of the recommended AMI (public SSM parameters), in one call."""
    configurations = [entry for environment in environments
                      for entry in resources(environment).get("ec2Configuration") or ()]  # fmt: skip
    image_types = {entry.get("imageType") for entry in configurations} & _ALIASES.keys()
    names = {ALIASES[_ALIASES[image_type]].parameter: image_type for image_type in image_types}
    if not names:
        return {}
    parameters = cloud.client("ssm").get_parameters(Names=sorted(names))["Parameters"]
    return {
        names[parameter["Name"]]: str(json.loads(parameter["Value"]).get("ecs_agent_version", ""))
        for parameter in parameters
    }
