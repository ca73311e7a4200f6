"""Which instance types an entry of instanceTypes allows (pure).

Source: "Instance type compute environments", AWS Batch User Guide.
"""

import difflib
import re
from collections.abc import Iterable, Sequence

from kiln.errors import UserError

GROUPS = {  # a word of instanceTypes → the families that it stands for
    "optimal": ("m6i", "c6i", "r6i", "c7i"),
    "default_x86_64": ("m6i", "c6i", "r6i", "c7i"),
    "default_arm64": ("m6g", "c6g", "r6g", "c7g"),
}
_NEVER = re.compile(r"(t\d|mac)[a-z0-9-]*(\.|$)")


def list_families(name: str) -> tuple[str, ...]:
    """List the families behind an entry of instanceTypes: of a type, of a family, of a word for several."""
    return GROUPS.get(name, (find_family(name),))


def find_family(instance_type: str) -> str:
    """Cut the size off: c5.2xlarge → c5; a family stays as it is."""
    return instance_type.partition(".")[0]


def is_allowed(names: Iterable[str], instance_type: str) -> bool:
    """Check whether these entries of instanceTypes allow a type."""
    entries = {entry for name in names for entry in GROUPS.get(name, (name,))}
    return bool({instance_type, find_family(instance_type)} & entries)


def refuse_never(names: Iterable[str]) -> None:
    """Raise UserError for types that CreateComputeEnvironment does not list among those that it takes."""
    if wrong := sorted(name for name in names if _NEVER.match(name)):
        raise UserError(
            f"AWS Batch takes no {', '.join(wrong)}",
            "it starts neither burstable machines (t2, t3, t3a, t4g) nor Macs",
            "Name other instance_types, such as m6i.large or optimal.",
        )


def describe_unknown(region: str, missing: Sequence[str], types: Iterable[str]) -> UserError:
    """What is said of names that are no type and no family of the region: which was meant, and the family's sizes.

    `types` are all types of the region; none where they could not be looked at.
    """
    there = sorted(types)
    names = {*there, *map(find_family, there), *GROUPS}
    near = {name: next(iter(difflib.get_close_matches(name, names, n=1)), "") for name in missing}
    meant = ", ".join(f"{guess} for {name}" for name, guess in near.items() if guess)
    sizes = {family: [name for name in there if find_family(name) == family] for family in map(find_family, missing)}
    rest = "".join(f"; of {family} it has {', '.join(some)}" for family, some in sizes.items() if some)
    return UserError(
        f"{region} has no {', '.join(missing)}",
        f"EC2 has no such instance type or family there{rest}",
        (f"Did you mean {meant}? " if meant else "") + "See instance_types in environments/reference.yaml.",
    )
