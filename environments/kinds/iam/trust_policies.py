"""Whom a role trusts, and the command that makes it trust a service too (pure).

Source: "Updating a role trust policy", IAM User Guide.
"""

import json
from collections.abc import Mapping
from typing import Any


def trusts(services: str, service: str) -> bool:
    """Check whether a role trusts a service; `services` as roles.trusted lists them: a, b."""
    return service in services.split(", ")


def trust_command(role: str, document: Mapping[str, Any], service: str) -> str:
    """Write the command that makes a role trust the service too; what its trust policy says so far stays as it is."""
    there = document.get("Statement", [])
    allow = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    statements = [*(there if isinstance(there, list) else [there]), allow]
    text = json.dumps({"Version": "2012-10-17", **document, "Statement": statements}).replace("'", "\\u0027")
    return f"aws iam update-assume-role-policy --role-name {role} --policy-document '{text}'"
