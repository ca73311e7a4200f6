"""Law: a filter that a call does not have is refused.

Which ones it has, its page in the Amazon EC2 API Reference lists, and botocore's service model holds these pages. Text:
aws/aws-cli#7225, boto/boto3#1299.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from moto.core.utils import get_service_model

from sandbox.ec2.model.errors import refused

_ITEM = re.compile(r"<li>\s*<p>\s*((?:<code>[^<]+</code>[\s,|]*(?:or\s)?)+)")
_NAME = re.compile(r"<code>([^<]+)</code>")
_TAG = "tag"
# What EC2 takes although its pages do not say so (any more): the names of EC2-Classic, and those without hyphens.
_ALSO = {"DescribeInstances": {"group-id", "group-name"}}
# What EC2 has, and moto takes no notice of: an answer that was not filtered would be wrong.
_WITHOUT_EFFECT = {
    "DescribeInstanceStatus": frozenset(
        [
            "application-status.status",
            "attached-ebs-status.status",
            "availability-zone",
            "availability-zone-id",
            "event.code",
            "event.description",
            "event.instance-event-id",
            "event.not-after",
            "event.not-before",
            "event.not-before-deadline",
            "instance-status.reachability",
            "instance-status.status",
            "operator.managed",
            "operator.principal",
            "system-status.reachability",
            "system-status.status",
        ]
    ),
    "DescribeInstanceTypes": frozenset(
        [
            "dedicated-hosts-supported",
            "ebs-info.attachment-limit-type",
            "ebs-info.maximum-ebs-attachments",
            "network-info.bandwidth-weightings",
            "network-info.flexible-ena-queues-support",
            "nitro-enclaves-support",
            "nitro-tpm-info.supported-versions",
            "nitro-tpm-support",
            "processor-info.supported-features",
            "reboot-migration-support",
        ]
    ),
    "DescribeLaunchTemplateVersions": frozenset(
        [
            "create-time",
            "ebs-optimized",
            "host-resource-group-arn",
            "http-endpoint",
            "http-protocol-ipv4",
            "http-tokens",
            "iam-instance-profile",
            "kernel-id",
            "license-configuration-arn",
            "network-card-index",
            "ram-disk-id",
        ]
    ),
    "DescribeTags": frozenset(["tag"]),
}
_WITHOUT_HYPHENS = ("DescribeVpcs", "DescribeSubnets", "DescribeRouteTables")


def check_filters(operation: str, parameters: Mapping[str, Any]) -> None:
    """Raise AWS's error for the first filter that the operation does not have."""
    given = parameters.get("Filters") or parameters.get("Filter") or []
    names = [str(entry.get("Name")) for entry in given if isinstance(entry, Mapping)] if given else []
    known = list_known(operation) if names else frozenset()
    ignored = _WITHOUT_EFFECT.get(operation, frozenset())
    for name in names if known else []:
        if name in ignored or (name.startswith("tag:") and _TAG in ignored):
            raise NotImplementedError(f"the filter {name}")
        if name not in known and not (name.startswith("tag:") and _TAG in known):
            raise refused("InvalidParameterValue", f"The filter '{name}' is invalid")


@cache
def list_known(operation: str) -> frozenset[str]:
    """List the filters of an operation ("tag" stands for tag:<key>); none where its page names none."""
    members = get_service_model("ec2").operation_model(operation).input_shape.members
    shape = members.get("Filters") or members.get("Filter")
    page = shape.documentation if shape is not None else ""
    names = {re.sub(r"\s", "", name) for item in _ITEM.findall(page) for name in _NAME.findall(item)}
    if not names:
        return frozenset()
    names |= _ALSO.get(operation, set())
    if any(name.startswith("tag:") for name in names):
        names.add(_TAG)
    if "tag-key" in names:
        names.add("tag-value")
    if operation in _WITHOUT_HYPHENS:
        names |= {_join(name) for name in names}
    return frozenset(names)


def _join(name: str) -> str:
    first, *others = re.split("[-]", name)
    return first + "".join(word.capitalize() for word in others)
