"""The default VPC has a way out, as AWS makes it."""

from typing import Any


def test_the_default_vpc_has_a_gateway_and_a_route_to_it(ec2: Any) -> None:
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    [gateway] = ec2.describe_internet_gateways()["InternetGateways"]
    assert gateway["Attachments"] == [{"State": "available", "VpcId": vpc}]
    [table] = ec2.describe_route_tables()["RouteTables"]
    targets = [each["GatewayId"] for each in table["Routes"]]
    assert targets == ["local", gateway["InternetGatewayId"]]


def test_another_vpc_has_none(ec2: Any) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    [table] = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    assert [each["GatewayId"] for each in table["Routes"]] == ["local"]
