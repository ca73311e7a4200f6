"""Clusters: made, shown, deleted; and the ECS cluster that every compute environment of Batch has while it lives.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html ("up to 255 letters …,
numbers, underscores, and hyphens"), …/API_DescribeClusters.html, …/API_DeleteCluster.html ("you must deregister all
container instances from this cluster before you may delete it")
"""

import re

from sandbox.ecs.instances import views
from sandbox.ecs.model import names, tables
from sandbox.ecs.model.caller import Caller
from sandbox.ecs.model.errors import (
    ClusterContainsContainerInstancesException,
    ClusterContainsTasksException,
    InvalidParameterException,
)
from sandbox.ecs.model.records import ContainerInstance, Fields
from sandbox.ecs.model.tables import Cluster, Records

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_NO_CAPACITY = ("capacityProviders", "defaultCapacityProviderStrategy", "serviceConnectDefaults", "configuration")


def create(records: Records, request: Fields, _: Caller) -> Fields:
    """Make a cluster; one that there is already is shown as it is."""
    name = request.get("clusterName") or names.DEFAULT
    if not _NAME.fullmatch(name):
        raise InvalidParameterException("Invalid identifier: Identifier is not valid: " + name)
    if any(request.get(field) for field in _NO_CAPACITY):
        raise NotImplementedError("clusters with capacity providers, Service Connect or a configuration")
    tags = {tag["key"]: tag.get("value", "") for tag in request.get("tags") or []}
    return {"cluster": _render(records, _make(records, name, tags, request.get("settings") or []))}


def _make(records: Records, name: str, tags: dict[str, str], settings: list[Fields]) -> Cluster:
    present = records.clusters.get(name)
    if present is None or present.status != "ACTIVE":
        present = records.clusters[name] = Cluster(name, records.arn("cluster", name), tags, settings)
    return present


def describe(records: Records, request: Fields, _: Caller) -> Fields:
    shown, failures = [], []
    for named in request.get("clusters") or [names.DEFAULT]:
        cluster = records.clusters.get(names.read_cluster_name(named))
        if cluster is None:
            arn = records.arn("cluster", names.read_cluster_name(named))
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            shown.append(_render(records, cluster, request.get("include") or ()))
    return {"clusters": shown, "failures": failures}


def list_clusters(records: Records, _request: Fields, _: Caller) -> Fields:
    return {"clusterArns": [cluster.arn for cluster in records.clusters.values() if cluster.status == "ACTIVE"]}


def delete(records: Records, request: Fields, _: Caller) -> Fields:
    cluster = names.find_cluster(records, request["cluster"])
    if _list_instances(records, cluster):
        raise ClusterContainsContainerInstancesException(
            "The Cluster cannot be deleted while Container Instances are active or draining."
        )
    if any(t.cluster_arn == cluster.arn and t.last_status != "STOPPED" for t in records.tasks.values()):
        raise ClusterContainsTasksException("The Cluster cannot be deleted while Tasks are active.")
    del records.clusters[cluster.name]
    cluster.status = "INACTIVE"
    return {"cluster": _render(records, cluster)}


def _list_instances(records: Records, cluster: Cluster) -> list[ContainerInstance]:
    known = records.instances.values()
    return [i for i in known if i.cluster_arn == cluster.arn and i.status != "INACTIVE"]


def _render(records: Records, cluster: Cluster, include: tuple[str, ...] = ()) -> Fields:
    instances = _list_instances(records, cluster)
    return {
        "clusterArn": cluster.arn,
        "clusterName": cluster.name,
        "status": cluster.status,
        "registeredContainerInstancesCount": len(instances),
        "runningTasksCount": sum(views.count(instance, "RUNNING") for instance in instances),
        "pendingTasksCount": sum(views.count(instance, "PENDING") for instance in instances),
        "activeServicesCount": 0,
        "statistics": [],
        "tags": [{"key": k, "value": v} for k, v in cluster.tags.items()] if "TAGS" in include else [],
        "settings": cluster.settings or [{"name": "containerInsights", "value": "disabled"}],
        "capacityProviders": [],
        "defaultCapacityProviderStrategy": [],
    }


def create_for_batch(region: str, name: str) -> str:
    """Create the cluster of a compute environment; its ARN."""
    return _make(tables.of(region), name, {}, []).arn


def delete_for_batch(region: str, arn: str) -> None:
    """Delete the cluster of a compute environment, if nobody has deleted it already."""
    cluster = tables.of(region).clusters.pop(names.read_cluster_name(arn), None)
    if cluster is not None:
        cluster.status = "INACTIVE"
