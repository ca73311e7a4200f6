"""Whether rules of egress let HTTPS out."""

from typing import Any

import pytest

from environments.plan.egress import allows_https_out


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
