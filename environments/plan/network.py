"""Find where machines run: the VPC, its subnets, and whether these lead to the internet.

Source: "Amazon ECS interface VPC endpoints" and "Amazon ECR interface VPC endpoints", AWS documentation: what an ECS
container instance must reach.
"""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cloud.pages import list_all
from cloud.session import Cloud
from environments.model.inputs import Network
from environments.spec.environment import EnvironmentSpec
from kiln.errors import UserError

# The last part of an endpoint's service name, com.amazonaws.REGION.…
_ENDPOINTS = ("ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs", "s3")
Described = Mapping[str, Any]


def find(cloud: Cloud, spec: EnvironmentSpec) -> Network:
    """Find the subnets that the definition means, in at most three calls; raises UserError where there are none."""
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
    mine = [{"Name": "vpc-id", "Values": [vpc]}]
    shut = find_closed(subnets, list_all(cloud.ec2, "describe_route_tables", "RouteTables", Filters=mine))
    endpoints = list_all(cloud.ec2, "describe_vpc_endpoints", "VpcEndpoints", Filters=mine) if shut else []
    names = tuple(sorted(subnet["SubnetId"] for subnet in subnets))
    zones = frozenset(str(subnet["AvailabilityZone"]) for subnet in subnets)
    return Network(vpc, names, {}, warn(shut, endpoints), zones)


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


def find_closed(subnets: Sequence[Described], tables: Sequence[Described]) -> dict[str, str]:
    """Find the subnets whose machines cannot reach the internet, by id, and why (pure).

    A route to an internet gateway serves machines with a public address alone; a route to anything else (NAT, transit
    gateway, a firewall's interface) is taken as a way out.
    """
    shut = {}
    for subnet in subnets:
        target = _default_route(_table_of(subnet, tables))
        if target is None:
            shut[subnet["SubnetId"]] = "it has no route to the internet"
        elif target.startswith("igw-") and not subnet.get("MapPublicIpOnLaunch"):
            shut[subnet["SubnetId"]] = "it leads to an internet gateway, but gives machines no public address"
    return shut


def _table_of(subnet: Described, tables: Sequence[Described]) -> Described:
    """Return the route table that names the subnet, else the VPC's main route table."""
    main: Described = {}
    for table in tables:
        for association in table.get("Associations", ()):
            if association.get("SubnetId") == subnet["SubnetId"]:
                return table
            if association.get("Main"):
                main = table
    return main


def _default_route(table: Described) -> str | None:
    """Return what the default route leads to, or None."""
    for route in table.get("Routes", ()):
        everywhere = route.get("DestinationCidrBlock")
        if everywhere and not ipaddress.ip_network(everywhere).prefixlen and route.get("State") != "blackhole":
            return next((str(value) for key, value in route.items() if key.endswith(("GatewayId", "Id")) and value), "")
    return None


def warn(shut: Mapping[str, str], endpoints: Iterable[Described]) -> tuple[str, ...]:
    """Warn of subnets that do not lead to the internet: which VPC endpoints they lack (pure); () where none lacks."""
    if not shut:
        return ()
    missing = list_lacking(endpoints)
    if not missing:
        return ()
    lacks, reasons = ", ".join(missing), sorted(set(shut.values()))
    return tuple(
        f"machines in {_some([name for name in sorted(shut) if shut[name] == why])} cannot join: {why}, "
        f"and its VPC has no endpoint for {lacks}"
        for why in reasons
    )


def _some(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more subnets"


def list_lacking(endpoints: Iterable[Described]) -> tuple[str, ...]:
    """List the endpoints that such machines need, and that do not exist (pure)."""
    available = [endpoint for endpoint in endpoints if endpoint.get("State") == "available"]
    services = {endpoint["ServiceName"].split(".", 3)[-1] for endpoint in available}
    return tuple(name for name in _ENDPOINTS if name not in services)
