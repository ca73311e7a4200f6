"""Where the routes of a subnet lead."""

from ipaddress import IPv4Network
from typing import Any

import pytest

from environments.network.routes import find_closed


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
    shut = find_closed([subnet("subnet-1", public=public)], tables)
    assert why in shut.get("subnet-1", "")
    assert bool(shut) == bool(why)


def halves(target: dict[str, str], *, both: bool = True) -> dict[str, Any]:
    blocks = [str(half) for half in IPv4Network((0, 0)).subnets()]
    routes = [{"DestinationCidrBlock": block, **target} for block in (blocks if both else blocks[:1])]
    return {"Routes": routes, "Associations": [{"Main": True}]}


@pytest.mark.parametrize(("both", "why"), [(True, ""), (False, "it has no route to the internet")])
def test_row_6_two_halves_are_the_whole(both: bool, why: str) -> None:
    shut = find_closed([subnet("subnet-1")], [halves(NAT, both=both)])
    assert shut.get("subnet-1", "") == why


@pytest.mark.parametrize(
    ("native", "target", "closed"),
    [
        (True, {"EgressOnlyInternetGatewayId": "eigw-1"}, False),
        (True, IGW, False),
        (True, {}, True),
        (False, {"EgressOnlyInternetGatewayId": "eigw-1"}, True),
    ],
)
def test_row_6_machines_without_ipv4_go_by_the_routes_for_ipv6(
    native: bool, target: dict[str, str], closed: bool
) -> None:
    routes = [{"DestinationIpv6CidrBlock": "::/0", **target}] if target else []
    tables = [{"Routes": routes, "Associations": [{"Main": True}]}]
    assert bool(find_closed([subnet("subnet-1", public=False) | {"Ipv6Native": native}], tables)) == closed


def test_the_main_table_is_that_of_the_subnet_s_vpc() -> None:
    tables = [table(NAT) | {"VpcId": "vpc-1"}, table({}) | {"VpcId": "vpc-2"}]
    assert find_closed([subnet("subnet-1")], tables) == {}
    assert find_closed([subnet("subnet-1") | {"VpcId": "vpc-2"}], tables)
