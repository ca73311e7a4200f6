"""Subnets, and whether the plan finds a way out of them."""

from typing import Any

import pytest

from cloud.session import Cloud
from environments.plan import network
from environments.spec import definitions
from kiln.errors import UserError
from sandbox.inprocess import Sandbox
from tests.support.environments import STOCK, Define, Registered


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


NAMES = ("ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs")


def add_endpoints(sandbox: Sandbox, vpc: str, subnet: str, tables: bool = True, **more: Any) -> None:
    ec2 = sandbox.client("ec2")
    for name in NAMES:
        ec2.create_vpc_endpoint(
            VpcId=vpc, VpcEndpointType="Interface", ServiceName=f"com.amazonaws.us-east-1.{name}", SubnetIds=[subnet],
            **({"PrivateDnsEnabled": True} | more),
        )  # fmt: skip
    mine = [{"Name": "vpc-id", "Values": [vpc]}]
    own = [table["RouteTableId"] for table in ec2.describe_route_tables(Filters=mine)["RouteTables"]]
    ec2.create_vpc_endpoint(
        VpcId=vpc, VpcEndpointType="Gateway", ServiceName="com.amazonaws.us-east-1.s3",
        RouteTableIds=own if tables else [],
    )  # fmt: skip


def make_group(sandbox: Sandbox, vpc: str, *rules: dict[str, Any]) -> str:
    """A security group with these rules of egress and no other, and without ingress."""
    ec2 = sandbox.client("ec2")
    group = str(ec2.create_security_group(GroupName="own", Description="own", VpcId=vpc)["GroupId"])
    [there] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=there["IpPermissionsEgress"])
    if rules:
        ec2.authorize_security_group_egress(GroupId=group, IpPermissions=list(rules))
    return group


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ({}, ""),
        ({"PrivateDnsEnabled": False}, "no endpoint that works for ecs (vpce-"),
        ({"tables": False}, "no endpoint that works for s3 (vpce-"),
        ({"group": True}, "let no HTTPS in from 10.0.1.0/24"),
    ],
)
def test_row_6_endpoints_must_be_of_use(
    sandbox: Sandbox, registered: Registered, define: Define, how: dict[str, Any], text: str
) -> None:
    vpc, subnet = private(sandbox)
    more = {name: value for name, value in how.items() if name != "group"}
    if "group" in how:
        more["SecurityGroupIds"] = [make_group(sandbox, vpc)]
    add_endpoints(sandbox, vpc, subnet, **more)
    notes = registered(define(f"network: {{vpc: {vpc}}}\n"), STOCK, plan=True)["notes"]
    assert [note for note in notes if "cannot join" in note and text in note] == notes
    assert bool(notes) == bool(text)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"IpRanges": [{"CidrIp": "172.31.0.0/16"}]}, "no endpoint that works for ecs, ecs-agent"),
        ({"PrefixListIds": [{"PrefixListId": "pl-63a5400a"}]}, "no endpoint that works for ecs, ecs-agent"),
        ({"IpRanges": [{"CidrIp": "0.0.0.0/1"}, {"CidrIp": "128.0.0.0/1"}]}, ""),
    ],
)
def test_row_6_a_security_group_that_leads_to_the_inside_alone_needs_endpoints(
    sandbox: Sandbox, registered: Registered, define: Define, rule: dict[str, Any], text: str
) -> None:
    [vpc] = sandbox.client("ec2").describe_vpcs()["Vpcs"]
    group = make_group(sandbox, vpc["VpcId"], {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **rule})
    notes = registered(define(f"network: {{security_groups: [{group}]}}\n"), STOCK, plan=True)["notes"]
    assert [note for note in notes if text and text in note] == notes
    assert bool(notes) == bool(text)


def test_row_6_a_network_acl_that_denies_https_is_warned_of(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    ec2, (vpc, subnet) = sandbox.client("ec2"), private(sandbox)
    add_endpoints(sandbox, vpc, subnet)
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    mine = [{"Name": "association.subnet-id", "Values": [subnet]}]
    [old] = ec2.describe_network_acls(Filters=mine)["NetworkAcls"]
    [association] = [own for own in old["Associations"] if own["SubnetId"] == subnet]
    ec2.replace_network_acl_association(
        AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl
    )  # fmt: skip
    env = define(f"network: {{vpc: {vpc}}}\n")
    [note] = registered(env, STOCK, plan=True)["notes"]
    assert f"its network ACL {acl} lets no HTTPS out (TCP 443); aws ec2 create-network-acl-entry" in note
    for egress in (True, False):
        ec2.create_network_acl_entry(
            NetworkAclId=acl, RuleNumber=100, Protocol="-1", RuleAction="allow", Egress=egress, CidrBlock="0.0.0.0/0"
        )
    assert registered(env, STOCK, plan=True)["notes"] == []


def test_network_acls_that_may_not_be_looked_at_are_not_checked(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    sandbox.faults.add("DescribeNetworkAcls", "UnauthorizedOperation", status=403, times=None)
    told = registered(define(), STOCK, plan=True)
    assert told["notes"] == []
    assert any("whether network ACLs let machines reach ECS" in str(text) for text in told["not_checked"])
