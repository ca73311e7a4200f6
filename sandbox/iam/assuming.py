"""Whether a service may assume a role: by the role's trust policy, once the role can be seen.

Sources: "Policy evaluation logic" and "The confused deputy problem", IAM User Guide (a service sends the account and
the ARN in whose name it asks, and no external id).
"""

import json
from collections.abc import Sequence
from typing import Any

from moto.iam.models import iam_backends

from sandbox.iam.evaluation.conditions import as_list, hold
from sandbox.iam.evaluation.policy import Statement, names_action, read_statements
from sandbox.iam.keys import list_regions
from sandbox.world.world import ACCOUNT, current

_ASSUME = "sts:AssumeRole"


def trusts(arn: str, service: str) -> bool:
    """Return whether the role exists and its trust policy lets this service assume it."""
    roles = iam_backends[ACCOUNT]["aws"].roles.values()
    role = next((role for role in roles if role.arn == arn), None)
    if role is None or not current().is_visible(role.id):
        return False
    document = role.assume_role_policy_document
    statements = read_statements(document if isinstance(document, str) else json.dumps(document))
    return _speaks(statements, "Allow", service) and not _speaks(statements, "Deny", service)


def _speaks(statements: Sequence[Statement], effect: str, service: str) -> bool:
    own = service.partition(".")[0].removesuffix("-tasks")
    # In whichever region it asks: a role is not the region's, and a condition on another region is not imitated.
    sources = tuple(f"arn:aws:{own}:{region}:{ACCOUNT}:own" for region in list_regions())
    context = {"aws:sourceaccount": (ACCOUNT,), "aws:sourcearn": sources}
    return any(
        statement.get("Effect") == effect
        and names_action(statement, _ASSUME)
        and _names(statement, service)
        and hold(statement.get("Condition") or {}, context)
        for statement in statements
    )


def _names(statement: Statement, service: str) -> bool:
    inverse = "NotPrincipal" in statement
    principal: Any = statement.get("NotPrincipal" if inverse else "Principal")
    if principal == "*":
        return statement.get("Effect") == "Deny" and not inverse
    return (service in as_list(principal.get("Service", []) if isinstance(principal, dict) else [])) != inverse
