"""Law: a default VPC reaches the internet; moto makes it without a gateway.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html ("Create an internet gateway and connect it
to your default VPC … Add a route to the main route table that points all traffic to the internet gateway").
"""

from ipaddress import IPv4Network
from typing import Any

from moto.ec2.models.vpcs import VPCBackend

ALL_TRAFFIC = str(IPv4Network((0, 0)))

_create = VPCBackend.create_default_vpc


def create_default_vpc(self: Any) -> Any:
    """In the place of moto's."""
    vpc = _create(self)
    gateway = self.create_internet_gateway()
    self.attach_internet_gateway(gateway.id, vpc.id)
    main = next(each for each in self.route_tables.values() if each.vpc_id == vpc.id and each.main_association_id)
    self.create_route(main.id, ALL_TRAFFIC, gateway_id=gateway.id)
    return vpc
