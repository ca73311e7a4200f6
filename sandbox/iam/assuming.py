"""Whether a service may assume a role: by the role's trust policy, once the role can be seen."""

import fnmatch
import json
from typing import Any

from moto.iam.models import iam_backends

from sandbox.world.world import ACCOUNT, current


def trusts(arn: str, service: str) -> bool:
    """Return whether the role exists and its trust policy lets this service assume it."""
    roles = iam_backends[ACCOUNT]["aws"].roles.values()
    role = next((role for role in roles if role.arn == arn), None)
    if role is None or not current().is_visible(role.id):
        return False
    document = role.assume_role_policy_document
    policy = json.loads(document) if isinstance(document, str) else document
    return any(_allows(statement, service) for statement in _as_list(policy.get("Statement")))


def _allows(statement: dict[str, Any], service: str) -> bool:
    actions, principal = _as_list(statement.get("Action")), statement.get("Principal")
    services = _as_list(principal.get("Service")) if isinstance(principal, dict) else []
    named = any(fnmatch.fnmatchcase("sts:assumerole", str(action).lower()) for action in actions)
    return statement.get("Effect") == "Allow" and named and service in services


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
