"""The KMS keys that machines' volumes are encrypted with: of the AMIs' snapshots, and of the launch templates."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from cloud import errors
from cloud.pages import every
from cloud.session import Cloud
from environments.doctor.picture.described import Described, images_of, template_data
from environments.doctor.picture.picture import Key, Picture


def keys(cloud: Cloud, picture: Picture) -> dict[str, Any]:
    """Key → what is known of it, and compute environment → its keys. AWS's own keys need no leave, and are left out."""
    encrypted = _snapshot_keys(cloud, picture)
    used: dict[str, tuple[str, ...]] = {}
    for each in picture.environments:
        named = {key for ami in images_of(each, picture.templates) for key in encrypted.get(ami, ())}
        named |= _keys_of(template_data(each, picture.templates).get("BlockDeviceMappings") or ())
        used[each["computeEnvironmentArn"]] = tuple(sorted(named))
    kms = cloud.client("kms")
    every = sorted({key for some in used.values() for key in some})
    return {"keys": {key: found for key in every if (found := _key(kms, key))}, "keys_of": used}


def _snapshot_keys(cloud: Cloud, picture: Picture) -> dict[str, set[str]]:
    """AMI → the keys of its encrypted snapshots."""
    owners = {
        disk["Ebs"]["SnapshotId"]: ami
        for ami, image in picture.images.items()
        for disk in image.get("BlockDeviceMappings") or ()
        if (disk.get("Ebs") or {}).get("Encrypted") and disk["Ebs"].get("SnapshotId")
    }
    found: dict[str, set[str]] = {}
    if owners:
        filters = [{"Name": "snapshot-id", "Values": sorted(owners)}]
        for each in every(cloud.ec2, "describe_snapshots", "Snapshots", Filters=filters):
            if each.get("KmsKeyId"):
                found.setdefault(owners[each["SnapshotId"]], set()).add(each["KmsKeyId"])
    return found


def _keys_of(mappings: Iterable[Described]) -> set[str]:
    return {str(each["Ebs"]["KmsKeyId"]) for each in mappings if (each.get("Ebs") or {}).get("KmsKeyId")}


def _key(kms: Any, key: str) -> Key | None:
    """None for one of AWS's own."""
    answer = errors.or_none(kms.describe_key, "NotFoundException", KeyId=key)
    if answer is None:
        return Key(key, "missing", frozenset())
    found = answer["KeyMetadata"]
    if found.get("KeyManager") == "AWS":
        return None
    policy = json.loads(kms.get_key_policy(KeyId=found["Arn"], PolicyName="default")["Policy"])
    grants = every(kms, "list_grants", "Grants", KeyId=found["Arn"])
    granted = {str(each.get("GranteePrincipal", "")) for each in grants}
    return Key(found["Arn"], found["KeyState"], frozenset(granted | principals(policy)))


def principals(policy: Mapping[str, Any]) -> set[str]:
    """Whom a key policy allows anything (pure)."""
    statements = policy.get("Statement") or []
    found: set[str] = set()
    for each in statements if isinstance(statements, list) else [statements]:
        named = each.get("Principal")
        told = named.get("AWS", []) if isinstance(named, Mapping) else named or []
        if each.get("Effect") == "Allow":
            found |= {told} if isinstance(told, str) else set(told)
    return found
