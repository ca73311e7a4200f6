"""What becomes of one resource that an environment uses no more: it goes, loses the environment's tag, or stays."""

from dataclasses import dataclass

from cloud.session import Cloud
from environments.kinds.order import BY_NAME
from environments.model import ownership
from environments.model.resource import Existing, Fate, Key, Removal


@dataclass(frozen=True)
class Step:
    """One resource: it is deleted, loses its tag, or stays as it is; `why` says what is not plain."""

    action: Fate
    existing: Existing
    why: str = ""


@dataclass(frozen=True)
class Bystanders:
    """What others use, by whom; and the other regions with an environment of this name."""

    uses: dict[Key, str]
    regions: tuple[str, ...]


def plan_removal(cloud: Cloud, existing: Existing, removal: Removal, bystanders: Bystanders) -> Step:
    """Decide what happens to one resource that the environment uses no more."""
    environment, kind = removal.environment, BY_NAME[existing.kind]
    if others := ownership.others(existing.tags, environment):
        return Step("untag", existing, f"stays for {', '.join(others)}")
    if kind.ACCOUNT_WIDE and bystanders.regions:
        return Step("keep", existing, f"{environment} in {', '.join(bystanders.regions)} uses it")
    for key in ((existing.kind, existing.name), (existing.kind, existing.id)):
        if user := bystanders.uses.get(key):
            return Step("keep", existing, f"the compute environment {user}, which is not {environment}'s, uses it")
    fate, why = kind.fate(cloud, existing, removal)
    return Step(fate, existing, why)


def carry_out(cloud: Cloud, step: Step, removal: Removal) -> None:
    """Do it, and wait until it is done."""
    kind = BY_NAME[step.existing.kind]
    if step.action == "untag":
        kind.untag(cloud, step.existing, [ownership.key(removal.environment)])
    elif step.action == "delete":
        kind.delete(cloud, step.existing, removal)
