"""Whether rules of security groups let HTTPS out, and where to."""

from typing import Any

import pytest

from environments.network.rules import allows_https_in, allows_https_out, leads_to_internet


def rule(protocol: str = "tcp", ports: tuple[int, int] | None = (443, 443), **targets: Any) -> dict[str, Any]:
    described = {"IpProtocol": protocol, **targets}
    return described | ({"FromPort": ports[0], "ToPort": ports[1]} if ports else {})


ANYWHERE: dict[str, Any] = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


@pytest.mark.parametrize(
    ("rules", "open_"),
    [
        ([rule("-1", None, **ANYWHERE)], True),
        ([rule(**ANYWHERE)], True),
        ([rule("6", (1, 1024), **ANYWHERE)], True),
        ([rule(Ipv6Ranges=[{"CidrIpv6": "::/0"}])], True),
        ([rule(PrefixListIds=[{"PrefixListId": "pl-1"}])], True),
        ([rule(UserIdGroupPairs=[{"GroupId": "sg-1"}])], True),
        ([rule(ports=(22, 22), **ANYWHERE), rule(**ANYWHERE)], True),
        ([], False),
        ([rule("udp", **ANYWHERE)], False),
        ([rule(ports=(444, 65535), **ANYWHERE)], False),
        ([rule(ports=(1, 442), **ANYWHERE)], False),
        ([rule(IpRanges=[{"CidrIp": "10.0.0.7/32"}])], False),
        ([rule()], False),
    ],
)
def test_https_to_more_than_one_machine(rules: list[dict[str, Any]], open_: bool) -> None:
    assert allows_https_out(rules) is open_


@pytest.mark.parametrize(
    ("rules", "public"),
    [
        ([rule(**ANYWHERE)], True),
        ([rule(IpRanges=[{"CidrIp": "0.0.0.0/1"}])], True),
        ([rule(IpRanges=[{"CidrIp": "52.94.0.0/16"}])], True),
        ([rule(PrefixListIds=[{"PrefixListId": "pl-0123456789abcdef0"}])], True),
        ([rule(IpRanges=[{"CidrIp": "10.0.0.0/8"}, {"CidrIp": "172.31.0.0/16"}, {"CidrIp": "192.168.1.0/24"}])], False),
        ([rule(IpRanges=[{"CidrIp": "100.64.0.0/10"}])], False),
        ([rule(PrefixListIds=[{"PrefixListId": "pl-63a5400a"}])], False),
        ([rule(UserIdGroupPairs=[{"GroupId": "sg-1"}])], False),
        ([rule(ports=(80, 80), **ANYWHERE)], False),
    ],
)
def test_row_6_https_to_public_addresses(rules: list[dict[str, Any]], public: bool) -> None:
    assert leads_to_internet(rules) is public


@pytest.mark.parametrize(
    ("rules", "open_"),
    [
        ([rule(IpRanges=[{"CidrIp": "10.0.0.0/8"}])], True),
        ([rule("-1", None, UserIdGroupPairs=[{"GroupId": "sg-1"}])], True),
        ([rule(IpRanges=[{"CidrIp": "10.1.0.0/16"}])], False),
        ([rule(ports=(22, 22), **ANYWHERE)], False),
        ([], False),
    ],
)
def test_row_6_https_in_from_a_subnet(rules: list[dict[str, Any]], open_: bool) -> None:
    assert allows_https_in(rules, "10.0.1.0/24") is open_
