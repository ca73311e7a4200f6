"""Whether network ACLs let machines speak HTTPS, and let the answers in (pure).

Source: "Network ACLs", Amazon VPC User Guide: the first rule that fits, by its number, decides; they keep no state, so
that answers need a rule too, for the ports that Linux takes (32768 to 60999).
"""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from environments.network.rules import HTTPS, is_inside

Described = Mapping[str, Any]
_ANSWERS = (32768, 60999)
_TCP = ("-1", "6")
_SOMEWHERE = ipaddress.IPv4Address(0xCB007101)  # 203.0.113.1, an address that no rule means in particular (RFC 5737)
_ANYWHERE = str(ipaddress.IPv4Network((0, 0)))


def find_blocked(
    subnets: Sequence[Described], acls: Sequence[Described], closed: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """Find the subnets whose network ACL lets no HTTPS out, or no answers in: by id, why and the command that mends it.

    Machines in `closed` subnets speak to endpoints in their VPC, others to public addresses.
    """
    blocked = {}
    for subnet in subnets:
        acl = _acl_of(subnet, acls)
        if subnet.get("Ipv6Native") or not acl:
            continue
        inside = ipaddress.ip_network(subnet["CidrBlock"]) if subnet["SubnetId"] in closed else None
        places = [inside[1]] if inside else [_SOMEWHERE, *_list_public(acl)]
        ways = [(_passes(acl, place, (HTTPS,), out=True), _passes(acl, place, _ANSWERS, out=False)) for place in places]
        if not any(out and back for out, back in ways):
            blocked[subnet["SubnetId"]] = _explain(acl, out=not any(out for out, _ in ways))
    return blocked


def _acl_of(subnet: Described, acls: Sequence[Described]) -> Described:
    return next(
        (
            acl
            for acl in acls
            for association in acl.get("Associations") or ()
            if association.get("SubnetId") == subnet["SubnetId"]
        ),
        {},
    )


def _list_public(acl: Described) -> Iterator[Any]:
    """The first address of every public network that a rule names."""
    for entry in acl.get("Entries") or ():
        network = ipaddress.ip_network(entry.get("CidrBlock") or _ANYWHERE)
        if network.prefixlen and not is_inside(network):
            yield network[0]


def _passes(acl: Described, place: Any, ports: tuple[int, ...], *, out: bool) -> bool:
    entries = [entry for entry in acl.get("Entries") or () if bool(entry.get("Egress")) == out]
    entries.sort(key=lambda entry: int(entry["RuleNumber"]))
    return all(_decide(entries, place, port) for port in ports)


def _decide(entries: Sequence[Described], place: Any, port: int) -> bool:
    for entry in entries:
        ports = entry.get("PortRange") or {"From": 0, "To": 65535}
        if (
            str(entry.get("Protocol")) in _TCP
            and entry.get("CidrBlock")
            and place in ipaddress.ip_network(entry["CidrBlock"])
            and (str(entry.get("Protocol")) == "-1" or ports["From"] <= port <= ports["To"])
        ):
            return bool(entry.get("RuleAction") == "allow")
    return False


def _explain(acl: Described, *, out: bool) -> tuple[str, str]:
    name = acl["NetworkAclId"]
    numbers = [int(entry["RuleNumber"]) for entry in acl.get("Entries") or () if bool(entry.get("Egress")) == out]
    way, ports = ("--egress", (HTTPS, HTTPS)) if out else ("--ingress", _ANSWERS)
    fix = (
        f"aws ec2 create-network-acl-entry --network-acl-id {name} {way} --rule-number {_find_free(numbers)} "
        f"--protocol tcp --port-range From={ports[0]},To={ports[1]} --cidr-block {_ANYWHERE} --rule-action allow"
    )
    if out:
        return f"its network ACL {name} lets no HTTPS out (TCP 443)", fix
    return f"its network ACL {name} lets no answers in (TCP {_ANSWERS[0]} to {_ANSWERS[1]})", fix


def _find_free(numbers: Sequence[int]) -> int:
    """A number before all others, so that the new rule decides."""
    return max(1, min((100, *(number - 1 for number in numbers))))
