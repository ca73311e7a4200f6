"""What earlier builds left behind: known by its tags, shown first, removed with --apply."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from cloud import errors, storage_volumes, tags
from cloud.pages import list_all
from cloud.session import Cloud
from images.amis.base import parse_time
from images.builder import imaging, instances, ssh_access
from kiln.journal import list_dead_builds

Resource = dict[str, Any]  # as EC2 describes it
_FILTER = [{"Name": "tag-key", "Values": [tags.BUILD]}]


@dataclass(frozen=True)
class Leftover:
    """One resource that no living build needs: `kind` and `why` for people, `remove` does it."""

    kind: str
    id: str
    build: str
    why: str
    remove: Callable[[], None]


def find(cloud: Cloud, root: Path, now: datetime | None = None) -> list[Leftover]:
    """Leftovers in the order in which they can be removed: machines, volumes, AMIs, snapshots, keys, groups, files.

    A resource is one when its build's process (of this computer) is gone, or its kiln:expires has passed. AMIs that
    were tested are none: they are the result. A volume of growing storage is one when its instance is gone.
    """
    dead = list_dead_builds(root)
    now = now or datetime.now(UTC)

    judge = partial(_judge, cloud, dead, now)
    volumes = [volume for volume in _pages(cloud, "describe_volumes", "Volumes") if volume["State"] == "available"]
    amis = _pages(cloud, "describe_images", "Images", Owners=["self"])
    used = {snapshot for ami in amis for snapshot in imaging.list_snapshots(ami)}
    snapshots = _pages(cloud, "describe_snapshots", "Snapshots", OwnerIds=["self"])
    # A build that ends well takes kiln:expires off its AMI, be it tested or (--no-test) a candidate.
    unfinished = [ami for ami in amis if tags.EXPIRES in tags.as_dict(ami.get("Tags"))]
    unused = [snapshot for snapshot in snapshots if snapshot["SnapshotId"] not in used]
    key_pairs = cloud.ec2.describe_key_pairs(Filters=_FILTER)["KeyPairs"]
    groups = _pages(cloud, "describe_security_groups", "SecurityGroups")
    return [
        *judge("instance", "InstanceId", _instances(cloud), instances.terminate),
        *judge("volume", "VolumeId", volumes, _delete_volume),
        *_storage(cloud, now),
        *judge("AMI", "ImageId", unfinished, imaging.deregister),
        *judge("snapshot", "SnapshotId", unused, imaging.delete_snapshot),
        *judge("key pair", "KeyName", key_pairs, _delete_key),
        *judge("security group", "GroupId", groups, ssh_access.delete_group),
        *_files(root, dead),
    ]


def _judge(
    cloud: Cloud, dead: set[str], now: datetime,
    kind: str, field: str, resources: list[Resource], remove: Callable[[Cloud, str], None],
) -> list[Leftover]:  # fmt: skip
    """List those of the resources that no living build needs; `field` holds their id, `remove` deletes by it."""
    return [
        Leftover(kind, resource[field], own.get(tags.BUILD, ""), why, _remover(remove, cloud, resource[field]))
        for resource in resources
        if (why := _why(own := tags.as_dict(resource.get("Tags")), dead, now))
    ]


def _why(own: dict[str, str], dead: set[str], now: datetime) -> str:
    if own.get(tags.BUILD) in dead:
        return "its build has ended"
    expires = own.get(tags.EXPIRES)
    if expires and parse_time(expires) < now:
        return f"expired {expires}"
    return ""


def _storage(cloud: Cloud, now: datetime) -> Iterable[Leftover]:
    """Volumes that machines added to their own storage, are attached to nothing, and have nobody left to use them."""
    volumes = storage_volumes.list_unattached(cloud)
    alive = storage_volumes.list_living_owners(cloud, volumes)
    for volume in volumes:
        owner, expires = storage_volumes.read_owner(volume), tags.as_dict(volume["Tags"]).get(tags.EXPIRES)
        why = "" if owner in alive else f"its instance {owner} is gone"
        if not why and expires and parse_time(expires) < now:
            why = f"{owner} has not attached it, expired {expires}"
        if why:
            id_ = volume["VolumeId"]
            yield Leftover("storage volume", id_, owner, why, _remover(_delete_volume, cloud, id_))


def _instances(cloud: Cloud) -> list[dict[str, Any]]:
    listed = [
        instance
        for reservation in _pages(cloud, "describe_instances", "Reservations")
        for instance in reservation["Instances"]
    ]
    return [instance for instance in listed if instance["State"]["Name"] not in storage_volumes.ENDED]


def _pages(cloud: Cloud, operation: str, field: str, **query: Any) -> list[dict[str, Any]]:
    return list_all(cloud.ec2, operation, field, Filters=_FILTER, **query)


def _remover(action: Callable[[Cloud, str], None], cloud: Cloud, id_: str) -> Callable[[], None]:
    return lambda: action(cloud, id_)


def _delete_key(cloud: Cloud, name: str) -> None:
    cloud.ec2.delete_key_pair(KeyName=name)


def _delete_volume(cloud: Cloud, volume: str) -> None:
    with errors.gone_is_fine():
        cloud.ec2.delete_volume(VolumeId=volume)


def _files(root: Path, dead: set[str]) -> Iterable[Leftover]:
    """Private keys of kept builders."""
    for path in sorted(root.glob("*/*/kept.json")):
        kept = json.loads(path.read_text())
        if kept["build"] in dead:
            yield Leftover(
                "kept key", str(path.parent / "key"), kept["build"], "its build has ended", _file_remover(path)
            )


def _file_remover(path: Path) -> Callable[[], None]:
    def remove() -> None:
        (path.parent / "key").unlink(missing_ok=True)
        path.unlink(missing_ok=True)

    return remove
