"""What the machines of clusters have registered with Amazon ECS.

Sources: ListContainerInstances and DescribeContainerInstances (100 at once), Amazon ECS API Reference.
"""

from cloud import errors
from cloud.pages import list_all, split
from cloud.session import Cloud
from jobs.looks.machines import read_machine
from jobs.model.place import Machine


def describe(cloud: Cloud, cluster: str) -> list[Machine]:
    """Describe the machines of a cluster whose agents are connected; none of a cluster that is gone."""
    ecs = cloud.client("ecs")
    arns: list[str] = []
    if cluster:
        with errors.gone_is_fine("ClusterNotFoundException"):
            arns = list_all(ecs, "list_container_instances", "containerInstanceArns", cluster=cluster)
    answers = [ecs.describe_container_instances(cluster=cluster, containerInstances=some) for some in split(arns, 100)]
    return [
        read_machine(instance, Machine())
        for answer in answers
        for instance in answer["containerInstances"]
        if instance.get("agentConnected")
    ]


def find_memory(machines: list[Machine], instance_type: str, ami: str) -> int:
    """Find the least MiB that a machine of the type with the AMI ("": any) has registered; 0 where there is none."""
    sizes = [
        machine.memory
        for machine in machines
        if machine.type == instance_type and machine.memory and ami in ("", machine.ami)
    ]
    return min(sizes, default=0)
