"""What becomes of one resource that an environment uses no more: it goes, loses the environment's tag, or stays."""

from dataclasses import dataclass
from typing import Literal

from cloud import errors, wait
from cloud.session import Cloud
from environments.kinds import inventory
from environments.kinds.batch import compute_environments, job_queues, removal
from environments.kinds.data import bucket_contents, buckets
from environments.kinds.ec2 import security_groups
from environments.kinds.iam import policies
from environments.model import ownership
from environments.model.resource import Existing, Key, Kind
from environments.teardown import bystanders

Action = Literal["delete", "untag", "keep"]
_DETACHED = 300.0  # seconds that the network interfaces of terminated machines may still hold a security group


@dataclass(frozen=True)
class Step:
    """One resource: it is deleted, loses its tag, or stays as it is; `why` says what is not plain."""

    action: Action
    existing: Existing
    why: str = ""


@dataclass(frozen=True)
class Named:
    """What is deleted only because a person names it: buckets that hold data, and AMIs."""

    buckets: frozenset[str] = frozenset()
    amis: tuple[str, ...] = ()


NOTHING = Named()


@dataclass(frozen=True)
class Bystanders:
    """What others use, by whom; and the other regions with an environment of this name."""

    uses: dict[Key, str]
    regions: tuple[str, ...]


def step_of(cloud: Cloud, existing: Existing, environment: str, around: Bystanders, named: Named = NOTHING) -> Step:
    """What happens to one resource that the environment uses no more."""
    if others := ownership.others(existing.tags, environment):
        return Step("untag", existing, f"stays for {', '.join(others)}")
    if existing.kind in inventory.IAM and around.regions:
        return Step("keep", existing, f"{environment} in {', '.join(around.regions)} uses it")
    if user := around.uses.get((existing.kind, existing.name)) or around.uses.get((existing.kind, existing.id)):
        return Step("keep", existing, f"the compute environment {user}, which is not {environment}'s, uses it")
    if existing.kind == policies.KIND and (strangers := bystanders.attached(cloud, existing)[1]):
        return Step("keep", existing, f"{', '.join(strangers)} has it, and is not Kiln's")
    if existing.kind == buckets.KIND and bucket_contents.holds_data(cloud, existing.name):
        if existing.name not in named.buckets:
            return Step("keep", existing, f"it holds data; --with-bucket {existing.name} deletes both")
        return Step("delete", existing, "with all that it holds")
    return Step("delete", existing)


def carry_out(cloud: Cloud, kind: Kind, step: Step, environment: str) -> None:
    """Do it, and wait until it is done. A queue's jobs end with it."""
    found = step.existing
    if step.action == "untag":
        kind.untag(cloud, found, [ownership.key(environment)])
    elif found.kind == job_queues.KIND:
        removal.queue(cloud, found.name)
    elif found.kind == compute_environments.KIND:
        removal.environment(cloud, environment, found.name)
    elif found.kind == policies.KIND:
        for role in bystanders.attached(cloud, found)[0]:
            cloud.client("iam").detach_role_policy(RoleName=role, PolicyArn=found.id)
        kind.delete(cloud, found)
    elif found.kind == security_groups.KIND:
        _when_free(cloud, found)
    elif found.kind == buckets.KIND and step.why:
        bucket_contents.delete(cloud, found.name)
        kind.delete(cloud, found)
    else:
        kind.delete(cloud, found)


def _when_free(cloud: Cloud, group: Existing) -> None:
    """The network interfaces of the last machines go some time after these."""

    def probe() -> bool | None:
        try:
            security_groups.delete(cloud, group)
        except Exception as error:
            if errors.code(error) != "DependencyViolation":
                raise
            return None
        return True

    wait.until(probe, what=f"the deletion of the security group {group.name}", timeout=_DETACHED,
               hint="Something still uses it: aws ec2 describe-network-interfaces says what.")  # fmt: skip
