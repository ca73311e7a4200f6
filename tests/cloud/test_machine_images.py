"""AMIs as EC2 describes them."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from cloud.machine_images import Disk, describe, from_description, parse_time
from cloud.session import Cloud
from kiln.errors import UserError

IMAGE: dict[str, Any] = {
    "ImageId": "ami-1", "Name": "stock", "Architecture": "arm64", "RootDeviceName": "/dev/xvda",
    "CreationDate": "2026-01-02T03:04:05.000Z", "DeprecationTime": "2028-01-02T00:00:00.000Z",
    "BlockDeviceMappings": [
        {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"},
        {"DeviceName": "/dev/sdc", "Ebs": {"VolumeSize": 100}},
        {"DeviceName": "/dev/xvda",
         "Ebs": {"VolumeSize": 30, "SnapshotId": "snap-1", "Encrypted": True, "KmsKeyId": "k"}},
    ],
    "Tags": [{"Key": "kiln:image", "Value": "a"}],
}  # fmt: skip


def test_an_image() -> None:
    image = from_description(IMAGE)
    assert (image.id, image.name, image.arch, image.tags) == ("ami-1", "stock", "arm64", {"kiln:image": "a"})
    assert image.root == Disk("/dev/xvda", 30, "snap-1", encrypted=True, kms_key="k")
    assert image.disks == (Disk("/dev/sdc", 100, None), image.root)
    assert image.created == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert image.deprecated == datetime(2028, 1, 2, tzinfo=UTC)


def test_what_ec2_leaves_out() -> None:
    scarce = {key: IMAGE[key] for key in ("ImageId", "RootDeviceName", "CreationDate")}
    image = from_description(scarce | {"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {}}]})
    assert (image.name, image.arch, image.deprecated, image.tags) == ("", "x86_64", None, {})
    assert image.root == Disk("/dev/xvda", 0, None)


@pytest.mark.parametrize("mappings", [[], [{"DeviceName": "/dev/xvda", "VirtualName": "ephemeral0"}]])
def test_a_root_that_is_no_ebs_volume(mappings: list[dict[str, Any]]) -> None:
    with pytest.raises(UserError, match="ami-1 cannot be used"):
        from_description(IMAGE | {"BlockDeviceMappings": mappings})


def test_a_moment_is_utc() -> None:
    assert parse_time("2026-01-02T03:04:05+02:00").isoformat() == "2026-01-02T01:04:05+00:00"


class Ec2:
    """An EC2 that answers one call, or refuses it with a code."""

    def __init__(self, code: str = "") -> None:
        self.code, self.queries = code, list[dict[str, Any]]()

    def describe_images(self, **query: Any) -> dict[str, Any]:
        self.queries.append(query)
        if self.code:
            raise ClientError({"Error": {"Code": self.code, "Message": ""}}, "DescribeImages")
        return {"Images": [IMAGE]}

    def get_paginator(self, operation: str) -> Any:
        return SimpleNamespace(paginate=lambda **query: [getattr(self, operation)(**query)])


def ask(ec2: Ec2, **query: Any) -> list[dict[str, Any]]:
    return describe(cast("Cloud", SimpleNamespace(ec2=ec2)), **query)


@pytest.mark.parametrize("query", [{"ImageIds": ["ami-1"]}, {"Owners": ["self"]}])
def test_deprecated_ones_are_asked_for_too(query: dict[str, Any]) -> None:
    ec2 = Ec2()
    assert ask(ec2, **query) == [IMAGE]
    assert ec2.queries == [query | {"IncludeDeprecated": True}]


@pytest.mark.parametrize("code", ["InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"])
def test_an_unknown_id_is_no_image(code: str) -> None:
    assert ask(Ec2(code), ImageIds=["ami-1"]) == []


def test_another_refusal_passes() -> None:
    with pytest.raises(ClientError):
        ask(Ec2("InvalidAMIID.Malformed"), ImageIds=["ami-1"])
