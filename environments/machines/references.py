"""Key pairs and placement groups that compute environments name: whether the region has them.

Source: ComputeResource (ec2KeyPair, placementGroup), AWS Batch API Reference. AWS Batch accepts names of what does not
exist, and turns INVALID when it starts machines.
"""

import difflib
import shlex
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from cloud.looks import Looks
from cloud.session import Cloud
from environments.spec.environment import EnvironmentSpec
from kiln.errors import UserError

KEY_PAIR, PLACEMENT_GROUP = "key pair", "placement group"
_KEYS = {KEY_PAIR: "key_pair", PLACEMENT_GROUP: "placement_group"}
Names = frozenset[str]


@dataclass(frozen=True)
class References:
    """The names of the region's key pairs and placement groups; None where they could not be looked at."""

    key_pairs: Names | None = None
    placement_groups: Names | None = None

    def of(self, kind: str) -> Names | None:
        return self.key_pairs if kind == KEY_PAIR else self.placement_groups


@dataclass(frozen=True)
class Unknown:
    """A name that nothing has: its `kind`, whose it is, and what there is of its kind."""

    kind: str
    name: str
    users: tuple[str, ...]
    existing: Names = field(default_factory=frozenset)


def list_key_pairs(cloud: Cloud) -> Names:
    return frozenset(pair["KeyName"] for pair in cloud.ec2.describe_key_pairs()["KeyPairs"])


def list_placement_groups(cloud: Cloud) -> Names:
    groups = cloud.ec2.describe_placement_groups()["PlacementGroups"]
    return frozenset(group["GroupName"] for group in groups if group.get("State", "available") == "available")


_LISTS: Mapping[str, Callable[[Cloud], Names]] = {
    KEY_PAIR: list_key_pairs,
    PLACEMENT_GROUP: list_placement_groups,
}


def describe(cloud: Cloud, kinds: Collection[str]) -> References:
    """Describe what the region has of these kinds."""
    names = {kind: _LISTS[kind](cloud) for kind in kinds}
    return References(names.get(KEY_PAIR), names.get(PLACEMENT_GROUP))


def check(cloud: Cloud, spec: EnvironmentSpec, looks: Looks) -> None:
    """Raise UserError for names that the region does not have; what could not be looked at is noted in `looks`.

    AWS is asked about kinds alone that the definition names.
    """
    named = _list_named(spec)
    seen = {
        kind: looks.at(f"whether the region has {kind}s of these names", None, partial(_LISTS[kind], cloud))
        for kind in dict.fromkeys(kind for kind, _ in named)
    }
    unknown = list(find_unknown(named, References(seen.get(KEY_PAIR), seen.get(PLACEMENT_GROUP))))
    if unknown:
        raise _refusal(unknown, cloud.region)


def _list_named(spec: EnvironmentSpec) -> dict[tuple[str, str], tuple[str, ...]]:
    """Kind and name → the compute environments that name it."""
    named: dict[tuple[str, str], tuple[str, ...]] = {}
    for user, compute in spec.compute_environments.items():
        for kind, name in ((KEY_PAIR, compute.key_pair), (PLACEMENT_GROUP, compute.placement_group)):
            if name:
                named[kind, name] = (*named.get((kind, name), ()), user)
    return named


def find_unknown(
    named: Mapping[tuple[str, str], tuple[str, ...]], references: References
) -> Iterator[Unknown]:  # fmt: skip
    """Find the names that the region does not have (pure); kinds that were not looked at are left out."""
    for (kind, name), users in named.items():
        existing = references.of(kind)
        if existing is not None and name not in existing:
            yield Unknown(kind, name, users, existing)


def describe_existing(kind: str, name: str, existing: Collection[str]) -> str:
    """Say what there is, those that look like the name first: "there are: a, b and 3 more"."""
    if not existing:
        return f"there is no {kind} in the region"
    ordered = [*(near := difflib.get_close_matches(name, existing, n=3)), *sorted(set(existing) - set(near))]
    more = f" and {len(ordered) - 5} more" if len(ordered) > 5 else ""
    return f"there are: {', '.join(ordered[:5])}{more}" if len(ordered) > 1 else f"there is only {ordered[0]}"


def suggest(kind: str, name: str, existing: Collection[str], region: str) -> str:
    """Say how to get out of it: the name that was meant, or how to make it (pure)."""
    near = difflib.get_close_matches(name, existing, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    own, file = shlex.quote(name), shlex.quote(f"{name}.pem")
    make = (
        f"aws ec2 create-key-pair --key-name {own} --region {region} --query KeyMaterial --output text > {file}"
        if kind == KEY_PAIR
        else f"aws ec2 create-placement-group --group-name {own} --strategy cluster --region {region}"
    )
    return f"{meant}change {_KEYS[kind]}, leave it out, or make it: {make}"


def _refusal(unknown: list[Unknown], region: str) -> UserError:
    what = "; ".join(f"{region} has no {lost.kind} {lost.name}" for lost in unknown)
    why = "; ".join(
        f"{', '.join(lost.users)} names it, and {describe_existing(lost.kind, lost.name, lost.existing)}"
        for lost in unknown
    )
    hints = [suggest(lost.kind, lost.name, lost.existing, region) for lost in unknown]
    return UserError(what, why, "\n".join(hint[0].upper() + hint[1:] for hint in hints))
