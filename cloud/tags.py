"""Kiln's tags: AWS is the database, so these are its columns."""

from collections.abc import Iterable, Mapping

IMAGE = "kiln:image"  # the definition's name
KEY = "kiln:key"  # the build key, SHA-256 hex
BUILD = "kiln:build"  # one run of build-ami
EXPIRES = "kiln:expires"  # UTC, ISO 8601: after it, `clean` may delete the resource
STATUS = "kiln:status"  # candidate → tested → live → retired
BASE = "kiln:base"  # the base AMI's id
FAMILY = "kiln:family"  # al1, al2 or al2023
GPU = "kiln:gpu"  # nvidia or none: whether the AMI has NVIDIA's driver, where that is known
CARRIES = "kiln:carries"  # provisioner=digest …: what the AMI brings, and a launch template need not deliver again
DOCKER_STORAGE = "kiln:docker-storage"  # the driver of its definition: what the AMI expects of a machine's disks
TEMPLATE = "kiln:launch-template"  # the definition's name, on the template and on what it launches
INPUTS = "kiln:inputs"  # short digests of what went into the key, by name: says which one changed
STORAGE = "kiln:storage"  # the instance that added this volume to its own storage

Tags = Mapping[str, str]


def as_list(tags: Tags) -> list[dict[str, str]]:
    """[{"Key": …, "Value": …}], as most AWS calls want them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def as_dict(tags: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """AWS's list of tags as name → value."""
    return {tag["Key"]: tag["Value"] for tag in tags or ()}


def make_specifications(tags: Tags, *resource_types: str) -> list[dict[str, object]]:
    """TagSpecifications: tagged at creation, so that nothing exists untagged for even a moment."""
    return [{"ResourceType": kind, "Tags": as_list(tags)} for kind in resource_types]


def pack(values: Mapping[str, str]) -> str:
    """Names and short values as one tag value (AWS allows 256 characters), in the order of the names."""
    return " ".join(f"{name}={value}" for name, value in sorted(values.items()))


def unpack(text: str) -> dict[str, str]:
    """Read the names and values that `pack` wrote."""
    return dict(part.split("=", 1) for part in text.split() if "=" in part)
