"""The policy, read as IAM reads it: by a small evaluator for what it uses (ArnLike, StringEquals, Null, Bool)."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

import pytest

from provision.docker.autoscale_policy import write_policy

INSTANCE, OTHER = "i-0123456789abcdef0", "i-0fedcba9876543210"
KEY = "arn:aws:kms:us-east-1:123456789012:key/0a1b"
ARN = "arn:aws:ec2:us-east-1:123456789012:"
HERE = {"ec2:SourceInstanceARN": f"{ARN}instance/{INSTANCE}"}


def holds(operator: str, key: str, wanted: str, context: Mapping[str, str]) -> bool:
    if operator == "Null":
        return (key not in context) == (wanted == "true")
    unknown = [name for name in re.findall(r"\$\{([^}]+)\}", wanted) if name not in context]
    filled = re.sub(r"\$\{([^}]+)\}", lambda found: context.get(found[1], ""), wanted)
    if unknown or key not in context:
        return False
    return fnmatchcase(context[key], filled) if operator == "ArnLike" else context[key] == filled


def allowed(action: str, resource: str, context: Mapping[str, str], document: dict[str, Any] | None = None) -> bool:
    """`context` are condition keys; the request comes from INSTANCE."""
    for statement in (document or write_policy())["Statement"]:
        tests = [
            holds(operator, key, wanted, context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        ]
        if action in statement["Action"] and fnmatchcase(resource, statement["Resource"]) and all(tests):
            return True
    return False


def volume(action: str, **context: str) -> bool:
    return allowed(action, f"{ARN}volume/vol-1", {**HERE, **context})


def instance(action: str, id_: str = INSTANCE, **context: str) -> bool:
    return allowed(action, f"{ARN}instance/{id_}", {**HERE, "ec2:InstanceID": id_, **context})


@pytest.mark.parametrize("action", ["AttachVolume", "DetachVolume", "DeleteVolume", "ModifyInstanceAttribute"])
def test_only_volumes_with_this_instances_tag(action: str) -> None:
    assert volume(f"ec2:{action}", **{"aws:ResourceTag/kiln:storage": INSTANCE})
    assert not volume(f"ec2:{action}", **{"aws:ResourceTag/kiln:storage": OTHER})
    assert not volume(f"ec2:{action}")


@pytest.mark.parametrize("action", ["AttachVolume", "DetachVolume", "ModifyInstanceAttribute"])
def test_only_the_instance_itself(action: str) -> None:
    assert instance(f"ec2:{action}")
    assert not instance(f"ec2:{action}", OTHER)
    assert not allowed(f"ec2:{action}", f"{ARN}instance/{INSTANCE}", {"ec2:InstanceID": INSTANCE}), "from outside"


@pytest.mark.parametrize("attribute", ["UserData", "InstanceType", "DisableApiTermination", "SourceDestCheck"])
def test_only_the_block_device_mapping(attribute: str) -> None:
    assert not instance("ec2:ModifyInstanceAttribute", **{f"ec2:Attribute/{attribute}": "x"})
    group = f"{ARN}security-group/sg-1"
    assert not allowed("ec2:ModifyInstanceAttribute", group, HERE)


def test_a_volume_is_created_with_its_tag_or_not_at_all() -> None:
    tag = "aws:RequestTag/kiln:storage"
    assert volume("ec2:CreateVolume", **{tag: INSTANCE})
    assert not volume("ec2:CreateVolume", **{tag: OTHER})
    assert not volume("ec2:CreateVolume")
    assert volume("ec2:CreateTags", **{tag: INSTANCE, "ec2:CreateAction": "CreateVolume"})
    assert not volume("ec2:CreateTags", **{tag: INSTANCE}), "a tag put on later would make any volume its own"


def test_nothing_else() -> None:
    assert volume("ec2:DescribeVolumes")
    for action in ("RunInstances", "TerminateInstances", "CreateSnapshot", "ModifyVolume", "DeleteTags"):
        assert not volume(f"ec2:{action}", **{"aws:ResourceTag/kiln:storage": INSTANCE})


def test_the_key_for_volumes_alone() -> None:
    document = write_policy(kms_key=KEY)
    assert allowed("kms:CreateGrant", KEY, {"kms:GrantIsForAWSResource": "true"}, document)
    assert not allowed("kms:CreateGrant", KEY, {}, document)
    assert allowed("kms:GenerateDataKeyWithoutPlaintext", KEY, {}, document)
    assert not allowed("kms:Decrypt", KEY.replace("0a1b", "ffff"), {}, document)
    assert not allowed("kms:Decrypt", KEY, {}, write_policy())
    with pytest.raises(ValueError, match="not the ARN"):
        write_policy(kms_key="alias/mine")
