"""Whether an instance of a compute environment could reach the services that it needs.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html ("No internet access for compute
resources": an interface VPC endpoint, public addresses, or network address translation)
"""

from typing import Any

from moto.ec2.models import ec2_backends

from sandbox.ec2.network.default_vpc import EVERYWHERE
from sandbox.world.world import ACCOUNT

_ENDPOINT = ".ecs"


def reaches_out(region: str, subnets: list[str], groups: list[str]) -> bool:
    """Return whether any of these subnets has a way out, and any of these security groups (none: unknown) lets traffic
    out.
    """
    backend: Any = ec2_backends[ACCOUNT][region]
    known = [zone[subnet] for zone in backend.subnets.values() for subnet in subnets if subnet in zone]
    return any(_leads_out(backend, subnet) for subnet in known) and _lets_out(backend, groups)


def _leads_out(backend: Any, subnet: Any) -> bool:
    endpoints = backend.vpc_end_points.values()
    if any(endpoint.vpc_id == subnet.vpc_id and endpoint.service_name.endswith(_ENDPOINT) for endpoint in endpoints):
        return True
    tables = [route_table for route_table in backend.route_tables.values() if route_table.vpc_id == subnet.vpc_id]
    own = [table for table in tables if any(its.get("SubnetId") == subnet.id for its in table.associations)]
    return any(_is_way_out(route, subnet) for table in own or _list_main(tables) for route in table.routes)


def _list_main(tables: list[Any]) -> list[Any]:
    return [table for table in tables if table.main_association_id]


def _is_way_out(route: Any, subnet: Any) -> bool:
    """Return whether a route leads out; an internet gateway serves those alone that have a public address."""
    if route.destination_cidr_block != EVERYWHERE or route.local:
        return False
    return route.gateway is None or str(subnet.map_public_ip_on_launch).lower() == "true"


def _lets_out(backend: Any, groups: list[str]) -> bool:
    found = [known[group] for known in backend.groups.values() for group in groups if group in known]
    return not found or any(group.egress_rules for group in found)
