"""Clusters, container instances and tasks by short name, id or ARN, as ECS takes any of them.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeContainerInstances.html ("If you do not
specify a cluster, the default cluster is assumed"), …/API_DescribeTasks.html
"""

import secrets
from typing import Any

from sandbox.ecs.model.errors import ClusterNotFoundException, InvalidParameterException
from sandbox.ecs.model.records import ContainerInstance, Task
from sandbox.ecs.model.tables import Cluster, Records

DEFAULT = "default"


def make_id() -> str:
    """Make the id of a task or a container instance: 32 hexadecimal digits without dashes, as agents need them."""
    return secrets.token_hex(16)


def read_cluster_name(named: Any) -> str:
    return str(named or DEFAULT).rpartition("/")[2]


def find_cluster(records: Records, named: Any) -> Cluster:
    """Find an active cluster; refused when there is none."""
    cluster = records.clusters.get(read_cluster_name(named))
    if cluster is None or cluster.status != "ACTIVE":
        raise ClusterNotFoundException("Cluster not found.")
    return cluster


def find_instance(records: Records, cluster: Cluster, named: Any) -> ContainerInstance | None:
    """Find a container instance of the cluster; None when there is none."""
    found = records.instances.get(_make_arn(records, cluster, "container-instance", named))
    return found if found and found.cluster_arn == cluster.arn else None


def get_instance(records: Records, cluster: Cluster, named: Any) -> ContainerInstance:
    """Find a container instance of the cluster; refused when there is none."""
    found = find_instance(records, cluster, named)
    if found is None:
        raise InvalidParameterException("Referenced container instance " + str(named) + " not found.")
    return found


def find_task(records: Records, cluster: Cluster, named: Any) -> Task | None:
    """Find a task of the cluster; None when there is none."""
    found = records.tasks.get(_make_arn(records, cluster, "task", named))
    return found if found and found.cluster_arn == cluster.arn else None


def _make_arn(records: Records, cluster: Cluster, kind: str, named: Any) -> str:
    text = str(named)
    return text if text.startswith("arn:") else records.arn(kind, f"{cluster.name}/{text.rpartition('/')[2]}")
