"""Whether machines can reach ECS, ECR, S3 and CloudWatch Logs: without it they start, are paid for, and never join."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from environments.doctor.checks.finding import Finding, error
from environments.doctor.facts.compute_environments import Described, groups_of, name_of, subnets_of, template_data
from environments.doctor.facts.picture import Picture
from environments.network import acls
from environments.network.endpoints import Endpoints
from environments.network.routes import find_closed, table_of
from environments.network.rules import allows_https_out, leads_to_internet
from environments.plan.egress import say_inside_only, write_command


def check_subnets(picture: Picture) -> Iterator[Finding]:
    """Find subnets that are gone, or whose machines have no way out and lack VPC endpoints."""
    for environment in picture.scope.environments:
        for subnet in subnets_of(environment):
            if subnet not in picture.network.subnets:
                yield error(
                    f"the subnet {subnet} is gone",
                    f"{name_of(environment)} starts machines in it",
                    f"name existing subnets under network.subnets, then {picture.scope.register_command}",
                    subnet,
                )
    yield from _check_ways_out(picture)


def _check_ways_out(picture: Picture) -> Iterator[Finding]:
    users: dict[str, list[str]] = {}
    shut: dict[str, str] = {}
    for environment in picture.scope.environments:
        closed = find_closed(_subnets_as_launched(environment, picture), picture.network.route_tables)
        for subnet, why in closed.items():
            users.setdefault(subnet, []).append(name_of(environment))
            shut[subnet] = why
    by_reason: dict[tuple[str, str, str], list[str]] = {}
    for subnet, why in shut.items():
        if lacking := _list_lacking(picture, picture.network.subnets[subnet]):
            by_reason.setdefault((why, ", ".join(lacking), ", ".join(users[subnet])), []).append(subnet)
    for (why, missing, names), subnets in by_reason.items():
        noun = "subnet" if len(subnets) == 1 else "subnets"
        yield error(
            f"machines of {names} cannot join from {noun} {', '.join(sorted(subnets))}: {why}",
            f"there is no other way either: the VPC has no endpoint for {missing}",
            "add a route to a NAT gateway, or to an internet gateway with public addresses, or those endpoints",
            sorted(subnets)[0],
        )


def _list_lacking(picture: Picture, subnet: Described) -> tuple[str, ...]:
    endpoints = [endpoint for endpoint in picture.network.endpoints if endpoint.get("VpcId") == subnet["VpcId"]]
    table = table_of(subnet, picture.network.route_tables).get("RouteTableId", "")
    return Endpoints(endpoints, picture.network.groups).list_lacking(subnet, table)


def _subnets_as_launched(environment: Described, picture: Picture) -> list[Mapping[str, Any]]:
    """The subnets as its machines meet them: a launch template can give machines a public address too."""
    subnets = [picture.network.subnets[name] for name in subnets_of(environment) if name in picture.network.subnets]
    interfaces = template_data(environment, picture.templates).get("NetworkInterfaces") or ()
    public = [
        interface["AssociatePublicIpAddress"] for interface in interfaces if "AssociatePublicIpAddress" in interface
    ]
    return [{**subnet, "MapPublicIpOnLaunch": public[0]} for subnet in subnets] if public else subnets


def check_acls(picture: Picture) -> Iterator[Finding]:
    """Find subnets whose network ACL lets no HTTPS out, or no answers in."""
    for environment in picture.scope.environments:
        subnets = _subnets_as_launched(environment, picture)
        closed = find_closed(subnets, picture.network.route_tables)
        for subnet, (why, fix) in acls.find_blocked(subnets, picture.network.acls, closed).items():
            what = f"machines of {name_of(environment)} cannot join from subnet {subnet}: {why}"
            yield error(what, "machines reach ECS, ECR, S3 and CloudWatch Logs over TCP port 443", fix, subnet)


def check_groups(picture: Picture) -> Iterator[Finding]:
    """Find security groups that are gone, and compute environments whose groups allow no HTTPS to the outside."""
    for environment in picture.scope.environments:
        names = groups_of(environment, picture.templates)
        missing = [name for name in names if name not in picture.network.groups]
        for name in missing:
            yield error(
                f"the security group {name} is gone",
                f"no machine starts in {name_of(environment)}",
                f"{picture.scope.register_command} uses or makes another",
                name,
            )
        groups = [picture.network.groups[name] for name in names if name in picture.network.groups]
        if groups and not missing and not any(map(_is_open, groups)):
            yield _closed(environment, groups)
        elif groups and not missing:
            yield from _inside_only(environment, groups, picture)


def _inside_only(environment: Described, groups: Sequence[Described], picture: Picture) -> Iterator[Finding]:
    """Groups that let HTTPS out to endpoints alone, where some are lacking; closed subnets are spoken of above."""
    subnets = _subnets_as_launched(environment, picture)
    shut = find_closed(subnets, picture.network.route_tables)
    lacking = [_list_lacking(picture, subnet) for subnet in subnets if subnet["SubnetId"] not in shut]
    rules = [rule for group in groups for rule in group.get("IpPermissionsEgress") or ()]
    if not leads_to_internet(rules) and any(lacking):
        ids = ", ".join(str(group["GroupId"]) for group in groups)
        first = str(groups[0]["GroupId"])
        what, fix = say_inside_only(ids, next(filter(None, lacking)), first)
        yield error(f"{name_of(environment)}: {what}", "no machine of it joins ECS", fix, first)


def _closed(environment: Described, groups: Sequence[Described]) -> Finding:
    ids = ", ".join(str(group["GroupId"]) for group in groups)
    return error(
        f"the security groups of {name_of(environment)} ({ids}) let no HTTPS out",
        "machines reach ECS, ECR, S3 and CloudWatch Logs over TCP port 443",
        f"allow outgoing TCP 443 in {ids}: {write_command(str(groups[0]['GroupId']))}",
        str(groups[0]["GroupId"]),
    )


def _is_open(group: Described) -> bool:
    return allows_https_out(group.get("IpPermissionsEgress") or ())
