"""A resource as the definition asks for it beside what AWS has: whose it is, and in what the two differ (pure)."""

from dataclasses import dataclass

from environments.kinds.batch import compute_environments
from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.kinds.order import BY_NAME
from environments.model import ownership
from environments.model.resource import Desired, Difference, Existing
from kiln.errors import UserError

_SIMPLE = {*compute_environments.SCALING, compute_environments.MEMORY, compute_environments.STATUS}


@dataclass(frozen=True)
class Comparison:
    """`existing` is None where AWS has nothing. `foreign`: somebody else made it. `joins`: it lacks this environment's
    tag."""

    desired: Desired
    existing: Existing | None = None
    changes: tuple[Difference, ...] = ()
    foreign: bool = False
    joins: bool = False

    @property
    def leftovers(self) -> tuple[ExistingEnvironment, ...]:
        """Compute environments of the same definition that an earlier roll-out left."""
        if self.foreign or not isinstance(self.existing, ExistingEnvironment):
            return ()
        return self.existing.others

    @property
    def needs_rollout(self) -> bool:
        """Whether a compute environment changes beyond what AWS Batch does without touching a machine."""
        if self.foreign or not isinstance(self.existing, ExistingEnvironment):
            return False
        return any(change.field not in _SIMPLE for change in self.changes)


def compare(desired: Desired, existing: Existing | None, environment: str) -> Comparison:
    """Compare one resource; raises UserError where it must exist and does not, or is another environment's."""
    if existing is None:
        if desired.foreign:
            raise UserError(
                f"there is no {desired.kind} {desired.name}",
                f"{environment} uses it as something that exists already",
                "Make it, or let Kiln make it: see environments/reference.yaml.",
            )
        return Comparison(desired)
    if not desired.tags and not desired.foreign:
        return Comparison(desired, existing)
    kind = BY_NAME[desired.kind]
    changes = tuple(kind.diff(desired, existing))
    if desired.foreign or not kind.is_kilns(desired, existing):
        return Comparison(desired, existing, changes, foreign=True)
    users = ownership.users(existing.tags)
    if desired.exclusive and users and environment not in users:
        raise UserError(
            f"the {desired.kind} {desired.name} belongs to the environment {', '.join(users)}",
            f"{environment} would change it",
            "Give it another name in one of the two definitions, or use another region. A definition that several "
            f"environments share says {{environment}} in its names, in quotes: {_suggest(desired.name, users[0])}",
        )
    return Comparison(desired, existing, changes, joins=ownership.key(environment) not in existing.tags)


def _suggest(name: str, owner: str) -> str:
    """A name with the placeholder: in the place of the other environment's name where that is part of it."""
    filled = name.replace(owner, "{environment}") if owner in name else "{environment}-" + name
    return f'"{filled}"'
