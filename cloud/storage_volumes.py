"""Volumes that machines added to their own storage, where nobody uses them any more."""

from collections.abc import Mapping, Sequence
from typing import Any

from cloud import tags
from cloud.pages import list_all
from cloud.session import Cloud

ENDED = frozenset({"terminated", "shutting-down"})
"""The states of an instance that has ended, or is about to."""


def list_unattached(cloud: Cloud) -> list[dict[str, Any]]:
    """List the EBS volumes with the tag kiln:storage that are attached to nothing, as EC2 describes them."""
    filters = [{"Name": "tag-key", "Values": [tags.STORAGE]}, {"Name": "status", "Values": ["available", "error"]}]
    return list_all(cloud.ec2, "describe_volumes", "Volumes", Filters=filters)


def read_owner(volume: Mapping[str, Any]) -> str:
    """Read the id of the instance that added a volume."""
    return tags.as_dict(volume.get("Tags")).get(tags.STORAGE, "")


def list_living_owners(cloud: Cloud, volumes: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """List the owners of volumes that have not ended, by id. EC2 is asked by a filter, which takes unknown ids."""
    if not volumes:
        return frozenset()
    filters = [{"Name": "instance-id", "Values": sorted({read_owner(volume) for volume in volumes})}]
    reservations = list_all(cloud.ec2, "describe_instances", "Reservations", Filters=filters)
    listed = [instance for reservation in reservations for instance in reservation["Instances"]]
    return frozenset(instance["InstanceId"] for instance in listed if instance["State"]["Name"] not in ENDED)
