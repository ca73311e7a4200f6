"""What compute environments and queues say of themselves, as AWS Batch describes them (pure)."""

from collections.abc import Mapping
from typing import Any

from launch_templates.versions import Template

Described = Mapping[str, Any]
"""As one of AWS's Describe calls tells it."""


def resources(environment: Described) -> Described:
    """computeResources; {} for an unmanaged one."""
    return environment.get("computeResources") or {}


def is_spot(environment: Described) -> bool:
    return bool(resources(environment).get("type") == "SPOT")


def short(arn: str) -> str:
    """The name behind an ARN's last slash; a name as it is."""
    return arn.rpartition("/")[2] or arn


def name_of(environment: Described) -> str:
    return str(environment["computeEnvironmentName"])


def pinned(environment: Described) -> tuple[str, str]:
    """The launch template that a compute environment names, by id or name ("": none), and its version as it is said."""
    named = resources(environment).get("launchTemplate") or {}
    return str(named.get("launchTemplateId") or named.get("launchTemplateName") or ""), str(
        named.get("version") or "$Default"
    )


def template_data(environment: Described, templates: Mapping[str, Template]) -> Described:
    """The data of the launch template's version that a compute environment uses; {} where there is none."""
    name, version = pinned(environment)
    template = templates.get(name)
    if template is None:
        return {}
    number = {"$Default": str(template.default), "$Latest": str(template.latest)}.get(version, version)
    return next((each.data for each in template.versions if str(each.number) == number), {})


def images_of(environment: Described, templates: Mapping[str, Template]) -> list[str]:
    """The AMIs that a compute environment names: in ec2Configuration, else in imageId, else in its launch template."""
    found = resources(environment)
    named = [
        str(each["imageIdOverride"]) for each in found.get("ec2Configuration") or () if each.get("imageIdOverride")
    ]
    alone = found.get("imageId") or template_data(environment, templates).get("ImageId")
    return named or ([str(alone)] if alone else [])
