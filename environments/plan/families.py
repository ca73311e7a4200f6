"""Which instance types an entry of instanceTypes allows (pure).

Source: "Instance type compute environments", AWS Batch User Guide.
"""

from collections.abc import Iterable

GROUPS = {  # a word of instanceTypes → the families that it stands for
    "optimal": ("m6i", "c6i", "r6i", "c7i"),
    "default_x86_64": ("m6i", "c6i", "r6i", "c7i"),
    "default_arm64": ("m6g", "c6g", "r6g", "c7g"),
}


def families_of(name: str) -> tuple[str, ...]:
    """List the families behind an entry of instanceTypes: of a type, of a family, of a word for several."""
    return GROUPS.get(name, (family_of(name),))


def family_of(instance_type: str) -> str:
    """Cut the size off: c5.2xlarge → c5; a family stays as it is."""
    return instance_type.partition(".")[0]


def allowed_by(names: Iterable[str], instance_type: str) -> bool:
    """Check whether these entries of instanceTypes allow a type."""
    entries = {entry for name in names for entry in GROUPS.get(name, (name,))}
    return bool({instance_type, family_of(instance_type)} & entries)
