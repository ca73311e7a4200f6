"""Whether policies allow an action, by their documents: for whoever may read them, but not ask IAM (pure).

Sources: "Policy evaluation logic" (an explicit deny anywhere; then policies and boundary must both allow) and "IAM JSON
policy elements reference", IAM User Guide. What depends on condition keys without a known value is unclear.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cloud.rights.conditions import as_list, hold, matches, substitute
from cloud.rights.demand import Context, Decision

Statement = Mapping[str, Any]


@dataclass(frozen=True)
class Policy:
    """A policy by its name (or ARN), and what it says."""

    name: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Documents:
    """All policies of a role; `boundary` is None where it has none."""

    policies: tuple[Policy, ...]
    boundary: Policy | None = None


def decide(documents: Documents, action: str, resource: str, context: Context) -> Decision:
    """Decide whether a role with these policies may do the action on the resource."""
    unknown: set[str] = set()
    every = (*documents.policies, *([documents.boundary] if documents.boundary else []))
    for policy in every:
        if _applies(policy.statements, "Deny", action, resource, context, unknown):
            return Decision("denied", policy.name)
    if unknown:
        return _unclear(unknown)
    allowed = [
        _applies(policy.statements, "Allow", action, resource, context, unknown) for policy in documents.policies
    ]
    limit = documents.boundary
    bounded = _applies(limit.statements, "Allow", action, resource, context, unknown) if limit else True
    if True in allowed and bounded:
        return Decision("allowed")
    if limit and bounded is False:
        return Decision("bounded", limit.name)
    return _unclear(unknown) if None in (*allowed, bounded) else Decision("lacking")


def allows_in_resource(
    statements: Sequence[Statement], role: str, action: str, resource: str, context: Context
) -> bool:
    """Check whether a resource's own policy gives a role (by its ARN) the action."""
    named = [statement for statement in statements if _names_principal(statement, role)]
    return _applies(named, "Allow", action, resource, context, set()) is True


def permits(statements: Sequence[Statement], action: str, resource: str) -> bool | None:
    """Check whether a policy lets through what the caller's own policies allow, as that of a VPC endpoint does.

    Whom its statements name is not looked at, but that a denial must mean everybody. None where conditions decide.
    """
    unknown: set[str] = set()
    everybody = [statement for statement in statements if statement.get("Principal") in ("*", {"AWS": "*"})]
    if _applies(everybody, "Deny", action, resource, {}, unknown):
        return False
    return _applies(statements, "Allow", action, resource, {}, unknown)


@dataclass(frozen=True)
class KeyAnswer:
    """Whether a key's own policy denies an action, gives it to the role itself, or hands it over to IAM's policies.

    None where that depends on condition keys without a known value.
    """

    denies: bool | None
    gives: bool | None
    hands_over: bool | None


def ask_key(
    statements: Sequence[Statement], role: str, action: str, key: str, context: Context
) -> KeyAnswer:  # fmt: skip
    """Ask the policy of a key of KMS (its ARN) about a role (its ARN)."""
    account = role.split(":")[4]
    root = f"{':'.join(role.split(':')[:5])}:root"
    named = [statement for statement in statements if _names_principal(statement, role)]
    handed = [
        statement
        for statement in statements
        if _names_principal(statement, root, anybody=False) or _names_principal(statement, account, anybody=False)
    ]
    unknown: set[str] = set()
    return KeyAnswer(
        _applies([*named, *handed], "Deny", action, key, context, unknown),
        _applies(named, "Allow", action, key, context, unknown),
        _applies(handed, "Allow", action, key, context, unknown),
    )


def _unclear(unknown: set[str]) -> Decision:
    return Decision("unclear", f"it depends on the condition keys {', '.join(sorted(unknown))}")


def _applies(
    statements: Sequence[Statement], effect: str, action: str, resource: str, context: Context, unknown: set[str]
) -> bool | None:  # fmt: skip
    """Whether any statement of this effect speaks of the action; None where that depends on `unknown` keys."""
    answers: list[bool | None] = []
    for statement in statements:
        if statement.get("Effect") != effect or not _names(statement, "Action", action, lower=True):
            continue
        depends: set[str] = set()
        answer = _speaks_of(statement, resource, context, depends)
        answers.append(answer)
        if answer is None:
            unknown |= depends
    if True in answers:
        return True
    return None if None in answers else False


def _speaks_of(statement: Statement, resource: str, context: Context, unknown: set[str]) -> bool | None:
    inverse = "NotResource" in statement
    texts = as_list(statement.get("NotResource" if inverse else "Resource", []))
    patterns = [substitute(text, context, unknown) for text in texts]
    if any(pattern and _stands_for(pattern, resource) for pattern in patterns) != inverse:
        return hold(statement.get("Condition") or {}, context, unknown)
    return None if None in patterns else False


def _stands_for(pattern: str, resource: str) -> bool:
    """An action that knows no resources is allowed by * alone."""
    return pattern == "*" if resource == "*" else matches(pattern, resource)


def _names(statement: Statement, element: str, value: str, *, lower: bool = False) -> bool:
    inverse = f"Not{element}" in statement
    patterns = as_list(statement.get(f"Not{element}" if inverse else element, []))
    given = value.lower() if lower else value
    return any(matches(pattern.lower() if lower else pattern, given) for pattern in patterns) != inverse


def _names_principal(statement: Statement, role: str, *, anybody: bool = True) -> bool:
    principal = statement.get("Principal")
    named = principal.get("AWS", []) if isinstance(principal, Mapping) else principal
    return any(name == role or (anybody and name == "*") for name in as_list(named or []))
