"""AMIs as DescribeImages tells of them, and an AWS that answers from a list of them."""

from fnmatch import fnmatch
from types import SimpleNamespace
from typing import Any, cast

from botocore.exceptions import ClientError

from cloud.session import Cloud


def describe_image(ami: str, created: str = "2026-01-01T00:00:00.000Z", **more: Any) -> dict[str, Any]:
    """An entry of DescribeImages; `tags` in `more` are Kiln's without their prefix (image="x" is kiln:image)."""
    labels = more.pop("tags", {})
    return {
        "ImageId": ami, "Name": f"name of {ami}", "CreationDate": created, "State": "available", "OwnerId": "self",
        "Architecture": "x86_64", "RootDeviceName": "/dev/xvda",
        "Tags": [{"Key": f"kiln:{key}", "Value": value} for key, value in labels.items()],
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30, "SnapshotId": f"snap-{ami}"}}],
    } | more  # fmt: skip


class Aws:
    """An AWS in eu-west-1 with these AMIs and SSM parameters (name → text); `asked` are DescribeImages' queries."""

    def __init__(self, *images: dict[str, Any], parameters: dict[str, str] | None = None) -> None:
        self.images, self.parameters = images, parameters or {}
        self.asked: list[dict[str, Any]] = []
        self.region = "eu-west-1"
        self.ec2 = SimpleNamespace(describe_images=self._describe, get_paginator=lambda operation: self._pages())

    @property
    def cloud(self) -> Cloud:
        return cast("Cloud", self)

    def client(self, service: str) -> Any:
        assert service == "ssm"
        return SimpleNamespace(get_parameter=self._parameter)

    def _describe(self, **query: Any) -> dict[str, Any]:
        self.asked.append(query)
        known = {image["ImageId"]: image for image in self.images}
        if unknown := set(query["ImageIds"]) - set(known):
            raise ClientError({"Error": {"Code": "InvalidAMIID.NotFound", "Message": str(unknown)}}, "DescribeImages")
        return {"Images": [known[ami] for ami in query["ImageIds"]]}

    def _pages(self) -> Any:
        def paginate(**query: Any) -> list[dict[str, Any]]:
            self.asked.append(query)
            return [{"Images": [image for image in self.images if _matches(image, query)]}]

        return SimpleNamespace(paginate=paginate)

    def _parameter(self, Name: str) -> dict[str, Any]:  # noqa: N803  # AWS's name
        if Name not in self.parameters:
            raise ClientError({"Error": {"Code": "ParameterNotFound", "Message": Name}}, "GetParameter")
        return {"Parameter": {"Value": self.parameters[Name]}}


def _matches(image: dict[str, Any], query: dict[str, Any]) -> bool:
    """As EC2 filters: an image must match a value of every filter."""
    values = {"name": image["Name"], "state": image["State"]}
    values |= {f"tag:{tag['Key']}": tag["Value"] for tag in image["Tags"]}
    return image["OwnerId"] in query["Owners"] and all(
        any(fnmatch(values.get(asked["Name"], ""), pattern) for pattern in asked["Values"])
        for asked in query["Filters"]
    )
