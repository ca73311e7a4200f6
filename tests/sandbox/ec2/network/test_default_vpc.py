"""The default VPC leads to the internet."""

from typing import Any


def test_its_main_route_table_leads_to_an_internet_gateway(ec2: Any) -> None:
    [gateway] = ec2.describe_internet_gateways()["InternetGateways"]
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    assert gateway["Attachments"][0]["VpcId"] == vpc["VpcId"]
    [table] = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["RouteTables"]
    assert gateway["InternetGatewayId"] in [route.get("GatewayId") for route in table["Routes"]]


def test_a_vpc_of_ones_own_leads_nowhere(ec2: Any) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    [table] = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    assert [route["GatewayId"] for route in table["Routes"]] == ["local"]
