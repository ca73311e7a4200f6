"""Subnets, and whether machines in them have a way out, without AWS."""

from ipaddress import IPv4Network
from typing import Any

import pytest

from environments.plan import network


def subnet(name: str, *, public: bool = True) -> dict[str, Any]:
    return {"SubnetId": name, "VpcId": "vpc-1", "MapPublicIpOnLaunch": public}


def table(target: dict[str, str], *subnets: str) -> dict[str, Any]:
    """A route table that leads everywhere through `target`; the main one where no subnet is named."""
    routes = [{"DestinationCidrBlock": "10.0.0.0/8", "GatewayId": "local"}]
    routes += [{"DestinationCidrBlock": EVERYWHERE, **target}] if target else []
    return {"Routes": routes, "Associations": [{"SubnetId": each} for each in subnets] or [{"Main": True}]}


EVERYWHERE = str(IPv4Network((0, 0)))

IGW, NAT = {"GatewayId": "igw-1"}, {"NatGatewayId": "nat-1"}


@pytest.mark.parametrize(
    ("public", "tables", "why"),
    [
        (True, [table(IGW)], ""),
        (False, [table(IGW)], "gives machines no public address"),
        (False, [table(NAT)], ""),
        (False, [table({"TransitGatewayId": "tgw-1"})], ""),
        (True, [table({})], "no route to the internet"),
        (True, [table({}), table(IGW, "subnet-1")], ""),
        (True, [table(IGW), table({}, "subnet-1")], "no route to the internet"),
        (True, [table(IGW | {"State": "blackhole"})], "no route to the internet"),
        (True, [], "no route to the internet"),
    ],
)
def test_ways_out(public: bool, tables: list[dict[str, Any]], why: str) -> None:
    shut = network.without_way_out([subnet("subnet-1", public=public)], tables)
    assert why in shut.get("subnet-1", "")
    assert bool(shut) == bool(why)


def test_endpoints_in_the_place_of_a_way_out() -> None:
    shut = {"subnet-1": "it has no route to the internet"}
    names = ("ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs", "s3")
    there = [{"ServiceName": f"com.amazonaws.us-east-1.{name}", "State": "available"} for name in names]
    assert network.warnings(shut, there) == ()
    [told] = network.warnings(shut, [each for each in there if "ecr" not in each["ServiceName"]])
    assert told.endswith("its VPC has no endpoint for ecr.api, ecr.dkr")
    assert network.warnings({}, []) == ()
