"""What a role must be allowed for a purpose, and what came out of asking IAM whether it is (values)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Context = Mapping[str, tuple[str, ...]]
"""Condition key, spelt as in policies, → its values."""


@dataclass(frozen=True)
class Ask:
    """Actions that must be allowed on every one of the resources (ARNs); `where` names these for people, or is ""."""

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    where: str = ""


@dataclass(frozen=True)
class Demand:
    """What a role (by its ARN) needs for a purpose. `loss` says what does not work without it.

    `policy` is the ARN of a managed policy that allows all of it, `statements` do the same in an inline policy called
    `name`. `by_bucket`: the policy of a bucket of this account may give them too. `by_key`: they are about keys of KMS,
    whose own policies and grants decide beside the role's policies.
    """

    role: str
    name: str
    loss: str
    policy: str
    statements: tuple[Mapping[str, Any], ...]
    asks: tuple[Ask, ...]
    context: Context = field(default_factory=dict)
    by_bucket: bool = False
    by_key: bool = False


State = Literal["allowed", "lacking", "denied", "bounded", "closed", "unclear"]


@dataclass(frozen=True)
class Decision:
    """Whether an action is allowed: lacking, no policy allows it; denied, a policy denies it; bounded, the permissions
    boundary does not allow it; closed, the policy of the key gives it to nobody like this role; unclear, it depends on
    what is not known. `by` names the policy, the key, or the unknown."""

    state: State
    by: str = ""


@dataclass(frozen=True)
class Lack:
    """An action that is not allowed on resources that people call `where`, and why."""

    action: str
    where: str
    decision: Decision


@dataclass(frozen=True)
class Verdict:
    """What is not allowed of a demand. `unchecked` says why some of it could not be looked at, or is ""."""

    demand: Demand
    lacks: tuple[Lack, ...] = ()
    unchecked: str = ""
