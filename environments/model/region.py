"""What AWS Batch lists of a region: each list is asked for once, when it is first needed.

Source: DescribeComputeEnvironments, DescribeJobQueues and DescribeJobDefinitions, AWS Batch API Reference. What has
been deleted a moment ago may still be listed, with the status DELETED.
"""

from functools import cached_property
from typing import Any

from cloud.pages import every
from cloud.session import Cloud

Described = dict[str, Any]


class Region:
    """A region as it was when a list was first read. A later look at changed resources needs a new Region."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    @cached_property
    def compute_environments(self) -> list[Described]:
        return self._listed("describe_compute_environments", "computeEnvironments")

    @cached_property
    def job_queues(self) -> list[Described]:
        return self._listed("describe_job_queues", "jobQueues")

    @cached_property
    def job_definitions(self) -> list[Described]:
        """Every ACTIVE revision, 100 to a call. AWS Batch can be asked for all names, or for one at a time."""
        return every(self.cloud.client("batch"), "describe_job_definitions", "jobDefinitions", status="ACTIVE")

    def _listed(self, operation: str, field: str) -> list[Described]:
        listed = every(self.cloud.client("batch"), operation, field)
        return [described for described in listed if described.get("status") != "DELETED"]
