"""Environments as AWS knows them: found by their tags on compute environments and queues."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cloud.machine_images import MachineImage, describe, from_description
from cloud.pages import parts
from cloud.session import Cloud
from environments.kinds.batch import compute_environments, job_queues
from environments.kinds.batch.compute_environments import ExistingEnvironment
from environments.kinds.batch.job_queues import ExistingQueue
from environments.model import ownership
from environments.model.region import Region

# The states of a job, in their order (AWS Batch User Guide, "Job states").
STATES = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED")


@dataclass(frozen=True)
class Entry:
    """One environment of the region: its compute environments and queues by name, and the AMIs it runs."""

    name: str
    compute: tuple[ExistingEnvironment, ...]
    queues: tuple[ExistingQueue, ...]
    amis: tuple[str, ...]
    previous: tuple[str, ...]

    @property
    def healthy(self) -> bool:
        compute = all(environment.status == "VALID" for environment in self.compute)
        return compute and all(queue.status == "VALID" for queue in self.queues)


def entries(cloud: Cloud) -> list[Entry]:
    """Every environment of the region, by name; two calls, and more where there are many."""
    region = Region(cloud)
    return group(region.compute_environments, region.job_queues)


def group(described: Sequence[dict[str, Any]], queues: Sequence[dict[str, Any]]) -> list[Entry]:
    """Compute environments and queues as Batch describes them, by the environment whose tag they carry (pure)."""
    names = {name for each in (*described, *queues) for name in ownership.users(each.get("tags") or {})}
    return [_entry(name, described, queues) for name in sorted(names)]


def _entry(name: str, described: Sequence[dict[str, Any]], queues: Sequence[dict[str, Any]]) -> Entry:
    own = [each for each in described if ownership.carries(each, name)]
    compute = [compute_environments.described(each, compute_environments.definition_name(each)) for each in own]
    names = {each["computeEnvironmentArn"]: each["computeEnvironmentName"] for each in described}
    mine = [job_queues.described(each, names) for each in queues if ownership.carries(each, name)]
    memories = [ownership.memory(each.tags, name) for each in compute]
    return Entry(
        name,
        tuple(sorted(compute, key=lambda each: each.name)),
        tuple(sorted(mine, key=lambda each: each.name)),
        tuple(sorted({each.fields["imageIdOverride"] for each in compute if each.fields["imageIdOverride"]})),
        tuple(sorted({each.previous for each in memories if each.previous})),
    )


def jobs(cloud: Cloud, queue: str) -> dict[str, int]:
    """How many jobs of a queue are in each state; ListJobs takes one state at a time, and keeps ended jobs a week."""
    pages = cloud.client("batch").get_paginator("list_jobs")
    return {
        state: sum(len(page["jobSummaryList"]) for page in pages.paginate(jobQueue=queue, jobStatus=state))
        for state in STATES
    }


def instances(cloud: Cloud, compute: Sequence[ExistingEnvironment]) -> dict[str, int]:
    """How many instances have joined, by compute environment (one call for up to 100 clusters)."""
    clusters = {each.cluster: each.aws_name for each in compute if each.cluster}
    found: dict[str, int] = {}
    for some in parts(sorted(clusters), 100):
        for each in cloud.client("ecs").describe_clusters(clusters=some)["clusters"]:
            found[clusters[each["clusterArn"]]] = int(each["registeredContainerInstancesCount"])
    return found


def images(cloud: Cloud, amis: Sequence[str]) -> dict[str, MachineImage | None]:
    """The AMIs as EC2 describes them; None for one that is gone."""
    found = {each: describe(cloud, ImageIds=[each]) for each in amis}
    return {ami: from_description(each[0]) if each else None for ami, each in found.items()}
