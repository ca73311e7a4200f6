"""Network ACLs: what they let out, and the answers that they let in."""

from typing import Any

import pytest

from environments.network.acls import find_blocked

SUBNET = {"SubnetId": "subnet-1", "CidrBlock": "10.0.1.0/24"}
CLOSED = {"subnet-1": "it has no route to the internet"}


def entry(number: int, action: str = "allow", *, out: bool, **more: Any) -> dict[str, Any]:
    own = {"RuleNumber": number, "RuleAction": action, "Egress": out, "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}
    return own | more


OUT, IN = entry(100, out=True), entry(100, out=False)
LAST = [entry(32767, "deny", out=True), entry(32767, "deny", out=False)]


def tcp(first: int, last: int) -> dict[str, Any]:
    return {"Protocol": "6", "PortRange": {"From": first, "To": last}}


def why(*entries: dict[str, Any], closed: dict[str, str] | None = None) -> str:
    acl = {"NetworkAclId": "acl-1", "Entries": [*entries, *LAST], "Associations": [{"SubnetId": "subnet-1"}]}
    return find_blocked([SUBNET], [acl], closed or {}).get("subnet-1", ("", ""))[0]


@pytest.mark.parametrize(
    "entries",
    [
        [OUT, IN],
        [entry(100, out=True, **tcp(443, 443)), entry(100, out=False, **tcp(1024, 65535))],
        [entry(90, "deny", out=True, **tcp(25, 25)), OUT, IN],
        [entry(90, "deny", out=True, CidrBlock="10.0.0.0/8"), OUT, IN],
        [entry(100, out=True, CidrBlock="52.94.0.0/16"), entry(100, out=False, CidrBlock="52.94.0.0/16")],
        [entry(90, out=True, Ipv6CidrBlock="::/0", CidrBlock=None), OUT, IN],
    ],
)
def test_what_lets_https_through(entries: list[dict[str, Any]]) -> None:
    assert why(*entries) == ""


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        ([], "lets no HTTPS out (TCP 443)"),
        ([IN], "lets no HTTPS out (TCP 443)"),
        ([OUT], "lets no answers in (TCP 32768 to 60999)"),
        ([entry(90, "deny", out=True, **tcp(443, 443)), OUT, IN], "lets no HTTPS out"),
        ([entry(100, out=True, **tcp(80, 80)), IN], "lets no HTTPS out"),
        ([entry(100, out=True, Protocol="17"), IN], "lets no HTTPS out"),
        ([OUT, entry(100, out=False, **tcp(49152, 65535))], "lets no answers in"),
        ([OUT, entry(90, "deny", out=False, **tcp(1024, 65535)), IN], "lets no answers in"),
        ([entry(100, out=True, CidrBlock="10.0.0.0/8"), entry(100, out=False, CidrBlock="10.0.0.0/8")],
         "lets no HTTPS out"),
    ],
)  # fmt: skip
def test_row_6_what_blocks_it(entries: list[dict[str, Any]], text: str) -> None:
    assert f"its network ACL acl-1 {text}" in why(*entries)


def test_row_6_endpoints_are_inside() -> None:
    inside = [entry(100, out=True, CidrBlock="10.0.0.0/16"), entry(100, out=False, CidrBlock="10.0.0.0/16")]
    assert why(*inside, closed=CLOSED) == ""
    assert why(*inside)


def test_the_command_s_rule_comes_before_all_others() -> None:
    acl = {"NetworkAclId": "acl-1", "Entries": [entry(50, "deny", out=True), IN], "Associations": [SUBNET]}
    [(_, fix)] = find_blocked([SUBNET], [acl], {}).values()
    assert "--network-acl-id acl-1 --egress --rule-number 49 --protocol tcp --port-range From=443,To=443" in fix


def test_subnets_of_other_acls_are_left_alone() -> None:
    acl = {"NetworkAclId": "acl-1", "Entries": [], "Associations": [{"SubnetId": "subnet-2"}]}
    assert find_blocked([SUBNET], [acl], {}) == {}
