"""KMS keys that the volumes of a compute environment's machines are encrypted with."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from environments.doctor.facts.compute_environments import Described, Templates, images_of, template_data


@dataclass(frozen=True)
class Key:
    """A customer's key; `allows` are the principals of its policy and of its grants. `state` is AWS's KeyState, or
    "missing" for a key that does not exist."""

    arn: str
    state: str
    allows: frozenset[str]


@dataclass(frozen=True)
class Keys:
    """Customers' keys as resources name them, and the key of every encrypted snapshot (snapshot id → key).

    AWS's own keys need no permission, and are left out of `by_name`.
    """

    by_name: Mapping[str, Key] = field(default_factory=dict)
    of_snapshots: Mapping[str, str] = field(default_factory=dict)


def keys_of(
    environment: Described, templates: Templates, images: Mapping[str, Described], of_snapshots: Mapping[str, str]
) -> tuple[str, ...]:
    """List the KMS keys that its machines need: of its AMIs' snapshots, and of its launch template's volumes (pure)."""
    snapshots = encrypted_snapshots(images[ami] for ami in images_of(environment, templates) if ami in images)
    disks = template_data(environment, templates).get("BlockDeviceMappings") or ()
    keys = {of_snapshots[snapshot] for snapshot in snapshots if snapshot in of_snapshots}
    return tuple(
        sorted(keys | {str(disk["Ebs"]["KmsKeyId"]) for disk in disks if (disk.get("Ebs") or {}).get("KmsKeyId")})
    )


def encrypted_snapshots(images: Iterable[Described]) -> Iterator[str]:
    """List the ids of the AMIs' snapshots that are encrypted."""
    for image in images:
        for disk in image.get("BlockDeviceMappings") or ():
            volume = disk.get("Ebs") or {}
            if volume.get("Encrypted") and volume.get("SnapshotId"):
                yield str(volume["SnapshotId"])
