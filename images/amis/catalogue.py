"""Kiln's images as AWS knows them, by their tags."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cloud import tags
from cloud.session import Cloud
from images.amis import base

USABLE = ("tested", "live")  # the statuses that `latest` chooses from


@dataclass(frozen=True)
class Entry:
    """One AMI of Kiln's; `size` is the sum of its volumes in GiB."""

    id: str
    name: str
    image: str
    key: str
    status: str
    base: str
    build: str
    created: datetime
    state: str
    size: int
    inputs: str
    snapshots: tuple[str, ...]
    tags: dict[str, str]


def list_entries(cloud: Cloud, image: str | None = None) -> list[Entry]:
    """This account's AMIs that Kiln made (of one definition, when `image` is given), newest first."""
    filters = [{"Name": f"tag:{tags.IMAGE}", "Values": [image or "*"]}]
    listed = [_entry(described) for described in base.describe(cloud, Owners=["self"], Filters=filters)]
    return sorted(listed, key=lambda entry: entry.created, reverse=True)


def _entry(image: dict[str, Any]) -> Entry:
    own = tags.as_dict(image.get("Tags"))
    disks = [mapping["Ebs"] for mapping in image.get("BlockDeviceMappings", []) if "Ebs" in mapping]
    return Entry(
        image["ImageId"],
        image.get("Name", ""),
        own.get(tags.IMAGE, ""),
        own.get(tags.KEY, ""),
        own.get(tags.STATUS, ""),
        own.get(tags.BASE, ""),
        own.get(tags.BUILD, ""),
        base.parse_time(image["CreationDate"]),
        image.get("State", ""),
        sum(int(disk.get("VolumeSize", 0)) for disk in disks),
        own.get(tags.INPUTS, ""),
        tuple(disk["SnapshotId"] for disk in disks if disk.get("SnapshotId")),
        own,
    )


def find_by_key(entries: list[Entry], key: str) -> Entry | None:
    """The newest usable AMI built from exactly these inputs."""
    return next(
        (entry for entry in entries if entry.key == key and entry.status in USABLE and entry.state == "available"), None
    )
