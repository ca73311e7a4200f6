"""Subnets, and whether machines in them have a way out."""

from ipaddress import IPv4Network
from typing import Any

import pytest

from cloud.session import Cloud
from environments.plan import network
from environments.spec import definitions
from kiln.errors import UserError
from sandbox.inprocess import Sandbox
from tests.support.environments import Define, Registered


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
    shut = network.find_closed([subnet("subnet-1", public=public)], tables)
    assert why in shut.get("subnet-1", "")
    assert bool(shut) == bool(why)


def test_endpoints_in_the_place_of_a_way_out() -> None:
    shut = {"subnet-1": "it has no route to the internet"}
    names = ("ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs", "s3")
    there = [{"ServiceName": f"com.amazonaws.us-east-1.{name}", "State": "available"} for name in names]
    assert network.warn(shut, there) == ()
    [told] = network.warn(shut, [each for each in there if "ecr" not in each["ServiceName"]])
    assert told.endswith("its VPC has no endpoint for ecr.api, ecr.dkr")
    assert network.warn({}, []) == ()


def private(sandbox: Sandbox) -> tuple[str, str]:
    """A VPC with one subnet and no way out; both ids.

    Its zone is named: EC2 picks any of the region's otherwise, and not each of them offers every instance type.
    """
    ec2 = sandbox.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24", AvailabilityZone=f"{ec2.meta.region_name}a")
    return vpc, made["Subnet"]["SubnetId"]


def test_a_vpc_of_ones_own(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    vpc, subnet = private(sandbox)
    found = registered(define(f"network: {{vpc: {vpc}}}\n"))
    assert any(f"machines in {subnet} cannot join" in note for note in found["notes"])
    [made] = sandbox.client("batch").describe_compute_environments()["computeEnvironments"]
    assert made["computeResources"]["subnets"] == [subnet]
    [group] = sandbox.client("ec2").describe_security_groups(
        Filters=[{"Name": "group-name", "Values": ["small-batch"]}]
    )["SecurityGroups"]
    assert (group["VpcId"], made["computeResources"]["securityGroupIds"]) == (vpc, [group["GroupId"]])


def test_subnets_that_do_not_belong_together(sandbox: Sandbox, cloud: Cloud, define: Define) -> None:
    vpc, subnet = private(sandbox)
    usual = network.find(cloud, definitions.load(define())).subnets[0]
    with pytest.raises(UserError, match="are in 2 VPCs"):
        network.find(cloud, definitions.load(define(f"network: {{subnets: [{subnet}, {usual}]}}\n")))
    with pytest.raises(UserError, match=f"are not in {vpc}"):
        network.find(cloud, definitions.load(define(f"network: {{vpc: {vpc}, subnets: [{usual}]}}\n")))
    with pytest.raises(UserError, match="has no subnet in vpc-0123456789") as refused:
        network.find(cloud, definitions.load(define("network: {vpc: vpc-0123456789}\n")))
    assert "Correct network.vpc" in refused.value.hint
    assert "create-default-vpc" not in refused.value.hint
