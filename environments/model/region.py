"""What AWS lists of a region, by Batch and by EC2's tags: each list is asked for once, when it is first needed.

Sources: DescribeComputeEnvironments, DescribeJobQueues and DescribeJobDefinitions, AWS Batch API Reference;
DescribeTags, Amazon EC2 API Reference. Batch may still list, with the status DELETED, what was deleted a moment ago.
"""

from functools import cached_property
from typing import Any

from cloud.pages import list_all
from cloud.session import Cloud
from environments.model import ownership

Described = dict[str, Any]


class Region:
    """A region as it was when a list was first read. A later look at changed resources needs a new Region."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self._ec2_ids: dict[str, list[Described]] = {}

    @cached_property
    def compute_environments(self) -> list[Described]:
        return self._listed("describe_compute_environments", "computeEnvironments")

    @cached_property
    def job_queues(self) -> list[Described]:
        return self._listed("describe_job_queues", "jobQueues")

    @cached_property
    def job_definitions(self) -> list[Described]:
        """Every ACTIVE revision, 100 to a call. AWS Batch can be asked for all names, or for one at a time."""
        return list_all(self.cloud.client("batch"), "describe_job_definitions", "jobDefinitions", status="ACTIVE")

    def list_ec2_ids(self, environment: str, resource_type: str) -> frozenset[str]:
        """List the ids of what carries an environment's tag: launch-template or security-group, both asked at once."""
        if environment not in self._ec2_ids:
            filters = [
                {"Name": "key", "Values": [ownership.key(environment)]},
                {"Name": "resource-type", "Values": ["launch-template", "security-group"]},
            ]
            self._ec2_ids[environment] = list_all(self.cloud.ec2, "describe_tags", "Tags", Filters=filters)
        tagged = self._ec2_ids[environment]
        return frozenset(tag["ResourceId"] for tag in tagged if tag["ResourceType"] == resource_type)

    def _listed(self, operation: str, field: str) -> list[Described]:
        listed = list_all(self.cloud.client("batch"), operation, field)
        return [described for described in listed if described.get("status") != "DELETED"]
