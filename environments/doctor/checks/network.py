"""Whether machines can reach ECS, ECR, S3 and CloudWatch Logs: without it they start, are paid for, and never join."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from environments.doctor.looks.ec2 import groups_of
from environments.doctor.picture.described import Described, name_of, resources, template_data
from environments.doctor.picture.finding import Finding, error
from environments.doctor.picture.picture import Picture
from environments.plan import network

_HTTPS = 443


def subnets(picture: Picture) -> Iterator[Finding]:
    """Subnets that are gone, or whose machines have no way out and lack VPC endpoints."""
    for each in picture.environments:
        for subnet in resources(each).get("subnets") or ():
            if subnet not in picture.subnets:
                yield error(
                    f"the subnet {subnet} is gone",
                    f"{name_of(each)} starts machines in it",
                    f"name those there are under network.subnets, then {picture.again}",
                    subnet,
                )
    yield from _without_way_out(picture)


def _without_way_out(picture: Picture) -> Iterator[Finding]:
    users: dict[str, list[str]] = {}
    shut: dict[str, str] = {}
    for each in picture.environments:
        mine = [
            _as_launched(each, picture, picture.subnets[one])
            for one in resources(each).get("subnets") or ()
            if one in picture.subnets
        ]
        for subnet, why in network.without_way_out(mine, picture.route_tables).items():
            users.setdefault(subnet, []).append(name_of(each))
            shut[subnet] = why
    by_reason: dict[tuple[str, str, str], list[str]] = {}
    for subnet, why in shut.items():
        vpc = picture.subnets[subnet]["VpcId"]
        missing = ", ".join(network.lacking(one for one in picture.endpoints if one.get("VpcId") == vpc))
        if missing:
            by_reason.setdefault((why, missing, ", ".join(users[subnet])), []).append(subnet)
    for (why, missing, names), found in by_reason.items():
        one = len(found) == 1
        what = f"machines of {names} cannot join from {'subnet' if one else 'subnets'} {', '.join(sorted(found))}"
        yield error(
            f"{what}: {why}",
            f"there is no other way either: the VPC has no endpoint for {missing}",
            "add a route to a NAT gateway, or to an internet gateway with public addresses, or those endpoints",
            sorted(found)[0],
        )


def _as_launched(environment: Described, picture: Picture, subnet: Described) -> Mapping[str, Any]:
    """The subnet as its machines meet it: a launch template can give them a public address too."""
    cards = template_data(environment, picture.templates).get("NetworkInterfaces") or ()
    said = [card["AssociatePublicIpAddress"] for card in cards if "AssociatePublicIpAddress" in card]
    return {**subnet, "MapPublicIpOnLaunch": said[0]} if said else subnet


def groups(picture: Picture) -> Iterator[Finding]:
    """Security groups that are gone, and environments none of whose groups lets HTTPS out."""
    for each in picture.environments:
        named = groups_of(each, picture)
        missing = [group for group in named if group not in picture.groups]
        for group in missing:
            yield error(
                f"the security group {group} is gone",
                f"no machine starts in {name_of(each)}",
                f"{picture.again} finds or makes another",
                group,
            )
        there = [picture.groups[group] for group in named if group in picture.groups]
        if there and not missing and not any(_lets_https_out(group) for group in there):
            ids = ", ".join(str(group["GroupId"]) for group in there)
            yield error(
                f"the security groups of {name_of(each)} ({ids}) let no HTTPS out",
                "machines reach ECS, ECR, S3 and CloudWatch Logs over TCP port 443",
                f"allow outgoing TCP 443 in {ids}",
                str(there[0]["GroupId"]),
            )


def _lets_https_out(group: Described) -> bool:
    return any(_takes_https(rule) and _leads_out(rule) for rule in group.get("IpPermissionsEgress") or ())


def _takes_https(rule: Described) -> bool:
    if rule.get("IpProtocol") == "-1":
        return True
    return rule.get("IpProtocol") in ("tcp", "6") and rule.get("FromPort", 0) <= _HTTPS <= rule.get("ToPort", 65535)


def _leads_out(rule: Described) -> bool:
    """To addresses beyond one machine, to a prefix list (S3's), or to another group (an endpoint's)."""
    wide = [each["CidrIp"] for each in rule.get("IpRanges") or ()]
    wide += [each["CidrIpv6"] for each in rule.get("Ipv6Ranges") or ()]
    elsewhere = rule.get("PrefixListIds") or rule.get("UserIdGroupPairs")
    return bool(elsewhere) or any(ipaddress.ip_network(each, strict=False).num_addresses > 1 for each in wide)
