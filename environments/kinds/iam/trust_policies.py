"""Whom a role trusts, and the command that makes it trust a service too (pure).

Sources: "Updating a role trust policy", "The confused deputy problem" (a service sends aws:SourceAccount and
aws:SourceArn, never sts:ExternalId) and "Policy evaluation logic", IAM User Guide.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from cloud.rights.conditions import as_list, hold, matches
from cloud.rights.documents import statements_of

_ASSUME = "sts:assumerole"
_NEVER = "sts:externalid"
_OF_ACCOUNT = "aws:sourcearn"


@dataclass(frozen=True)
class Trust:
    """Whether a service may assume a role; None where that depends on condition `keys` whose values are not known."""

    holds: bool | None
    keys: tuple[str, ...] = ()


def read_trust(document: Any) -> dict[str, Any]:
    """Read a trust policy, as boto3 or a URL has it."""
    return dict(json.loads(unquote(document)) if isinstance(document, str) else document)


def decide_trust(document: Any, service: str, account: str) -> Trust:
    """Decide whether a service may assume a role of an account: what no statement allows, or any denies, it may not."""
    allowed: list[bool | None] = [False]
    denied: list[bool | None] = [False]
    keys: set[str] = set()
    for statement in statements_of(read_trust(document)):
        if _speaks_of(statement, service):
            answers = denied if statement.get("Effect") == "Deny" else allowed
            answers.append(_meets(statement.get("Condition") or {}, account, keys))
    if True in denied or (True not in allowed and None not in allowed):
        return Trust(False)
    return Trust(True) if True in allowed and None not in denied else Trust(None, tuple(sorted(keys)))


def trusted(document: Any, account: str) -> str:
    """List the services that may assume a role, by name: a, b. Those that may, by what is known, are among them."""
    named: set[str] = set()
    for statement in statements_of(read_trust(document)):
        principal = statement.get("Principal")
        if statement.get("Effect") == "Allow" and isinstance(principal, Mapping):
            named |= set(as_list(principal.get("Service", [])))
    return ", ".join(sorted(name for name in named if decide_trust(document, name, account).holds is not False))


def trusts(services: str, service: str) -> bool:
    """Check whether a role trusts a service; `services` as `trusted` lists them."""
    return service in services.split(", ")


def trust_command(role: str, document: Mapping[str, Any], service: str) -> str:
    """Write the command that makes a role trust the service too.

    What its trust policy says so far stays as it is, but for what denies just this.
    """
    there = [
        statement
        for statement in statements_of(document)
        if not (statement.get("Effect") == "Deny" and _speaks_of(statement, service))
    ]
    allow = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    text = json.dumps({"Version": "2012-10-17", **document, "Statement": [*there, allow]}).replace("'", "\\u0027")
    return f"aws iam update-assume-role-policy --role-name {role} --policy-document '{text}'"


def _speaks_of(statement: Mapping[str, Any], service: str) -> bool:
    """Whether it is about the service, and about assuming the role."""
    inverse = "NotAction" in statement
    actions = as_list(statement.get("NotAction" if inverse else "Action", []))
    if any(matches(action.lower(), _ASSUME) for action in actions) == inverse:
        return False
    without = "NotPrincipal" in statement
    principal = statement.get("NotPrincipal" if without else "Principal")
    if principal == "*":
        return statement.get("Effect") == "Deny" and not without
    services = as_list(principal.get("Service", [])) if isinstance(principal, Mapping) else []
    return (service in services) != without


def _meets(condition: Mapping[str, Mapping[str, Any]], account: str, keys: set[str]) -> bool | None:
    answers = list(_answers(condition, account, keys))
    return False if False in answers else None if None in answers else True


def _answers(condition: Mapping[str, Mapping[str, Any]], account: str, keys: set[str]) -> Iterator[bool | None]:
    for operator, tests in condition.items():
        for key, wanted in tests.items():
            negative = "Not" in operator
            if key.lower() == _NEVER:
                absent = operator == "Null" and as_list(wanted) == ["true"]
                yield absent or negative or operator.endswith("IfExists")
            elif key.lower() == _OF_ACCOUNT and not negative:
                yield any(_may_be_of(account, pattern) for pattern in as_list(wanted))
            else:
                yield hold({operator: {key: wanted}}, {"aws:SourceAccount": (account,)}, keys)


def _may_be_of(account: str, pattern: str) -> bool:
    parts = pattern.split(":", 5)
    return len(parts) < 5 or matches(parts[4], account)
