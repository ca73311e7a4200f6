"""A compute environment's fields as requests to AWS Batch, and out of its answers (pure)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from environments.model.resource import Desired

_RESOURCES = (
    "type", "allocationStrategy", "minvCpus", "maxvCpus", "bidPercentage", "instanceRole", "spotIamFleetRole",
    "ec2KeyPair", "placementGroup",
)  # fmt: skip
_MEMBER = {
    "launchTemplateVersion": "launchTemplate", "imageType": "ec2Configuration", "imageIdOverride": "ec2Configuration",
}  # fmt: skip
_BATCH_ROLE = "/aws-service-role/batch.amazonaws.com/"

NAME = "compute env"  # of the kind, on screens and in --json


@dataclass(frozen=True, kw_only=True)
class DesiredEnvironment(Desired):
    """A compute environment under the definition's name, to be made as `aws_name` for `environment`."""

    environment: str
    aws_name: str


def create(desired: DesiredEnvironment, name: str = "") -> dict[str, Any]:
    """The parameters of CreateComputeEnvironment, under another `name` where one is given.

    No serviceRole stands for the service-linked role. desiredvCpus is left out: AWS Batch begins with the minimum.
    """
    fields = desired.fields
    service = {} if fields["serviceRole"] == "service-linked" else {"serviceRole": fields["serviceRole"]}
    return {
        "computeEnvironmentName": name or desired.aws_name,
        "type": "MANAGED",
        "state": fields["state"],
        "computeResources": resources(fields),
        "tags": dict(desired.tags),
        **service,
    }


def resources(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The whole of ComputeResource; what is None is left out."""
    given = {key: fields[key] for key in _RESOURCES if fields.get(key) is not None}
    return {
        **given,
        "instanceTypes": list(fields["instanceTypes"]),
        "subnets": list(fields["subnets"]),
        "securityGroupIds": list(fields["securityGroupIds"]),
        "tags": dict(fields["tags"]),
        "launchTemplate": {
            "launchTemplateName": fields["launchTemplate"], "version": str(fields["launchTemplateVersion"]),
        },
        "ec2Configuration": [{"imageType": fields["imageType"], "imageIdOverride": fields["imageIdOverride"]}],
    }  # fmt: skip


def scaling(name: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of UpdateComputeEnvironment for the fields that touch no machine."""
    request: dict[str, Any] = {"computeEnvironment": name}
    sizes = {key: changes[key] for key in ("minvCpus", "maxvCpus") if key in changes}
    if sizes:
        request["computeResources"] = sizes
    if "state" in changes:
        request["state"] = changes["state"]
    return request


def fields(environment: Mapping[str, Any]) -> dict[str, Any]:
    """The comparable fields of a compute environment as DescribeComputeEnvironments has it."""
    resources: Mapping[str, Any] = environment.get("computeResources") or {}
    template = resources.get("launchTemplate") or {}
    configuration = (resources.get("ec2Configuration") or [{}])[0]
    service = environment.get("serviceRole") or "service-linked"
    bid = resources.get("bidPercentage") or 100
    return {
        "state": environment.get("state"),
        "serviceRole": "service-linked" if _BATCH_ROLE in service else service,
        "type": resources.get("type"),
        "allocationStrategy": resources.get("allocationStrategy") or "BEST_FIT",
        "instanceTypes": tuple(sorted(resources.get("instanceTypes") or ())),
        "minvCpus": resources.get("minvCpus") or 0,
        "maxvCpus": resources.get("maxvCpus"),
        "bidPercentage": bid if resources.get("type") == "SPOT" else None,
        "subnets": tuple(sorted(resources.get("subnets") or ())),
        "securityGroupIds": tuple(sorted(resources.get("securityGroupIds") or ())),
        "instanceRole": resources.get("instanceRole"),
        "spotIamFleetRole": resources.get("spotIamFleetRole"),
        "ec2KeyPair": resources.get("ec2KeyPair") or None,
        "placementGroup": resources.get("placementGroup") or None,
        "tags": dict(resources.get("tags") or {}),
        "launchTemplate": template.get("launchTemplateName") or template.get("launchTemplateId"),
        "launchTemplateVersion": template.get("version"),
        "imageType": configuration.get("imageType"),
        "imageIdOverride": configuration.get("imageIdOverride"),
    }


def infrastructure(
    name: str, after: Mapping[str, Any], changed: Collection[str], policy: Mapping[str, Any]
) -> dict[str, Any]:
    """The parameters of UpdateComputeEnvironment for the fields `changed`, as they are in `after`.

    The update policy is always said: AWS's own default ends jobs after 30 minutes. An empty text takes a setting away
    (ComputeResourceUpdate, AWS Batch API Reference).
    """
    whole = {"ec2KeyPair": "", "placementGroup": "", **resources(after)}
    members = {_MEMBER.get(field, field) for field in changed} & whole.keys()
    request: dict[str, Any] = {
        "computeEnvironment": name,
        "computeResources": {member: whole[member] for member in sorted(members)},
        "updatePolicy": dict(policy),
    }
    return request | ({"state": after["state"]} if "state" in changed else {})
