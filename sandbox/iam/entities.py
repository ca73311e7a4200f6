"""Users, groups and roles as IAM knows them now, with the statements that speak of them.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html (PolicySourceArn: a user
with its groups' policies, a group, a role; keys about the entity are known without being given)
"""

import re
from dataclasses import dataclass
from typing import Any

from moto.iam.exceptions import IAMException

from sandbox.iam.evaluation.simulate import Located, locate
from sandbox.world.world import ACCOUNT

_ARN = re.compile(rf"arn:aws:iam::{ACCOUNT}:(user|group|role)/(?:.*/)?([^/]+)")


@dataclass(frozen=True)
class Entity:
    """`boundary` is None where there is none; `context` are the condition keys about it."""

    policies: tuple[Located, ...]
    boundary: tuple[Located, ...] | None
    context: dict[str, tuple[str, ...]]


def find_entity(backend: Any, arn: str) -> Entity:
    """Find who has that ARN; raises IAM's InvalidInput for what is no user, group or role, and NoSuchEntity."""
    named = _ARN.fullmatch(arn)
    if not named:
        raise IAMException("InvalidInput", f"Invalid Entity Arn: {arn} does not clearly define entity type and name.")
    kind, name = named.groups()
    table = {"user": backend.users, "group": backend.groups, "role": backend.roles}[kind]
    owner = next((owner for owner in table.values() if owner.name == name and owner.arn == arn), None)
    if owner is None:
        raise IAMException("NoSuchEntity", f"The {kind} with name {name} cannot be found.")
    groups = [group for group in backend.groups.values() if owner in group.users] if kind == "user" else []
    policies = [*_read(kind, owner), *(place for group in groups for place in _read("group", group))]
    limit = getattr(owner, "permissions_boundary_arn", None)
    return Entity(tuple(policies), _read_boundary(backend, limit), _list_keys(kind, owner))


def _read(kind: str, owner: Any) -> list[Located]:
    own = {f"{kind}_{owner.name}_{name}": text for name, text in owner.policies.items()}
    attached = {policy.name: _document(policy) for policy in owner.managed_policies.values()}
    return [located for name, text in (own | attached).items() for located in locate(name, text)]


def _document(policy: Any) -> str:
    default = (each.document for each in policy.versions if each.version_id == policy.default_version_id)
    return str(next(default, ""))


def _read_boundary(backend: Any, arn: str | None) -> tuple[Located, ...] | None:
    if not arn:
        return None
    policy = backend.managed_policies.get(arn)
    return locate(policy.name, _document(policy)) if policy else ()


def _list_keys(kind: str, owner: Any) -> dict[str, tuple[str, ...]]:
    keys: dict[str, tuple[str, ...]] = {"aws:principalarn": (owner.arn,), "aws:principalaccount": (ACCOUNT,)}
    if kind == "user":
        keys |= {"aws:username": (owner.name,), "aws:userid": (owner.id,), "aws:principaltype": ("User",)}
    if kind == "role":
        keys |= {f"aws:principaltag/{tag['Key']}".lower(): (tag["Value"],) for tag in owner.tags or ()}
        keys |= {"aws:principaltype": ("AssumedRole",)}
    return keys
