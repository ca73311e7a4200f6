"""The network of machines as EC2 describes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from environments.doctor.facts.compute_environments import Described


@dataclass(frozen=True)
class Network:
    """Subnets and security groups that exist, by id; route tables, VPC endpoints and network ACLs of the subnets' VPCs.

    The groups are the machines' and the endpoints'.
    """

    subnets: Mapping[str, Described] = field(default_factory=dict)
    route_tables: Sequence[Described] = ()
    endpoints: Sequence[Described] = ()
    groups: Mapping[str, Described] = field(default_factory=dict)
    acls: Sequence[Described] = ()
