"""Ask AWS for the environments of a region, and for what runs in one."""

from collections.abc import Sequence

from cloud.machine_images import MachineImage, describe, from_description
from cloud.pages import split
from cloud.session import Cloud
from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.model.region import Region
from environments.screens.catalogue import STATES, Entry, group


def list_environments(cloud: Cloud) -> list[Entry]:
    """List the environments of the region, by name; two calls, and more where there are many."""
    region = Region(cloud)
    return group(region.compute_environments, region.job_queues)


def count_jobs(cloud: Cloud, queue: str) -> dict[str, int]:
    """Count the jobs of a queue by state; ListJobs takes a single state, and keeps ended jobs for a week."""
    pages = cloud.client("batch").get_paginator("list_jobs")
    return {
        state: sum(len(page["jobSummaryList"]) for page in pages.paginate(jobQueue=queue, jobStatus=state))
        for state in STATES
    }


def count_instances(cloud: Cloud, compute: Sequence[ExistingEnvironment]) -> dict[str, int]:
    """Count the instances that have joined, by compute environment (a call for up to 100 clusters)."""
    names = {environment.cluster: environment.aws_name for environment in compute if environment.cluster}
    joined: dict[str, int] = {}
    for some in split(sorted(names), 100):
        for cluster in cloud.client("ecs").describe_clusters(clusters=some)["clusters"]:
            joined[names[cluster["clusterArn"]]] = int(cluster["registeredContainerInstancesCount"])
    return joined


def describe_images(cloud: Cloud, amis: Sequence[str]) -> dict[str, MachineImage | None]:
    """Describe the AMIs; None for an AMI that no longer exists."""
    answers = {ami: describe(cloud, ImageIds=[ami]) for ami in amis}
    return {ami: from_description(answer[0]) if answer else None for ami, answer in answers.items()}
