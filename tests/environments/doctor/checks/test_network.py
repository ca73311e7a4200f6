"""Routes and security groups, taken away through EC2."""

from typing import Any

import pytest

from environments.doctor.checks.network import check_groups
from environments.doctor.facts.network import Network
from tests.support.doctor import Patient
from tests.support.doctor_pictures import picture

_SERVICES = ("ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs")


def _main_table(patient: Patient) -> dict[str, Any]:
    (table,) = patient.ec2.describe_route_tables(Filters=[{"Name": "association.main", "Values": ["true"]}])[
        "RouteTables"
    ]
    return dict(table)


def _way_out(table: dict[str, Any]) -> dict[str, str]:
    """The route to the internet gateway."""
    (route,) = [each for each in table["Routes"] if each.get("GatewayId", "").startswith("igw-")]
    return {"DestinationCidrBlock": route["DestinationCidrBlock"], "GatewayId": route["GatewayId"]}


def test_no_route(patient: Patient) -> None:
    table = _main_table(patient)
    table_id, way = table["RouteTableId"], _way_out(table)
    patient.ec2.delete_route(RouteTableId=table_id, DestinationCidrBlock=way["DestinationCidrBlock"])
    found = patient.one()
    assert "error: machines of ondemand, spot cannot join from subnets subnet-" in found
    assert "no route to the internet" in found
    assert "the VPC has no endpoint for ecs, ecs-agent, ecs-telemetry, ecr.api, ecr.dkr, logs, s3" in found
    assert "NAT gateway" in found
    patient.ec2.create_route(RouteTableId=table_id, **way)
    assert patient.visit()["healthy"]


def test_endpoints_take_the_place_of_a_route(patient: Patient) -> None:
    table = _main_table(patient)
    table_id, way = table["RouteTableId"], _way_out(table)
    patient.ec2.delete_route(RouteTableId=table_id, DestinationCidrBlock=way["DestinationCidrBlock"])
    made = [_endpoint(patient, table, name, "Interface") for name in _SERVICES]
    assert "the VPC has no endpoint for s3 |" in patient.one()
    made.append(_endpoint(patient, table, "s3", "Gateway"))
    assert patient.visit()["healthy"]
    patient.ec2.delete_vpc_endpoints(VpcEndpointIds=made)
    patient.ec2.create_route(RouteTableId=table_id, **way)


def _endpoint(patient: Patient, table: dict[str, Any], name: str, kind: str) -> str:
    tables = {"RouteTableIds": [table["RouteTableId"]]} if kind == "Gateway" else {}
    made = patient.ec2.create_vpc_endpoint(
        VpcId=table["VpcId"], ServiceName=f"com.amazonaws.us-east-1.{name}", VpcEndpointType=kind, **tables
    )
    return str(made["VpcEndpoint"]["VpcEndpointId"])


def test_an_internet_gateway_without_public_addresses(patient: Patient) -> None:
    subnet = patient.environment()["computeResources"]["subnets"][0]
    patient.ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": False})
    found = patient.one()
    assert f"cannot join from subnet {subnet}" in found
    assert "gives machines no public address" in found
    patient.ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    assert patient.visit()["healthy"]


def test_a_security_group_that_lets_nothing_out(patient: Patient) -> None:
    (group,) = patient.environment()["computeResources"]["securityGroupIds"]
    (before,) = patient.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    patient.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=before["IpPermissionsEgress"])
    assert f"error: the security groups of ondemand ({group}) let no HTTPS out" in patient.complaints()[0]
    dns = {"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    patient.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[dns])
    assert f"allow outgoing TCP 443 in {group}" in patient.complaints()[0]
    patient.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[dns])
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    patient.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[https])
    assert f"({group}) let HTTPS out to private addresses, other groups or AWS's lists alone" in patient.complaints()[0]
    patient.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[https])
    anywhere = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    patient.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[anywhere])
    assert patient.visit()["healthy"]


def test_a_network_acl_that_lets_no_answers_in(patient: Patient) -> None:
    subnet = patient.environment()["computeResources"]["subnets"][0]
    mine = [{"Name": "association.subnet-id", "Values": [subnet]}]
    [acl] = patient.ec2.describe_network_acls(Filters=mine)["NetworkAcls"]
    rule = {"NetworkAclId": acl["NetworkAclId"], "RuleNumber": 10, "Egress": False}
    patient.ec2.create_network_acl_entry(
        **rule, Protocol="6", PortRange={"From": 1024, "To": 65535}, RuleAction="deny", CidrBlock="0.0.0.0/0"
    )
    found = [text for text in patient.complaints() if f"from subnet {subnet}" in text]
    assert f"its network ACL {acl['NetworkAclId']} lets no answers in (TCP 32768 to 60999)" in found[0]
    assert "--ingress --rule-number 9 " in found[0]
    patient.ec2.delete_network_acl_entry(**rule)
    assert patient.visit()["healthy"]


def test_a_security_group_that_is_gone(patient: Patient) -> None:
    """Until AWS Batch looks again it is told of the group; then of the environment, with the same remedy."""
    (group,) = patient.environment()["computeResources"]["securityGroupIds"]
    vpc = _main_table(patient)["VpcId"]
    other = patient.ec2.create_security_group(GroupName="passing", Description="x", VpcId=vpc)["GroupId"]
    patient.update(computeResources={"securityGroupIds": [other]})
    patient.ec2.delete_security_group(GroupId=other)
    found = patient.one()
    assert f"error: the security group {other} is gone" in found
    patient.later(120)
    found = patient.one()
    assert "error: compute environment ondemand is INVALID: a security group is gone" in found
    assert f"the security group {other} is gone. " in found
    patient.update(computeResources={"securityGroupIds": [group]})
    assert patient.visit()["healthy"]


@pytest.mark.parametrize(
    ("rule", "open_"),
    [
        ({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}, True),
        ({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": "pl-1"}]}, True),
        ({"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "Ipv6Ranges": [{"CidrIpv6": "2600::/12"}]}, True),
        ({"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}, False),
        ({"IpProtocol": "udp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}, False),
        ({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "127.0.0.1/32"}]}, False),
    ],
)
def test_rules_that_let_https_out(rule: dict[str, Any], open_: bool) -> None:
    network = Network(groups={"sg-1": {"GroupId": "sg-1", "IpPermissionsEgress": [rule]}})
    seen = picture("c5.2xlarge", resources={"securityGroupIds": ["sg-1"]}, network=network)
    assert (list(check_groups(seen)) == []) is open_
