"""Law: the default VPC has an internet gateway, and its main route table leads there.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
"""

import ipaddress
from typing import Any

from moto.ec2.models import EC2Backend

EVERYWHERE = str(ipaddress.IPv4Network((0, 0)))

_create = EC2Backend.create_default_vpc


def create_default_vpc(self: Any) -> Any:
    """In the place of moto's, whose default VPC leads nowhere."""
    vpc = _create(self)
    gateway = self.create_internet_gateway()
    self.attach_internet_gateway(gateway.id, vpc.id)
    [main] = self.describe_route_tables(filters={"vpc-id": [vpc.id], "association.main": ["true"]})
    self.create_route(main.id, EVERYWHERE, gateway_id=gateway.id)
    return vpc
