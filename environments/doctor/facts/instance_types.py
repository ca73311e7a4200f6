"""Which instance types a compute environment may launch, and where EC2 offers them (pure).

Source: "Instance type compute environments", AWS Batch User Guide.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from environments.doctor.facts.compute_environments import Described, instance_types_of
from environments.machines.families import is_allowed
from environments.machines.instance_types import InstanceType


@dataclass(frozen=True)
class InstanceTypes:
    """`known` are all sizes of the families that compute environments name, by type; `zones` the availability zones
    (of the region) that offer a type which they allow."""

    known: Mapping[str, InstanceType] = field(default_factory=dict)
    zones: Mapping[str, frozenset[str]] = field(default_factory=dict)


def allows(environment: Described, instance_type: str) -> bool:
    """Check whether a compute environment may launch this type."""
    return is_allowed(instance_types_of(environment), instance_type)
