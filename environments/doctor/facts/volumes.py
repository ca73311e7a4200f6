"""EBS volumes that machines have added to their own storage."""

from collections.abc import Sequence
from dataclasses import dataclass

from environments.doctor.facts.compute_environments import Described


@dataclass(frozen=True)
class Volumes:
    """Volumes that are attached to no instance; `living_owners` are the ids of those owners that have not ended."""

    unattached: Sequence[Described] = ()
    living_owners: frozenset[str] = frozenset()
