"""Which instance types are measured, and in which compute environment (pure, but for what EC2 knows of types)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.machines.families import is_allowed
from environments.machines.instance_types import InstanceType
from environments.machines.memory import estimate
from kiln import typed, words
from kiln.errors import UserError

MEASURING = "kiln:measuring"
"""The tag of a compute environment whose minimum is raised: run=ID min=N."""
MOST = 5  # types at once without --types: each is a machine that is paid for


@dataclass(frozen=True)
class Target:
    """A type to be measured with an AMI. `base` is the compute environment that launches it, or whose copy does.

    `own` says that `base` can launch no other type: then no copy is needed.
    """

    type: InstanceType
    ami: str
    base: ExistingEnvironment
    own: bool

    @property
    def computed(self) -> int:
        """The MiB that are reckoned where nobody has measured."""
        return estimate(self.type.memory)


def choose_types(
    compute: Sequence[ExistingEnvironment], known: Mapping[str, InstanceType], named: Sequence[str], env: str
) -> list[InstanceType]:
    """Choose the types: those that were named, else all that the compute environments allow, up to MOST.

    Raises UserError for a type that EC2 does not know, and where there are too many to go on without being asked.
    """
    if named:
        if unknown := [name for name in named if name not in known]:
            raise UserError(
                f"there is no instance type {', '.join(unknown)} in this region",
                "EC2 does not know it there, or it is a family",
                "Name types such as c5.2xlarge, with commas between them.",
            )
        return [known[name] for name in dict.fromkeys(named)]
    entries = {str(name) for environment in compute for name in environment.fields["instanceTypes"]}
    allowed = sorted((kind for kind in known.values() if is_allowed(entries, kind.name)), key=lambda kind: kind.name)
    if len(allowed) > MOST:
        first = ",".join(kind.name for kind in allowed[:2])
        raise UserError(
            f"{env} allows {words.count(len(allowed), 'type')}: too many to start a machine of each",
            f"every type that is measured is a machine for some minutes; without --types at most {MOST} are started",
            f"Name those that matter: {typed.command(f'measure-memory --env {env}')} --types {first}",
        )
    return allowed


def choose_target(kind: InstanceType, compute: Sequence[ExistingEnvironment], env: str) -> Target:
    """Choose the compute environment: one of that type alone, else one that allows it, else any; it must be usable."""
    usable = [environment for environment in compute if _is_usable(environment)]
    if not usable:
        states = ", ".join(f"{other.aws_name} {other.fields['state']}, {other.status}" for other in compute)
        raise UserError(
            f"no compute environment of {env} can start machines",
            states or "there is none",
            f"See {typed.command(f'doctor --env {env}')}.",
        )
    alone = [other for other in usable if other.fields["instanceTypes"] == (kind.name,) and _has_room(other, kind)]
    own = [other for other in alone if MEASURING not in other.tags]  # another run has raised it, and puts it back
    allowing = [other for other in usable if is_allowed(other.fields["instanceTypes"], kind.name)]
    base = (own or sorted(allowing, key=_is_spot) or sorted(usable, key=_is_spot))[0]
    return Target(kind, str(base.fields["imageIdOverride"] or ""), base, bool(own))


def _is_usable(environment: ExistingEnvironment) -> bool:
    return environment.fields["state"] == "ENABLED" and environment.status == "VALID"


def _has_room(environment: ExistingEnvironment, kind: InstanceType) -> bool:
    return int(environment.fields["maxvCpus"] or 0) >= kind.vcpus


def _is_spot(environment: ExistingEnvironment) -> bool:
    """On-Demand ones first: they wait for no capacity."""
    return bool(environment.fields["type"] == "SPOT")
