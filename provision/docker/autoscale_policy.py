"""What the role of a machine with growing storage may do: as little as the storage program needs.

The machine itself: ec2:SourceInstanceARN is the ARN of the instance that a request comes from, and the id in it must be
that of the instance that is changed (ec2:InstanceID), or the one in the volume's tag. So one policy serves every
instance of a role, and none of them can touch another's volumes.

Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html (actions, resources,
condition keys), https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
(ec2:CreateAction), https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html,
https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html (KMS).
"""

from typing import Any

from cloud.policy import FOR_AWS, VOLUME_KEY

TAG = "kiln:storage"

# ModifyInstanceAttribute, for the block device mapping alone: a request that sets any of these is not allowed. They are
# denied by name, since AWS documents no value of ec2:Attribute for the mapping; security groups are out of reach
# because they are none of the resources below.
OTHER_ATTRIBUTES = (
    *("DisableApiStop", "DisableApiTermination", "EbsOptimized", "EnaSupport", "InstanceInitiatedShutdownBehavior"),
    *("InstanceType", "Kernel", "Ramdisk", "SourceDestCheck", "SriovNetSupport", "UserData"),
)


def write_policy(*, kms_key: str | None = None, partition: str = "aws") -> dict[str, Any]:
    """An IAM policy document (JSON) for the instance role.

    `kms_key` is the ARN of the key that volumes are encrypted with, None for the account's aws/ebs key. Raises
    ValueError for anything but a key's ARN: IAM knows keys by no other name.
    """
    instances, volumes = f"arn:{partition}:ec2:*:*:instance/*", f"arn:{partition}:ec2:*:*:volume/*"
    by = f"arn:{partition}:ec2:*:*:instance/"
    own_instance = {"ArnLike": {"ec2:SourceInstanceARN": by + "${ec2:InstanceID}"}}
    own_volume = {"ArnLike": {"ec2:SourceInstanceARN": by + f"${{aws:ResourceTag/{TAG}}}"}}
    new_volume = {"ArnLike": {"ec2:SourceInstanceARN": by + f"${{aws:RequestTag/{TAG}}}"}}
    mapping = {"Null": {f"ec2:Attribute/{name}": "true" for name in OTHER_ATTRIBUTES}}
    on_creation = {"StringEquals": {"ec2:CreateAction": "CreateVolume"}}
    look = ["ec2:DescribeTags", "ec2:DescribeVolumeStatus", "ec2:DescribeVolumes"]
    statements = [
        _allow("Look", look, "*"),
        _allow("CreateOwnVolumes", ["ec2:CreateVolume"], volumes, new_volume),
        _allow("TagThemWhenTheyAreCreated", ["ec2:CreateTags"], volumes, {**new_volume, **on_creation}),
        _allow("AttachToThisInstance", ["ec2:AttachVolume", "ec2:DetachVolume"], instances, own_instance),
        _allow("AttachOwnVolumes", ["ec2:AttachVolume", "ec2:DetachVolume", "ec2:DeleteVolume"], volumes, own_volume),
        _allow("MapThisInstance", ["ec2:ModifyInstanceAttribute"], instances, {**own_instance, **mapping}),
        _allow("MapOwnVolumes", ["ec2:ModifyInstanceAttribute"], volumes, {**own_volume, **mapping}),
    ]
    return {"Version": "2012-10-17", "Statement": statements + (_key(kms_key) if kms_key else [])}


def _allow(sid: str, actions: list[str], resource: str, condition: dict[str, Any] | None = None) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def _key(arn: str) -> list[dict[str, Any]]:
    """EBS works with the key in the caller's name, by a grant."""
    if not arn.startswith("arn:") or ":key/" not in arn:
        raise ValueError(f"{arn} is not the ARN of a KMS key: aliases and ids mean nothing to an IAM policy")
    grant = _allow("LetVolumesUseTheKey", ["kms:CreateGrant"], arn, dict(FOR_AWS))
    return [_allow("UseTheKey", list(VOLUME_KEY), arn), grant]
