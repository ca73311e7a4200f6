"""Law: the default VPC has an internet gateway, and its main route table leads there.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
"""

import ipaddress
from collections.abc import Callable
from typing import Any

EVERYWHERE = str(ipaddress.IPv4Network((0, 0)))


def lead_out(create: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Make the method that makes the default VPC; moto's leads nowhere."""

    def create_default_vpc(self: Any) -> Any:
        vpc = create(self)
        gateway = self.create_internet_gateway()
        self.attach_internet_gateway(gateway.id, vpc.id)
        [main] = self.describe_route_tables(filters={"vpc-id": [vpc.id], "association.main": ["true"]})
        self.create_route(main.id, EVERYWHERE, gateway_id=gateway.id)
        return vpc

    return create_default_vpc
