"""Looks at AWS KMS: the keys of the AMIs' snapshots and of the launch templates' volumes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cloud import errors
from cloud.pages import list_all
from cloud.rights.documents import statements_of
from cloud.session import Cloud
from environments.doctor.facts.compute_environments import Described, Templates
from environments.doctor.facts.keys import Key, Keys, encrypted_snapshots, keys_of


def describe_keys(
    cloud: Cloud, environments: Sequence[Described], templates: Templates, images: Mapping[str, Described]
) -> Keys:
    """Describe the customers' keys that machines need, and the keys of their AMIs' snapshots."""
    snapshots = _snapshot_keys(cloud, images)
    names = {key for environment in environments for key in keys_of(environment, templates, images, snapshots)}
    kms = cloud.client("kms")
    return Keys({name: key for name in sorted(names) if (key := _key(kms, name))}, snapshots)


def _snapshot_keys(cloud: Cloud, images: Mapping[str, Described]) -> dict[str, str]:
    """Encrypted snapshot → its key."""
    ids = sorted(set(encrypted_snapshots(images.values())))
    filters = [{"Name": "snapshot-id", "Values": ids}]
    snapshots = list_all(cloud.ec2, "describe_snapshots", "Snapshots", Filters=filters) if ids else ()
    return {snapshot["SnapshotId"]: snapshot["KmsKeyId"] for snapshot in snapshots if snapshot.get("KmsKeyId")}


def _key(kms: Any, name: str) -> Key | None:
    """None for a key of AWS's own."""
    answer = errors.or_none(kms.describe_key, "NotFoundException", KeyId=name)
    if answer is None:
        return Key(name, "missing", frozenset())
    key = answer["KeyMetadata"]
    if key.get("KeyManager") == "AWS":
        return None
    policy = json.loads(kms.get_key_policy(KeyId=key["Arn"], PolicyName="default")["Policy"])
    grants = list_all(kms, "list_grants", "Grants", KeyId=key["Arn"])
    grantees = {str(grant.get("GranteePrincipal", "")) for grant in grants}
    return Key(key["Arn"], key["KeyState"], frozenset(grantees | principals(policy)))


def principals(policy: Mapping[str, Any]) -> set[str]:
    """List whom a key policy allows anything (pure)."""
    allowed: set[str] = set()
    for statement in statements_of(policy):
        principal = statement.get("Principal")
        names = principal.get("AWS", []) if isinstance(principal, Mapping) else principal or []
        if statement.get("Effect") == "Allow":
            allowed |= {names} if isinstance(names, str) else set(names)
    return allowed
