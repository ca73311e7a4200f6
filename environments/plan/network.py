"""Find where machines run: the VPC, its subnets, and whether these lead to what machines must reach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from cloud.looks import Looks
from cloud.pages import list_all
from cloud.session import Cloud
from environments.model.inputs import Network
from environments.network import acls
from environments.network.endpoints import Endpoints, list_groups
from environments.network.routes import find_closed, table_of
from environments.plan import egress
from environments.plan.steps import Step
from environments.spec.environment import EnvironmentSpec
from kiln import words
from kiln.errors import UserError

Described = Mapping[str, Any]


@dataclass(frozen=True)
class Surroundings:
    """The subnets and their VPC's route tables as EC2 describes them; `shut` are those that lead to no internet."""

    vpc: str
    subnets: Sequence[Described]
    tables: Sequence[Described]
    shut: Mapping[str, str]

    def list_lacking(self, subnet: Described, endpoints: Endpoints) -> tuple[str, ...]:
        """List the services that machines of a subnet reach by no endpoint."""
        return endpoints.list_lacking(subnet, table_of(subnet, self.tables).get("RouteTableId", ""))


def find(cloud: Cloud, spec: EnvironmentSpec) -> Network:
    """Find the subnets that the definition means, in at most four calls; raises UserError where there are none."""
    return describe(cloud, look(cloud, spec))


def look(cloud: Cloud, spec: EnvironmentSpec) -> Surroundings:
    """Look at the subnets that the definition means, in two calls; raises UserError where there are none."""
    subnets = _subnets(cloud, spec)
    vpcs = sorted({subnet["VpcId"] for subnet in subnets})
    if len(vpcs) > 1:
        raise UserError(
            f"the subnets of {spec.name} are in {len(vpcs)} VPCs", ", ".join(vpcs), "Name subnets of a single VPC."
        )
    [vpc] = vpcs
    if spec.network.vpc not in ("default", vpc):
        raise UserError(
            f"the subnets of {spec.name} are not in {spec.network.vpc}", f"they are in {vpc}", "See network.subnets."
        )
    tables = list_all(cloud.ec2, "describe_route_tables", "RouteTables", Filters=_of_vpc(vpc))
    return Surroundings(vpc, subnets, tables, find_closed(subnets, tables))


def describe(cloud: Cloud, place: Surroundings) -> Network:
    """Describe where machines run; two calls where some subnet leads to no internet, to see its endpoints."""
    warnings = warn(place, describe_endpoints(cloud, place.vpc)) if place.shut else ()
    names = tuple(sorted(subnet["SubnetId"] for subnet in place.subnets))
    zones = frozenset(str(subnet["AvailabilityZone"]) for subnet in place.subnets)
    return Network(place.vpc, names, {}, warnings, zones)


def warn_of_rules(cloud: Cloud, place: Surroundings, steps: Sequence[Step], looks: Looks) -> tuple[str, ...]:
    """Warn of security groups and network ACLs that keep machines from joining.

    Where there is nothing to do, AWS is not asked about network ACLs: machines run, and the doctor looks at them.
    """
    groups = egress.find_existing(steps)
    lacking: Sequence[str] = ()
    if egress.is_inside_only(groups):
        endpoints = describe_endpoints(cloud, place.vpc)
        open_ = [subnet for subnet in place.subnets if subnet["SubnetId"] not in place.shut]
        lacking = [service for subnet in open_ for service in place.list_lacking(subnet, endpoints)]
    notes = egress.warn(groups, list(dict.fromkeys(lacking)))
    if not any(step.something_to_do for step in steps):
        return notes
    ask = partial(list_all, cloud.ec2, "describe_network_acls", "NetworkAcls", Filters=_of_vpc(place.vpc))
    seen: list[Any] = looks.at("whether network ACLs let machines reach ECS", [], ask)
    return (*notes, *warn_of_acls(acls.find_blocked(place.subnets, seen, place.shut)))


def _of_vpc(vpc: str) -> list[Any]:
    return [{"Name": "vpc-id", "Values": [vpc]}]


def describe_endpoints(cloud: Cloud, vpc: str) -> Endpoints:
    """Describe the endpoints of a VPC, and the security groups of these: two calls at most."""
    described = list_all(cloud.ec2, "describe_vpc_endpoints", "VpcEndpoints", Filters=_of_vpc(vpc))
    named = [{"Name": "group-id", "Values": list_groups(described)}]
    if not named[0]["Values"]:
        return Endpoints(described)
    groups = list_all(cloud.ec2, "describe_security_groups", "SecurityGroups", Filters=named)
    return Endpoints(described, {group["GroupId"]: group for group in groups})


def _subnets(cloud: Cloud, spec: EnvironmentSpec) -> list[dict[str, Any]]:
    network = spec.network
    if network.subnets:
        query: dict[str, Any] = {"SubnetIds": list(network.subnets)}
        return list(cloud.ec2.describe_subnets(**query)["Subnets"])
    name, value = ("default-for-az", "true") if network.vpc == "default" else ("vpc-id", network.vpc)
    subnets = list_all(cloud.ec2, "describe_subnets", "Subnets", Filters=[{"Name": name, "Values": [value]}])
    if not subnets:
        raise _without_subnets(cloud.region, network.vpc)
    return subnets


def _without_subnets(region: str, vpc: str) -> UserError:
    if vpc == "default":
        return UserError(
            f"{region} has no default VPC",
            "machines need a subnet to run in",
            "Name subnets under network.subnets, or make a default VPC: aws ec2 create-default-vpc.",
        )
    return UserError(
        f"{region} has no subnet in {vpc}",
        "machines need a subnet to run in; the VPC is another region's or account's, is gone, or has none",
        f"Correct network.vpc (its VPCs: aws ec2 describe-vpcs --region {region}), or make a subnet in it.",
    )


def warn(place: Surroundings, endpoints: Endpoints) -> tuple[str, ...]:
    """Warn of subnets that do not lead to the internet: which VPC endpoints they lack (pure); () where none lacks."""
    lacking: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for subnet in place.subnets:
        name = subnet["SubnetId"]
        if name in place.shut and (missing := place.list_lacking(subnet, endpoints)):
            lacking.setdefault((place.shut[name], missing), []).append(name)
    return tuple(
        f"machines in {_some(sorted(names))} cannot join: {why}, "
        f"and its VPC has no endpoint {'' if _is_plain(missing) else 'that works '}for {', '.join(missing)}"
        for (why, missing), names in sorted(lacking.items())
    )


def warn_of_acls(blocked: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    """Warn of subnets whose network ACL blocks machines (pure)."""
    subnets: dict[tuple[str, str], list[str]] = {}
    for name in sorted(blocked):
        subnets.setdefault(blocked[name], []).append(name)
    return tuple(f"machines in {_some(names)} cannot join: {why}; {fix}" for (why, fix), names in subnets.items())


def _is_plain(missing: Sequence[str]) -> bool:
    return not any("(" in text for text in missing)


def _some(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{names[0]} and {words.count(len(names) - 1, 'more subnet')}"
