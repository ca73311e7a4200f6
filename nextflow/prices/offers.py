"""What EC2 offers in a region, and what it costs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from environments.machines.families import find_family, is_allowed, list_families
from environments.machines.instance_types import InstanceType
from environments.machines.memory import find_available, is_measured
from nextflow.sizing.machines import Machine


@dataclass(frozen=True)
class Offers:
    """The types of families, by name; US dollars an hour by type, where they are known.

    `asked` is when AWS was asked, None: never, and these are recorded figures. `registered` is the MiB that machines
    registered with ECS, by type. `why` says why these are not of now.
    """

    region: str
    asked: datetime | None
    types: Mapping[str, InstanceType]
    on_demand: Mapping[str, float] = field(default_factory=dict)
    spot: Mapping[str, float] = field(default_factory=dict)
    registered: Mapping[str, int] = field(default_factory=dict)
    why: str = ""

    def has(self, names: Iterable[str]) -> bool:
        """Check whether some type of every one of these families is known."""
        families = {find_family(name) for name in self.types}
        return {family for name in names for family in list_families(name)} <= families

    def list_machines(self, names: Iterable[str]) -> list[Machine]:
        """List the machines that these types, families or words for several stand for; no bare metal, no GPUs.

        Bare metal costs the same as the largest machine of its family, and takes ten minutes to start.
        """
        allowed = list(names)
        named = {name for name in allowed if "." in name}
        return [
            Machine(
                name=kind.name,
                vcpus=kind.vcpus,
                memory=find_available(kind, self.registered),
                is_measured=is_measured(kind, self.registered),
                price=self.on_demand.get(kind.name),
                spot_price=self.spot.get(kind.name),
            )
            for kind in self.types.values()
            if is_allowed(allowed, kind.name) and (kind.name in named or not (kind.gpus or ".metal" in kind.name))
        ]
