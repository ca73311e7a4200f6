"""Which instance types a compute environment may launch, and where EC2 offers them (pure).

Source: "Instance type compute environments", AWS Batch User Guide.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from environments.doctor.facts.compute_environments import Described, instance_types_of
from environments.plan.instance_types import InstanceType

_GROUPS = {  # a word of instanceTypes → the families that it stands for
    "optimal": ("m6i", "c6i", "r6i", "c7i"),
    "default_x86_64": ("m6i", "c6i", "r6i", "c7i"),
    "default_arm64": ("m6g", "c6g", "r6g", "c7g"),
}


@dataclass(frozen=True)
class InstanceTypes:
    """`known` are all sizes of the families that compute environments name, by type; `zones` the availability zones
    (of the region) that offer a type which they allow."""

    known: Mapping[str, InstanceType] = field(default_factory=dict)
    zones: Mapping[str, frozenset[str]] = field(default_factory=dict)


def families_of(name: str) -> tuple[str, ...]:
    """List the families behind an entry of instanceTypes: of a type, of a family, of a word for several."""
    return _GROUPS.get(name, (family_of(name),))


def family_of(instance_type: str) -> str:
    """Cut the size off: c5.2xlarge → c5; a family stays as it is."""
    return instance_type.partition(".")[0]


def allowed_by(names: Iterable[str], instance_type: str) -> bool:
    """Check whether these entries of instanceTypes allow a type."""
    entries = {entry for name in names for entry in _GROUPS.get(name, (name,))}
    return bool({instance_type, family_of(instance_type)} & entries)


def allows(environment: Described, instance_type: str) -> bool:
    """Check whether a compute environment may launch this type."""
    return allowed_by(instance_types_of(environment), instance_type)
