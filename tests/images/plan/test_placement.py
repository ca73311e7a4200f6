"""Where a machine can run, in order of preference."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from cloud.session import Cloud
from images.plan.placement import Subnet, list_placements
from images.spec.image import ImageSpec
from kiln.errors import UserError
from tests.support.base_image import BASE
from tests.support.booting import LEAST

ONE, TWO = "subnet-11111111", "subnet-22222222"
SUBNETS = [
    {"SubnetId": TWO, "AvailabilityZone": "b", "VpcId": "vpc-1"},
    {"SubnetId": ONE, "AvailabilityZone": "a", "VpcId": "vpc-1"},
]


class Ec2:
    """An EC2 with two subnets and two instance types, which it offers in these (type, zone)."""

    exceptions = SimpleNamespace(ClientError=ClientError)

    def __init__(self, *offered: tuple[str, str], arch: str = "x86_64", subnets: Any = SUBNETS) -> None:
        self.offered, self.arch, self.subnets = offered, arch, subnets
        self.asked: list[dict[str, Any]] = []
        self.code = ""

    def describe_instance_types(self, InstanceTypes: list[str]) -> dict[str, Any]:  # noqa: N803  # AWS's name
        if self.code:
            raise ClientError({"Error": {"Code": self.code, "Message": "no m9"}}, "DescribeInstanceTypes")
        processor = {"SupportedArchitectures": [self.arch]}
        return {"InstanceTypes": [{"InstanceType": name, "ProcessorInfo": processor} for name in InstanceTypes]}

    def describe_subnets(self, **query: Any) -> dict[str, Any]:
        self.asked.append(query)
        return {"Subnets": list(self.subnets)}

    def get_paginator(self, operation: str) -> Any:
        return SimpleNamespace(paginate=lambda **query: [getattr(self, operation)(**query)])

    def describe_instance_type_offerings(self, **query: Any) -> dict[str, Any]:
        assert query["LocationType"] == "availability-zone"
        return {"InstanceTypeOfferings": [{"InstanceType": kind, "Location": zone} for kind, zone in self.offered]}


def places(ec2: Ec2, **builder: Any) -> list[tuple[str, str]]:
    spec = ImageSpec.model_validate(LEAST | {"builder": {"instance_types": ["m5.large", "m6i.large"]} | builder})
    cloud = cast("Cloud", SimpleNamespace(ec2=ec2, region="eu-west-1"))
    return [(place.instance_type, place.subnet.zone) for place in list_placements(cloud, spec, BASE)]


EVERYWHERE = (("m6i.large", "a"), ("m6i.large", "b"), ("m5.large", "b"), ("m5.large", "a"))


def test_types_by_preference_and_default_subnets_by_their_zone() -> None:
    ec2 = Ec2(*EVERYWHERE)
    assert places(ec2) == [("m5.large", "a"), ("m5.large", "b"), ("m6i.large", "a"), ("m6i.large", "b")]
    assert ec2.asked == [{"Filters": [{"Name": "default-for-az", "Values": ["true"]}]}]


def test_named_subnets_in_their_order() -> None:
    ec2 = Ec2(*EVERYWHERE)
    assert places(ec2, subnets=[TWO, ONE])[:2] == [("m5.large", "b"), ("m5.large", "a")]
    assert ec2.asked == [{"SubnetIds": [TWO, ONE]}]


def test_only_where_a_type_is_offered() -> None:
    assert places(Ec2(("m6i.large", "b"))) == [("m6i.large", "b")]
    with pytest.raises(UserError, match=r"no subnet can take m5\.large or m6i\.large") as caught:
        places(Ec2())
    assert "a, b" in caught.value.why


def test_what_cannot_be() -> None:
    with pytest.raises(UserError, match=r"m5\.large cannot boot"):
        places(Ec2(*EVERYWHERE, arch="arm64"))
    with pytest.raises(UserError, match="eu-west-1"):
        places(Ec2(*EVERYWHERE, subnets=[]))
    apart = [SUBNETS[0], SUBNETS[1] | {"VpcId": "vpc-2"}]
    with pytest.raises(UserError, match="different VPCs"):
        places(Ec2(*EVERYWHERE, subnets=apart))


@pytest.mark.parametrize(("code", "error"), [("InvalidInstanceType", UserError), ("Unavailable", ClientError)])
def test_an_unknown_type_is_told_in_words(code: str, error: type[Exception]) -> None:
    ec2 = Ec2(*EVERYWHERE)
    ec2.code = code
    with pytest.raises(error):
        places(ec2)


def test_a_subnet() -> None:
    spec = ImageSpec.model_validate(LEAST | {"builder": {"instance_types": ["m5.large"]}})
    cloud = cast("Cloud", SimpleNamespace(ec2=Ec2(("m5.large", "a")), region="eu-west-1"))
    assert list_placements(cloud, spec, BASE)[0].subnet == Subnet(ONE, "a", "vpc-1")
