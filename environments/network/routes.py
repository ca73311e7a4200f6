"""Where the routes of a subnet lead (pure).

Source: "Route tables" and "Longest prefix match", Amazon VPC User Guide: a subnet without a table of its own has the
VPC's main one; two halves of all addresses are as good as all of them.
"""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Described = Mapping[str, Any]


def find_closed(subnets: Sequence[Described], tables: Sequence[Described]) -> dict[str, str]:
    """Find the subnets whose machines cannot reach the internet, by id, and why.

    A route to an internet gateway serves machines with a public address alone; a route to anything else (NAT, transit
    gateway, a firewall's interface) is taken as a way out. Machines of a subnet without IPv4 go by its routes for IPv6,
    where every address is public.
    """
    shut = {}
    for subnet in subnets:
        routes, native = table_of(subnet, tables).get("Routes", ()), bool(subnet.get("Ipv6Native"))
        targets = _list_targets(routes, "DestinationIpv6CidrBlock" if native else "DestinationCidrBlock")
        if not targets:
            shut[subnet["SubnetId"]] = "it has no route to the internet"
        elif not native and not subnet.get("MapPublicIpOnLaunch") and any(to.startswith("igw-") for to in targets):
            shut[subnet["SubnetId"]] = "it leads to an internet gateway, but gives machines no public address"
    return shut


def table_of(subnet: Described, tables: Sequence[Described]) -> Described:
    """Return the route table that names the subnet, else the main route table of its VPC."""
    main: Described = {}
    for table in tables:
        for association in table.get("Associations", ()):
            if association.get("SubnetId") == subnet["SubnetId"]:
                return table
            if association.get("Main") and table.get("VpcId", subnet.get("VpcId")) == subnet.get("VpcId"):
                main = table
    return main


def _list_targets(routes: Iterable[Described], destination: str) -> list[str]:
    """List what the routes lead to that cover all addresses together; none where some are not covered."""
    leading = [route for route in routes if route.get(destination) and route.get("State") != "blackhole"]
    leading = [route for route in leading if _target(route) != "local"]
    networks = [ipaddress.ip_network(route[destination], strict=False) for route in leading]
    whole = list(ipaddress.collapse_addresses(networks))  # type: ignore[type-var]
    return [_target(route) for route in leading] if any(not network.prefixlen for network in whole) else []


def _target(route: Described) -> str:
    return next((str(value) for key, value in route.items() if key.endswith("Id") and value), "")
