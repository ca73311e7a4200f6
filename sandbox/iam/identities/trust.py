"""Law: what a trust policy must hold, and that those it trusts exist.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html,
reference_iam-quotas.html (size). The texts are those that people quote: databrickslabs/ucx#2269,
hashicorp/terraform-provider-aws#8905.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
from moto.iam.exceptions import LimitExceededException, MalformedPolicyDocument

from sandbox.iam.identities.administrator import ARN
from sandbox.world.world import ACCOUNT

_SIZE = 2048
_ACCOUNT = re.compile(r"\d{12}|arn:aws:iam::\d{12}:root|\*")
_UNIQUE_ID = re.compile(r"A(IDA|ROA)[A-Z0-9]{17}")
_ENTITY = re.compile(r"arn:aws:iam::(\d{12}):(user|role)/.+")
_SESSION = re.compile(r"arn:aws:sts::(\d{12}):(assumed-role|federated-user)/.+")
_SERVICE = re.compile(r"([a-z0-9.-]+)\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)")
# Services that are trusted by a name which is no endpoint's.
_ALSO = frozenset(
    [
        "ecs-tasks",
        "ec2fleet",
        "spot",
        "spotfleet",
        "vpc-flow-logs",
        "edgelambda",
        "delivery",
        "eks-fargate-pods",
        "eks-nodegroup",
        "pods",
        "replication",
        "ops",
        "imagebuilder",
        "billing",
        "trustedadvisor",
        "inspector",
        "guardduty",
        "macie",
        "opsworks",
        "rolesanywhere",
        "scheduler",
        "pipes",
        "osis",
        "bedrock",
        "sso",
        "backup-gateway",
        "drs",
        "mgn",
        "vmie",
        "support",
    ]  # a text of words is read at a glance
)


def check_trust(backend: Any, document: str) -> None:
    """Raise AWS's error for what is no trust policy, or trusts somebody who does not exist."""
    if len("".join(document.split())) > _SIZE:
        raise LimitExceededException(f"Cannot exceed quota for ACLSizePerRole: {_SIZE}")
    try:
        found = json.loads(document)["Statement"]
        statements = found if isinstance(found, list) else [found]
    except (ValueError, KeyError, TypeError):
        raise MalformedPolicyDocument("This policy contains invalid Json") from None
    for statement in statements:
        if "Resource" in statement or "NotResource" in statement:
            raise MalformedPolicyDocument("Has prohibited field Resource")
        for name in ("Principal", "Action"):
            if not {name, f"Not{name}"} & set(statement):
                raise MalformedPolicyDocument(f"Missing required field {name}")
        for kind, name in _list_principals(statement.get("Principal")):
            if not _exists(backend, kind, name):
                shown = "SERVICE" if kind == "Service" else kind
                raise MalformedPolicyDocument(f'Invalid principal in policy: "{shown}":"{name}"')


def _list_principals(principal: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(principal, dict):
        yield from [("AWS", str(principal))] if principal not in (None, "*") else []
        return
    for kind, names in principal.items():
        for name in names if isinstance(names, list) else [names]:
            yield kind, str(name)


def _exists(backend: Any, kind: str, name: str) -> bool:
    if kind == "Service":
        match = _SERVICE.fullmatch(name)
        return match is not None and any(label in _list_services() for label in match.group(1).split("."))
    if kind != "AWS":
        return kind in ("Federated", "CanonicalUser")
    if _ACCOUNT.fullmatch(name) or _UNIQUE_ID.fullmatch(name):
        return True
    entity = _ENTITY.fullmatch(name)
    if entity is None:
        return _SESSION.fullmatch(name) is not None
    if entity.group(1) != ACCOUNT or name == ARN:
        return True  # of other accounts the sandbox knows nothing
    return any(owner.arn == name for owner in [*backend.users.values(), *backend.roles.values()])


@cache
def _list_services() -> frozenset[str]:
    """List the names of AWS's services: those of their endpoints, as botocore has them."""
    partitions = boto3.Session()._session.get_data("endpoints")["partitions"]
    return frozenset(name for partition in partitions for name in partition["services"]) | _ALSO
