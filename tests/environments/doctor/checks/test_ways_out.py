"""Ways out of a subnet, and security groups that let HTTPS out."""

from dataclasses import replace
from typing import Any

import pytest

from environments.doctor.checks.network import check_groups, check_subnets
from environments.doctor.facts.network import Network
from environments.doctor.facts.picture import Picture
from launch_templates.versions import Template, Version
from tests.support.doctor_pictures import picture

TO_IGW = {"Associations": [{"Main": True}], "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}]}
TO_NAT = {"Associations": [{"Main": True}], "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1"}]}


def subnet(name: str, **more: Any) -> dict[str, Any]:
    return {"SubnetId": name, "VpcId": "vpc-1", **more}


def seen(*subnets: dict[str, Any], table: dict[str, Any] | None = None, data: dict[str, Any] | None = None) -> Picture:
    """An environment in these subnets, whose machines have `data` of a launch template."""
    names = [described["SubnetId"] for described in subnets]
    template = Template("lt-1", "t", 1, (Version(1, data or {}, ""),))
    network = Network({described["SubnetId"]: described for described in subnets}, [table] if table else [])
    uses = {"launchTemplate": {"launchTemplateName": "t", "version": "1"}, "subnets": names}
    return picture("c5.2xlarge", resources=uses, network=network, templates={"t": template})


def test_a_nat_gateway_is_a_way_out() -> None:
    assert list(check_subnets(seen(subnet("subnet-1"), table=TO_NAT))) == []


def test_an_internet_gateway_is_one_for_machines_with_public_addresses() -> None:
    assert list(check_subnets(seen(subnet("subnet-1", MapPublicIpOnLaunch=True), table=TO_IGW))) == []
    [finding] = check_subnets(seen(subnet("subnet-1"), table=TO_IGW))
    assert (finding.severity, finding.resource) == ("error", "subnet-1")
    assert "from subnet subnet-1:" in finding.what
    assert "one" in finding.what


@pytest.mark.parametrize(("public", "found"), [(True, 0), (False, 1)])
def test_a_launch_template_decides_over_public_addresses(public: bool, found: int) -> None:
    """What it says goes before what the subnet says; where it says nothing, the subnet's word counts."""
    data = {"NetworkInterfaces": [{"DeviceIndex": 0}, {"AssociatePublicIpAddress": public}]}
    for own in (True, False):
        plain = subnet("subnet-1", MapPublicIpOnLaunch=own)
        assert len(list(check_subnets(seen(plain, table=TO_IGW, data=data)))) == found
        silent = {"NetworkInterfaces": [{"DeviceIndex": 0}]}
        assert len(list(check_subnets(seen(plain, table=TO_IGW, data=silent)))) == (0 if own else 1)


def test_subnets_with_the_same_fault_are_told_together() -> None:
    both = seen(subnet("subnet-2"), subnet("subnet-1"), table=TO_IGW)
    [finding] = check_subnets(both)
    assert "from subnets subnet-1, subnet-2:" in finding.what
    assert finding.resource == "subnet-1"


def test_a_subnet_that_is_gone() -> None:
    plain = seen(subnet("subnet-1"), table=TO_NAT)
    gone = replace(plain, network=replace(plain.network, subnets={}))
    [finding] = check_subnets(gone)
    assert (finding.severity, finding.resource) == ("error", "subnet-1")


def group(*rules: dict[str, Any], name: str = "sg-1") -> dict[str, Any]:
    return {"GroupId": name, "IpPermissionsEgress": list(rules)}


def rule(protocol: str = "tcp", cidr: str = "0.0.0.0/0", **more: Any) -> dict[str, Any]:
    return {"IpProtocol": protocol, "IpRanges": [{"CidrIp": cidr}], **more}


def behind(*groups: dict[str, Any], missing: tuple[str, ...] = ()) -> Picture:
    names = [described["GroupId"] for described in groups]
    network = Network(groups={described["GroupId"]: described for described in groups})
    return picture("c5.2xlarge", resources={"securityGroupIds": [*names, *missing]}, network=network)


@pytest.mark.parametrize(
    "egress",
    [
        rule("-1"), rule(FromPort=443, ToPort=443), rule(FromPort=0, ToPort=65535), rule(FromPort=0, ToPort=443),
        rule("6", FromPort=443, ToPort=444), rule(), rule(FromPort=443, ToPort=443, cidr="10.0.0.0/31"),
        {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
        {"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": "pl-1"}]},
        {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-2"}]},
    ],
)  # fmt: skip
def test_rules_that_let_https_out(egress: dict[str, Any]) -> None:
    assert list(check_groups(behind(group(egress)))) == []


@pytest.mark.parametrize(
    "egress",
    [
        rule("udp", FromPort=443, ToPort=443), rule(FromPort=444, ToPort=65535), rule(FromPort=0, ToPort=442),
        rule("-1", cidr="10.0.0.1/32"), {"IpProtocol": "-1"}, rule("icmp", FromPort=-1, ToPort=-1),
    ],
)  # fmt: skip
def test_rules_that_do_not(egress: dict[str, Any]) -> None:
    [finding] = check_groups(behind(group(egress)))
    assert (finding.severity, finding.resource) == ("error", "sg-1")


def test_one_group_that_lets_it_out_is_enough() -> None:
    assert list(check_groups(behind(group(), group(rule("-1"), name="sg-2")))) == []
    [finding] = check_groups(behind(group(), group(name="sg-2")))
    assert "sg-1, sg-2" in finding.what
    assert finding.resource == "sg-1"


def test_a_group_that_is_gone_is_told_and_nothing_else() -> None:
    [finding] = check_groups(behind(group(), missing=("sg-9",)))
    assert (finding.severity, finding.resource) == ("error", "sg-9")
