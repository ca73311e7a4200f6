"""Where jobs run: container instances and tasks of Amazon ECS, their machines in EC2, their compute environments.

Sources: DescribeContainerInstances and DescribeTasks, Amazon ECS API Reference; DescribeInstances (instanceLifecycle),
Amazon EC2 API Reference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cloud import errors
from cloud.pages import list_all, split
from cloud.session import Cloud
from jobs.model.place import Machine, TaskTimes

_AT_ONCE = 100
_VALUES = 200  # of one filter: "Filter your resources", Amazon EC2 User Guide
Described = Mapping[str, Any]


def describe(cloud: Cloud, arns: Sequence[str], environments: Sequence[Described]) -> dict[str, Machine]:
    """Describe the machines behind ARNs of container instances, by ARN; `environments` are the region's."""
    machines = {arn: _of_cluster(arn, environments) for arn in arns if arn}
    for cluster, some in _by_cluster([arn for arn in arns if arn]).items():
        for instance in _container_instances(cloud, cluster, some):
            arn = instance["containerInstanceArn"]
            machines[arn] = read_machine(instance, machines.get(arn, Machine()))
    instances = _instances(cloud, sorted({machine.instance for machine in machines.values() if machine.instance}))
    return {arn: replace(machine, **_ec2(machine, instances)) for arn, machine in machines.items()}


def _container_instances(cloud: Cloud, cluster: str, arns: Sequence[str]) -> list[Described]:
    """Those that ECS still knows; none of a cluster that is gone."""
    ecs = cloud.client("ecs")
    instances: list[Described] = []
    with errors.gone_is_fine("ClusterNotFoundException", "InvalidParameterException"):
        for some in split(arns, _AT_ONCE):
            answer = ecs.describe_container_instances(cluster=cluster, containerInstances=some)
            instances += answer["containerInstances"]
    return instances


def read_machine(instance: Described, about: Machine) -> Machine:
    """Read a container instance, on top of what is known of it by its cluster (pure)."""
    registered = {resource["name"]: resource for resource in instance.get("registeredResources") or ()}
    attributes = {attribute["name"]: attribute.get("value") or "" for attribute in instance.get("attributes") or ()}
    versions = instance.get("versionInfo") or {}
    return replace(
        about, instance=instance.get("ec2InstanceId") or "", type=attributes.get("ecs.instance-type", ""),
        zone=attributes.get("ecs.availability-zone", ""), agent=versions.get("agentVersion") or "",
        docker=(versions.get("dockerVersion") or "").removeprefix("DockerVersion: "),
        vcpus=int((registered.get("CPU") or {}).get("integerValue") or 0) // 1024,
        memory=int((registered.get("MEMORY") or {}).get("integerValue") or 0),
        ami=attributes.get("ecs.ami-id", ""), known=True,
    )  # fmt: skip


def _of_cluster(arn: str, environments: Sequence[Described]) -> Machine:
    """What the cluster's name in the ARN tells; the old form of the ARN does not name it."""
    cluster = _cluster(arn)
    for environment in environments:
        if cluster and str(environment.get("ecsClusterArn") or "").rpartition("/")[2] == cluster:
            market = (environment.get("computeResources") or {}).get("type")
            return Machine(environment=environment["computeEnvironmentName"], spot=market == "SPOT" if market else None)
    return Machine(environment=cluster.partition("_Batch_")[0])


def _cluster(arn: str) -> str:
    parts = arn.split("/")
    return parts[1] if len(parts) == 3 else ""


def _by_cluster(arns: Sequence[str]) -> dict[str, list[str]]:
    clusters: dict[str, list[str]] = {}
    for arn in dict.fromkeys(arns):
        if cluster := _cluster(arn):
            clusters.setdefault(cluster, []).append(arn)
    return clusters


def _instances(cloud: Cloud, ids: Sequence[str]) -> dict[str, Described]:
    """Instances by id, as many to a call as a filter takes; those that EC2 has forgotten are left out."""
    instances: dict[str, Described] = {}
    for some in split(ids, _VALUES):
        filters = [{"Name": "instance-id", "Values": some}]
        for group in list_all(cloud.ec2, "describe_instances", "Reservations", Filters=filters):
            instances |= {instance["InstanceId"]: instance for instance in group["Instances"]}
    return instances


def _ec2(machine: Machine, instances: Mapping[str, Described]) -> dict[str, Any]:
    """What EC2 knows better: an instance's type and zone, and whether it is a Spot one (pure)."""
    instance = instances.get(machine.instance)
    if instance is None:
        return {}
    zone = (instance.get("Placement") or {}).get("AvailabilityZone") or machine.zone
    spot = instance.get("InstanceLifecycle") == "spot"
    return {"type": instance["InstanceType"], "zone": zone, "spot": spot, "ami": instance.get("ImageId") or machine.ami}


def describe_times(cloud: Cloud, tasks: Sequence[str]) -> dict[str, TaskTimes]:
    """Describe when tasks were placed, pulled and run, by ARN; those alone that ECS still knows."""
    times: dict[str, TaskTimes] = {}
    for cluster, some in _by_cluster([task for task in tasks if task]).items():
        query = {"cluster": cluster, "tasks": some[-_AT_ONCE:]}
        codes = ("ClusterNotFoundException", "InvalidParameterException")
        answer = errors.or_none(cloud.client("ecs").describe_tasks, *codes, **query) or {}
        for task in answer.get("tasks") or ():
            times[task["taskArn"]] = TaskTimes(
                task.get("createdAt"), task.get("pullStartedAt"), task.get("pullStoppedAt"), task.get("startedAt"),
                task.get("stoppedAt"),
            )  # fmt: skip
    return times
