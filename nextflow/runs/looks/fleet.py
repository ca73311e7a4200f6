"""How many machines compute environments want, and how many are ready."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cloud.pages import split
from cloud.session import Cloud
from environments.model.region import Region
from jobs.looks.queues import list_members


@dataclass(frozen=True)
class Fleet:
    """A compute environment: the vCPUs that AWS Batch wants there now, and the machines that have joined."""

    name: str
    vcpus: int
    ready: int


def look(cloud: Cloud, queues: Sequence[str]) -> list[Fleet]:
    """Look at the compute environments of these queues (their names): three calls for up to 100 of them."""
    region = Region(cloud)
    members: dict[str, dict[str, Any]] = {}
    for queue in region.job_queues:
        if queue["jobQueueName"] in queues:
            members |= {member["computeEnvironmentName"]: member for member in list_members(region, queue)}
    clusters = {str(member.get("ecsClusterArn") or ""): name for name, member in members.items()}
    ready: dict[str, int] = {}
    for some in split(sorted(filter(None, clusters)), 100):
        for cluster in cloud.client("ecs").describe_clusters(clusters=some)["clusters"]:
            ready[clusters[cluster["clusterArn"]]] = int(cluster["registeredContainerInstancesCount"])
    return [
        Fleet(name, int((member.get("computeResources") or {}).get("desiredvCpus") or 0), ready.get(name, 0))
        for name, member in members.items()
    ]
