"""Read a role's policies: what they say, for whoever may read them but not ask IAM; and the policies of
buckets and keys."""

import json
from dataclasses import dataclass
from typing import Any

from cloud import errors
from cloud.pages import list_all
from cloud.rights.evaluate import Documents, Policy, Statement
from cloud.session import Cloud
from kiln.errors import UserError


def read_documents(cloud: Cloud, role: str) -> Documents:
    """Read all policies of a role (its ARN), and its boundary."""
    iam, name = cloud.client("iam"), role.rpartition("/")[2]
    described = iam.get_role(RoleName=name)["Role"]
    attached = list_all(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=name)
    inline = list_all(iam, "list_role_policies", "PolicyNames", RoleName=name)
    limit = described.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return Documents(
        (*(_managed(iam, policy["PolicyArn"]) for policy in attached), *(_inline(iam, name, own) for own in inline)),
        _managed(iam, limit) if limit else None,
    )


def read_managed(cloud: Cloud, arn: str) -> Policy:
    """Read a managed policy by its ARN."""
    return _managed(cloud.client("iam"), arn)


def _managed(iam: Any, arn: str) -> Policy:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return Policy(arn.rpartition("/")[2], tuple(statements_of(document)))


def _inline(iam: Any, role: str, name: str) -> Policy:
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    return Policy(name, tuple(statements_of(document)))


def statements_of(document: Any) -> list[dict[str, Any]]:
    """List those of a policy document, as boto3 or JSON has it."""
    whole = json.loads(document) if isinstance(document, str) else document
    statements = whole.get("Statement", [])
    return statements if isinstance(statements, list) else [statements]


def read_bucket_policy(cloud: Cloud, bucket: str) -> tuple[Statement, ...]:
    """Read what a bucket's own policy says; nothing for a bucket without one, and for none."""
    missing = ("NoSuchBucketPolicy", "NoSuchBucket")
    answer = errors.or_none(cloud.client("s3").get_bucket_policy, *missing, Bucket=bucket)
    return tuple(statements_of(answer["Policy"])) if answer else ()


@dataclass(frozen=True)
class KeyPolicy:
    """What a key of KMS says itself: its ARN, its policy, and whom its grants allow what: (principal, operation)."""

    arn: str
    statements: tuple[Statement, ...]
    grants: frozenset[tuple[str, str]]


def read_key_policy(cloud: Cloud, key: str) -> KeyPolicy:
    """Read it; `key` is an ARN or an id, or an alias of either kind. Grants with constraints are left out."""
    kms = cloud.client("kms")
    arn = key if ":key/" in key else str(kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"])
    policy = kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"]
    granted = frozenset(
        (str(grant.get("GranteePrincipal")), str(operation))
        for grant in list_all(kms, "list_grants", "Grants", KeyId=arn)
        if not grant.get("Constraints")
        for operation in grant["Operations"]
    )
    return KeyPolicy(arn, tuple(statements_of(policy)), granted)


def denial_of(error: Exception) -> str:
    """Say what the credentials may not call; raises whatever is no denial."""
    if errors.code(error) not in errors.DENIED:
        raise error
    denied = errors.translate(error)
    return denied.what if isinstance(denied, UserError) else str(error)
