"""The base AMI: found by alias, id, or owner and name."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cloud import errors
from cloud.session import Cloud
from images import bases
from images.spec import ImageSpec
from kiln.errors import UserError
from provision.recipe import Arch


@dataclass(frozen=True)
class BaseDisk:
    """One EBS mapping of an AMI: `size` in GiB, `snapshot_id` is None for a blank volume."""

    device: str
    size: int
    snapshot_id: str | None
    encrypted: bool = False
    kms_key: str | None = None


@dataclass(frozen=True)
class BaseImage:
    id: str
    name: str
    arch: Arch
    root_device: str
    disks: tuple[BaseDisk, ...]
    created: datetime
    deprecated: datetime | None = None

    @property
    def root(self) -> BaseDisk:
        return next(disk for disk in self.disks if disk.device == self.root_device)


def find(cloud: Cloud, spec: ImageSpec) -> BaseImage:
    """The base AMI of a definition as AWS knows it now; raises UserError when there is none or it does not fit."""
    base = spec.base
    if base.ssm:
        images = describe(cloud, ImageIds=[_from_parameter(cloud, base.ssm)])
    elif base.ami:
        images = describe(cloud, ImageIds=[base.ami])
    else:
        filters = [{"Name": "name", "Values": [base.name]}, {"Name": "state", "Values": ["available"]}]
        images = describe(cloud, Owners=[base.owner], Filters=filters)
    if not images:
        raise UserError(
            f"no base AMI was found in {cloud.region}",
            f"base {base.ssm or base.ami or f'{base.name} of owner {base.owner}'} matches nothing",
            "Check the region (AMI ids differ between regions), the owner and the name filter.",
        )
    found = from_description(max(images, key=lambda image: image["CreationDate"]))
    if base.ssm and found.arch != spec.arch:
        raise UserError(f"{found.id} is {found.arch}, but {base.ssm} should be {spec.arch}")
    return found


def _from_parameter(cloud: Cloud, alias: str) -> str:
    parameter = bases.ALIASES[alias].parameter
    try:
        answer = cloud.client("ssm").get_parameter(Name=parameter)
    except Exception as error:
        if not errors.is_not_found(error):
            raise
        raise UserError(
            f"{alias} has no AMI in {cloud.region}",
            f"the SSM parameter {parameter} does not exist",
            "Try another region.",
        ) from error
    return str(json.loads(answer["Parameter"]["Value"])["image_id"])


def describe(cloud: Cloud, **query: Any) -> list[dict[str, Any]]:
    """DescribeImages, deprecated ones included; an unknown id is an empty list."""
    try:
        paginator = cloud.ec2.get_paginator("describe_images")
        pages = paginator.paginate(**query, IncludeDeprecated=True) if "ImageIds" not in query else None
        if pages is None:  # AWS refuses MaxResults beside ids
            return list(cloud.ec2.describe_images(**query, IncludeDeprecated=True)["Images"])
        return [image for page in pages for image in page["Images"]]
    except Exception as error:
        if errors.code(error) in {"InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"}:
            return []
        raise


def from_description(image: dict[str, Any]) -> BaseImage:
    """A BaseImage out of one entry of DescribeImages."""
    disks = tuple(
        BaseDisk(
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
            f"{image['ImageId']} cannot be a base", "its root is no EBS volume", "Choose an EBS-backed AMI."
        )
    return BaseImage(
        image["ImageId"],
        image.get("Name", ""),
        image.get("Architecture", "x86_64"),
        image["RootDeviceName"],
        disks,
        moment(image["CreationDate"]),
        moment(image["DeprecationTime"]) if image.get("DeprecationTime") else None,
    )


def moment(text: str) -> datetime:
    """AWS's ISO 8601 text with Z as an aware UTC time."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
