"""What earlier builds left behind: found by tags, shown first, removed with --apply."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cloud import errors, tags
from cloud.session import Cloud
from images import imaging, instances, launch
from images.base import moment
from kiln.journal import dead_builds

_FILTER = [{"Name": "tag-key", "Values": [tags.BUILD]}]
_ENDED = {"terminated", "shutting-down"}


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
    were tested are none: they are the result.
    """
    dead = dead_builds(root)
    now = now or datetime.now(UTC)

    def judged(kind: str, id_: str, own: dict[str, str], remove: Callable[[], None]) -> Iterable[Leftover]:
        why = _why(own, dead, now)
        if why:
            yield Leftover(kind, id_, own.get(tags.BUILD, ""), why, remove)

    found: list[Leftover] = []
    for each in _instances(cloud):
        found += judged(
            "instance",
            each["InstanceId"],
            tags.as_dict(each.get("Tags")),
            _remover(instances.terminate, cloud, each["InstanceId"]),
        )
    for each in _pages(cloud, "describe_volumes", "Volumes"):
        if each["State"] == "available":
            found += judged(
                "volume",
                each["VolumeId"],
                tags.as_dict(each.get("Tags")),
                _remover(_delete_volume, cloud, each["VolumeId"]),
            )
    used: set[str] = set()
    for each in _pages(cloud, "describe_images", "Images", Owners=["self"]):
        own = tags.as_dict(each.get("Tags"))
        if own.get(tags.STATUS) in {"tested", "live", "retired"} or own.get("kiln:keep"):
            used |= set(imaging.snapshots_of(each))
        else:
            found += judged("AMI", each["ImageId"], own, _remover(imaging.deregister, cloud, each["ImageId"]))
            used |= set(imaging.snapshots_of(each))
    for each in _pages(cloud, "describe_snapshots", "Snapshots", OwnerIds=["self"]):
        if each["SnapshotId"] not in used:
            found += judged(
                "snapshot",
                each["SnapshotId"],
                tags.as_dict(each.get("Tags")),
                _remover(imaging.delete_snapshot, cloud, each["SnapshotId"]),
            )
    for each in cloud.ec2.describe_key_pairs(Filters=_FILTER)["KeyPairs"]:
        found += judged(
            "key pair", each["KeyName"], tags.as_dict(each.get("Tags")), _remover(_delete_key, cloud, each["KeyName"])
        )
    for each in _pages(cloud, "describe_security_groups", "SecurityGroups"):
        found += judged(
            "security group",
            each["GroupId"],
            tags.as_dict(each.get("Tags")),
            _remover(launch.delete_group, cloud, each["GroupId"]),
        )
    return found + list(_files(root, dead))


def _why(own: dict[str, str], dead: set[str], now: datetime) -> str:
    if own.get(tags.BUILD) in dead:
        return "its build has ended"
    expires = own.get(tags.EXPIRES)
    if expires and moment(expires) < now:
        return f"expired {expires}"
    return ""


def _instances(cloud: Cloud) -> list[dict[str, Any]]:
    reservations = _pages(cloud, "describe_instances", "Reservations")
    return [i for reservation in reservations for i in reservation["Instances"] if i["State"]["Name"] not in _ENDED]


def _pages(cloud: Cloud, operation: str, field: str, **query: Any) -> list[dict[str, Any]]:
    pages = cloud.ec2.get_paginator(operation).paginate(Filters=_FILTER, **query)
    return [each for page in pages for each in page[field]]


def _remover(action: Callable[[Cloud, str], None], cloud: Cloud, id_: str) -> Callable[[], None]:
    return lambda: action(cloud, id_)


def _delete_key(cloud: Cloud, name: str) -> None:
    cloud.ec2.delete_key_pair(KeyName=name)


def _delete_volume(cloud: Cloud, volume: str) -> None:
    try:
        cloud.ec2.delete_volume(VolumeId=volume)
    except Exception as error:
        if not errors.is_not_found(error):
            raise


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
