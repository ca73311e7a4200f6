"""AMIs as EC2 describes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from cloud import errors, tags
from cloud.pages import list_all
from cloud.session import Cloud
from kiln.errors import UserError
from kiln.keys.takes import Takes

AmiId = Annotated[str, Field(pattern=r"^ami-[0-9a-f]{8,17}$"), Takes("an AMI's id", "ami-0123456789abcdef0")]
ImageName = Annotated[
    str,
    Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$"),
    Takes("an image definition's name: up to 63 small letters, digits, '.', '_' and '-'", "nextflow-al2023"),
]
Arch = Literal["x86_64", "arm64"]
Family = Literal["al1", "al2", "al2023"]


@dataclass(frozen=True)
class Disk:
    """One EBS mapping of an AMI: `size` in GiB, `snapshot_id` is None for a blank volume."""

    device: str
    size: int
    snapshot_id: str | None
    encrypted: bool = False
    kms_key: str | None = None


@dataclass(frozen=True)
class MachineImage:
    """An AMI, its disks, and when it was made and deprecated (UTC)."""

    id: str
    name: str
    arch: Arch
    root_device: str
    disks: tuple[Disk, ...]
    created: datetime
    deprecated: datetime | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""
    """Its owner's alias (amazon), else the account."""

    @property
    def root(self) -> Disk:
        """The mapping of the root volume."""
        return next(disk for disk in self.disks if disk.device == self.root_device)


@dataclass(frozen=True)
class Chosen:
    """The AMI that a name stands for: which, why (in words), its family where it is known, and its build key or ""."""

    image: MachineImage
    why: str
    family: Family | None
    key: str = ""


def describe(cloud: Cloud, **query: Any) -> list[dict[str, Any]]:
    """DescribeImages, deprecated ones included; an unknown id is an empty list."""
    try:
        if "ImageIds" in query:  # AWS refuses MaxResults beside ids
            return list(cloud.ec2.describe_images(**query, IncludeDeprecated=True)["Images"])
        return list_all(cloud.ec2, "describe_images", "Images", **query, IncludeDeprecated=True)
    except Exception as error:
        if errors.code(error) in {"InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"}:
            return []
        raise


def from_description(image: dict[str, Any]) -> MachineImage:
    """Make a MachineImage of an entry of DescribeImages; raises UserError for one without an EBS root."""
    disks = tuple(
        Disk(
            mapping["DeviceName"],
            int(mapping["Ebs"].get("VolumeSize", 0)),
            mapping["Ebs"].get("SnapshotId") or None,
            bool(mapping["Ebs"].get("Encrypted", False)),
            mapping["Ebs"].get("KmsKeyId"),
        )
        for mapping in image.get("BlockDeviceMappings", [])
        if "Ebs" in mapping
    )
    if not any(disk.device == image.get("RootDeviceName") for disk in disks):
        raise UserError(
            f"{image['ImageId']} cannot be used", "its root is not an EBS volume", "Choose an EBS-backed AMI."
        )
    return MachineImage(
        image["ImageId"],
        image.get("Name", ""),
        image.get("Architecture", "x86_64"),
        image["RootDeviceName"],
        disks,
        parse_time(image["CreationDate"]),
        parse_time(image["DeprecationTime"]) if image.get("DeprecationTime") else None,
        tags.as_dict(image.get("Tags")),
        str(image.get("ImageOwnerAlias") or image.get("OwnerId") or ""),
    )


def parse_time(text: str) -> datetime:
    """Parse AWS's ISO 8601 text with Z; returns an aware UTC time."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
