"""What rules of security groups and network ACLs say of HTTPS, TCP port 443 (pure)."""

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

HTTPS = 443
Rules = Sequence[Mapping[str, Any]]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# Addresses that are nobody's in the internet: RFC 1918, and the shared ones of RFC 6598.
_INSIDE = [ipaddress.IPv4Network((0x0A000000, 8)), ipaddress.IPv4Network((0xAC100000, 12)),
           ipaddress.IPv4Network((0xC0A80000, 16)), ipaddress.IPv4Network((0x64400000, 10))]  # fmt: skip


def allows_https_out(rules: Rules) -> bool:
    """Check whether rules of egress let HTTPS out; `rules` are IpPermissionsEgress of DescribeSecurityGroups."""
    return any(_covers_https(rule) and _leads_out(rule) for rule in rules)


def leads_to_internet(rules: Rules) -> bool:
    """Check whether rules of egress let HTTPS out to public addresses; what is in prefix lists is not known."""
    return any(_covers_https(rule) and (_is_public(rule) or _is_own_list(rule)) for rule in rules)


def allows_https_in(rules: Rules, subnet: str) -> bool:
    """Check whether rules of ingress let HTTPS in from machines of a subnet (its CIDR block), or may do."""
    inside = ipaddress.ip_network(subnet)
    return any(
        _covers_https(rule)
        and (
            bool(rule.get("UserIdGroupPairs") or rule.get("PrefixListIds"))
            or any(network.version == inside.version and network.overlaps(inside) for network in _networks(rule))
        )
        for rule in rules
    )


def is_inside(network: Network) -> bool:
    """Check whether all addresses of an IPv4 network are private."""
    return isinstance(network, ipaddress.IPv4Network) and any(network.subnet_of(inside) for inside in _INSIDE)


def _covers_https(rule: Mapping[str, Any]) -> bool:
    if rule.get("IpProtocol") == "-1":
        return True
    return rule.get("IpProtocol") in ("tcp", "6") and rule.get("FromPort", 0) <= HTTPS <= rule.get("ToPort", 65535)


def _leads_out(rule: Mapping[str, Any]) -> bool:
    """To addresses beyond one machine, to a prefix list (S3's), or to another group (an endpoint's)."""
    elsewhere = rule.get("PrefixListIds") or rule.get("UserIdGroupPairs")
    return bool(elsewhere) or any(network.num_addresses > 1 for network in _networks(rule))


def _is_public(rule: Mapping[str, Any]) -> bool:
    return any(network.num_addresses > 1 and not is_inside(network) for network in _networks(rule))


def _is_own_list(rule: Mapping[str, Any]) -> bool:
    """Lists of one's own may hold any address; AWS's have short ids (pl-63a5400a), and hold those of one service."""
    return any(len(entry.get("PrefixListId", "")) > len("pl-01234567") for entry in rule.get("PrefixListIds") or ())


def _networks(rule: Mapping[str, Any]) -> Iterator[Network]:
    texts: Iterable[str] = [
        *(entry["CidrIp"] for entry in rule.get("IpRanges") or ()),
        *(entry["CidrIpv6"] for entry in rule.get("Ipv6Ranges") or ()),
    ]
    yield from (ipaddress.ip_network(text, strict=False) for text in texts)
