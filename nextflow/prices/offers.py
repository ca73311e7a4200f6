"""What EC2 offers in a region, and what it costs."""

from collections.abc import Iterable, Mapping, Sequence
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
        """List the machines that these types, families or words for several stand for.

        No bare metal, which costs the same as the largest machine of its family and takes ten minutes to start. GPUs
        only where all have some. An image is of one architecture: that of the first name counts.
        """
        kinds = self._list_usual(list(names))
        arch = kinds[0].archs[0] if kinds else ""
        return [
            Machine(
                name=kind.name,
                vcpus=kind.vcpus,
                memory=find_available(kind, self.registered),
                is_measured=is_measured(kind, self.registered),
                price=self.on_demand.get(kind.name),
                spot_price=self.spot.get(kind.name),
                gpus=kind.gpus,
            )
            for kind in kinds if arch in kind.archs
        ]  # fmt: skip

    def list_left_out(self, names: Iterable[str]) -> tuple[str, ...]:
        """List the families that are left out, as they are of another architecture than the first."""
        kinds = self._list_usual(list(names))
        others = [kind for kind in kinds if kinds[0].archs[0] not in kind.archs]
        return tuple(dict.fromkeys(find_family(kind.name) for kind in others))

    def _list_usual(self, names: Sequence[str]) -> list[InstanceType]:
        """In the order of the names."""
        allowed = {
            kind.name: kind for name in names for kind in self.types.values()
            if is_allowed([name], kind.name) and (kind.name in names or ".metal" not in kind.name)
        }  # fmt: skip
        usual = [kind for kind in allowed.values() if kind.name in names or not kind.gpus]
        return usual or list(allowed.values())
