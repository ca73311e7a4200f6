"""What the person or role that runs Kiln must be allowed, as values; and IAM policy documents of them.

A room says in its `needs.py` what its calls need. Sources: "Actions, resources, and condition keys for AWS
services", Service Authorization Reference; "IAM and AWS STS quotas", IAM User Guide (6,144 characters to a managed
policy, white space not counted).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cloud import regions

SIZE = 6144
VOLUME_KEY = ("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncrypt*")
"""What EBS does with a customer's key in the caller's name, beside kms:CreateGrant under FOR_AWS."""
FOR_AWS = {"Bool": {"kms:GrantIsForAWSResource": "true"}}


@dataclass(frozen=True)
class Permission:
    """One statement that allows `actions` on `resources` (ARNs) where `condition` holds."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    condition: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def statement(self) -> dict[str, Any]:
        """As a policy document has it."""
        statement: dict[str, Any] = {
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": sorted(self.actions),
            "Resource": sorted(self.resources) if self.resources != ("*",) else "*",
        }
        return statement | (
            {"Condition": {key: dict(value) for key, value in self.condition.items()}} if self.condition else {}
        )


@dataclass(frozen=True)
class Scope:
    """Where: one region and account or (*) all."""

    region: str = "*"
    account: str = "*"

    @property
    def partition(self) -> str:
        """The region's: aws, aws-cn, …; aws for all regions."""
        return "aws" if self.region == "*" else regions.find_partition(self.region)

    def ec2(self, *kinds: str, name: str = "*") -> tuple[str, ...]:
        """ARNs of EC2's resources; images and snapshots belong to no account in them."""
        owners = {"image": "", "snapshot": ""}
        begin = f"arn:{self.partition}:ec2:{self.region}"
        return tuple(f"{begin}:{owners.get(kind, self.account)}:{kind}/{name}" for kind in kinds)

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource of the region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def iam(self, resource: str) -> str:
        return f"arn:{self.partition}:iam::{self.account}:{resource}"


def pass_roles(sid: str, roles: Iterable[str], service: str) -> Permission:
    """Hand roles (ARNs) on to that service (ec2.amazonaws.com) and to no other.

    Source: "Granting a user permissions to pass a role to an AWS service" (iam:PassedToService), IAM User Guide.
    """
    return Permission(sid, ("iam:PassRole",), tuple(roles), {"StringEquals": {"iam:PassedToService": service}})


def has_tag(key: str, *, on: str = "Resource") -> dict[str, dict[str, str]]:
    """A condition: the resource carries the tag; with on="Request", the request sets it."""
    return {"Null": {f"aws:{on}Tag/{key}": "false"}}


def documents(permissions: Iterable[Permission]) -> tuple[dict[str, Any], ...]:
    """As few policy documents as hold them in their order, small enough for a managed policy."""
    documents: list[dict[str, Any]] = []
    for permission in permissions:
        statement = permission.statement()
        if not documents or size({**documents[-1], "Statement": [*documents[-1]["Statement"], statement]}) > SIZE:
            documents.append({"Version": "2012-10-17", "Statement": []})
        documents[-1]["Statement"].append(statement)
    return tuple(documents)


def size(document: Mapping[str, Any]) -> int:
    """Characters, as IAM counts them."""
    return len("".join(json.dumps(document).split()))
