"""Where EC2 offers the instance types of compute environments: in which of the region's availability zones.

Source: "Find an Amazon EC2 instance type", Amazon EC2 User Guide (offerings by location).
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from cloud.pages import list_all, split
from cloud.session import Cloud
from environments.machines.families import is_allowed
from environments.machines.instance_types import InstanceType
from environments.spec.environment import EnvironmentSpec
from kiln.errors import UserError

_VALUES = 200  # of one filter: "Filter your resources", Amazon EC2 User Guide
Zones = Mapping[str, frozenset[str]]
"""Instance type → the availability zones of the region that offer it."""


def describe(cloud: Cloud, types: Iterable[str]) -> Zones:
    """Describe the zones of the region that offer these types."""
    ordered = sorted(types)
    zones: dict[str, set[str]] = {name: set() for name in ordered}
    for some in split(ordered, _VALUES):
        filters: list[Any] = [{"Name": "instance-type", "Values": some}]
        offers = list_all(cloud.ec2, "describe_instance_type_offerings", "InstanceTypeOfferings",
                       LocationType="availability-zone", Filters=filters)  # fmt: skip
        for offer in offers:
            zones.setdefault(offer["InstanceType"], set()).add(offer["Location"])
    return {name: frozenset(locations) for name, locations in zones.items()}


def find_unoffered(entries: Iterable[str], zones: Collection[str], offers: Zones) -> list[str]:
    """Find the entries of instanceTypes of which none of the zones offers any type (pure)."""
    return [
        entry
        for entry in entries
        if not any(offered & set(zones) for name, offered in offers.items() if is_allowed([entry], name))
    ]


def check(
    spec: EnvironmentSpec, known: Mapping[str, InstanceType], zones: Collection[str], offers: Zones
) -> tuple[str, ...]:  # fmt: skip
    """Warn of instance types that the subnets' zones do not offer (pure).

    Raises UserError for a compute environment whose machines could start nowhere. Entries that were not looked up,
    words for several families, are left out.
    """
    notes = []
    for name, compute in spec.compute_environments.items():
        asked = [entry for entry in compute.instance_types if any(is_allowed([entry], full) for full in known)]
        missing = find_unoffered(asked, zones, offers)
        if not missing:
            continue
        what = f"{name} allows {', '.join(missing)}, which is not offered in {', '.join(sorted(zones))}"
        elsewhere = _list_elsewhere(missing, offers)
        if len(missing) == len(compute.instance_types):
            raise UserError(
                what,
                f"{elsewhere}: no machine could start in {name}",
                f"Allow other instance_types under compute_environments: {name}, or name subnets in those zones under "
                "network.subnets.",
            )
        notes.append(f"{what}: only its other types can start; {elsewhere}")
    return tuple(notes)


def _list_elsewhere(entries: Iterable[str], offers: Zones) -> str:
    texts = []
    for entry in entries:
        zones = {zone for name, offered in offers.items() if is_allowed([entry], name) for zone in offered}
        texts.append(f"{entry} is offered in {', '.join(sorted(zones)) or 'no zone of the region'}")
    return "; ".join(texts)
