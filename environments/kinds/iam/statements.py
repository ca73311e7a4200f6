"""What policies say: the statements of each environment, told apart by their Sid (pure).

Sources: "IAM JSON policy elements: Sid", IAM User Guide; "Actions, resources, and condition keys for Amazon S3",
Service Authorization Reference.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from environments.model.inputs import Inputs
from provision.docker import autoscale_policy as docker_autoscale_policy

_READ = ("s3:GetObject", "s3:GetObjectVersion")
_LIST = ("s3:GetBucketLocation", "s3:ListBucket")
_WRITE = (
    "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObjectTagging", "s3:ListMultipartUploadParts",
    "s3:PutObject", "s3:PutObjectTagging",
)  # fmt: skip
Statement = dict[str, Any]


def bucket_access(inputs: Inputs) -> list[Statement]:
    """Reading and writing the environment's buckets alone."""
    arns = [
        f"arn:{inputs.partition}:s3:::{inputs.spec.bucket_name(use, inputs.account, inputs.region)}"
        for use in inputs.spec.buckets
    ]
    sid = sid_of(inputs.spec.name)
    keys = sorted(bucket.kms_key for bucket in inputs.spec.buckets.values() if bucket.kms_key)
    statements = [
        allow(f"{sid}Buckets", [*_LIST, "s3:ListBucketMultipartUploads"], arns),
        allow(f"{sid}Objects", [*_READ, *_WRITE], [f"{arn}/*" for arn in arns]),
    ]
    return statements + ([allow(f"{sid}Keys", ["kms:Decrypt", "kms:GenerateDataKey"], keys)] if keys else [])


def public_access(inputs: Inputs) -> list[Statement]:
    """Reading the named buckets."""
    names = inputs.spec.roles.s3_read
    arns = [f"arn:{inputs.partition}:s3:::{name}" for name in names]
    sid = sid_of(inputs.spec.name)
    return [
        allow(f"{sid}PublicBuckets", list(_LIST), arns),
        allow(f"{sid}PublicObjects", list(_READ), [f"{arn}/*" for arn in arns]),
    ]


def storage(inputs: Inputs) -> list[Statement]:
    """A machine adds volumes to itself; with the key of this environment where it has one."""
    common = docker_autoscale_policy.write_policy(partition=inputs.partition)["Statement"]
    whole = docker_autoscale_policy.write_policy(kms_key=inputs.spec.roles.storage_kms_key, partition=inputs.partition)
    sid = sid_of(inputs.spec.name)
    return [*common, *({**statement, "Sid": sid + statement["Sid"]} for statement in whole["Statement"][len(common) :])]


def allow(sid: str, actions: list[str], resources: list[str]) -> Statement:
    """Make a statement that allows actions on ARNs."""
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": sorted(resources)}


def sid_of(environment: str) -> str:
    """How the Sid of an environment's own statements begins: letters and digits are allowed, names have dashes."""
    return f"Kiln{hashlib.sha256(environment.encode()).hexdigest()[:8]}"


def merged(desired: Sequence[Statement], there: Sequence[Statement], sid: str, *, shared: bool) -> list[Statement]:
    """What the policy should say: what is wanted, and what stands there for other environments."""
    of_others = [
        statement for statement in there
        if shared and re.match("Kiln[0-9a-f]{8}", statement.get("Sid", "")) and not statement["Sid"].startswith(sid)
    ]  # fmt: skip
    return sorted([*desired, *of_others], key=lambda statement: str(statement.get("Sid", "")))


def document(statements: Sequence[Statement]) -> str:
    """The JSON of the policy that says this."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
