"""One statement of a policy against one question: action, resource, context.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sandbox.iam.evaluation.conditions import as_list, hold
from sandbox.iam.evaluation.patterns import Context, matches, matches_arn, substitute

Statement = Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """May it be done? `resource` is an ARN or `*`. `known` is False for an id that names nothing: what depends on the
    resource is then left to the service, which answers that there is no such thing. `own_policy` are the statements of
    the resource's policy, where it has one."""

    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict)
    known: bool = True
    own_policy: tuple[Statement, ...] = ()


@lru_cache(maxsize=512)
def read_statements(document: str) -> tuple[Statement, ...]:
    """Read the statements of a policy document; an unreadable document has none."""
    try:
        found = json.loads(document or "{}").get("Statement", [])
    except (ValueError, AttributeError):
        return ()
    return tuple(found if isinstance(found, list) else [found])


def applies(statement: Statement, question: Question) -> bool:
    """Return whether a statement speaks of this action on this resource in these circumstances."""
    if not names_action(statement, question.action):
        return False
    if not question.known:
        return statement.get("Effect") == "Allow"
    return _names_resource(statement, question) and hold(statement.get("Condition") or {}, question.context)


def names_principal(statement: Statement, context: Context) -> bool:
    """Return whether a statement of a resource's policy speaks of the caller: `*`, or ARN of user, role or session.

    Naming the account hands the decision to the callers' own policies, so it allows nothing by itself, yet it denies.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    named = "NotPrincipal" if "NotPrincipal" in statement else "Principal"
    principal = statement.get(named) or {}
    names = as_list(principal) if isinstance(principal, str) else as_list(principal.get("AWS", []))
    own = {*context.get("aws:principalarn", ()), *context.get("kiln:sessionarn", ())}
    accounts = context.get("aws:principalaccount", ())
    whole = {name for account in accounts for name in (account, f"arn:aws:iam::{account}:root")}
    found = any(name == "*" or name in own or (name in whole and statement.get("Effect") == "Deny") for name in names)
    return found != (named == "NotPrincipal")


def names_action(statement: Statement, action: str) -> bool:
    """Return whether a statement speaks of the action."""
    if "NotAction" in statement:
        return not any(matches(pattern.lower(), action.lower()) for pattern in as_list(statement["NotAction"]))
    return any(matches(pattern.lower(), action.lower()) for pattern in as_list(statement.get("Action", [])))


def _names_resource(statement: Statement, question: Question) -> bool:
    named = "NotResource" if "NotResource" in statement else "Resource"
    patterns = [substitute(text, question.context) for text in as_list(statement.get(named, []))]
    found = any(_stands_for(pattern, question.resource) for pattern in patterns if pattern is not None)
    return found != (named == "NotResource")


def _stands_for(pattern: str, resource: str) -> bool:
    """Return whether a pattern stands for a resource.
    An action without resources of its own is allowed by `*` alone.
    """
    return pattern == "*" if resource == "*" else matches_arn(pattern, resource)
