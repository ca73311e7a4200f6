"""What the roles of environments may not do, although they must."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cloud.rights.demand import Verdict
from cloud.rights.words import role_name


@dataclass(frozen=True)
class Rights:
    """Environment → its verdicts, of which something is missing or unchecked. `attachable` are ARNs of policies of
    Kiln's own, which a role may be given."""

    by_environment: Mapping[str, tuple[Verdict, ...]] = field(default_factory=dict)
    attachable: frozenset[str] = frozenset()

    @property
    def unchecked(self) -> str:
        """Say what neither IAM nor the policies themselves could tell; "" where everything was told."""
        verdicts = [verdict for own in self.by_environment.values() for verdict in own if verdict.unchecked]
        return "; ".join(
            dict.fromkeys(f"the role {role_name(verdict.demand)}: {verdict.unchecked}" for verdict in verdicts)
        )
