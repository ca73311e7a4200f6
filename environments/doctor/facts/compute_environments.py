"""What a compute environment says of itself, as AWS Batch describes it, and its launch template with it (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any

from environments.machines.references import KEY_PAIR, PLACEMENT_GROUP
from launch_templates.versions import Template

Described = Mapping[str, Any]
"""A resource in the words of AWS's Describe call for it."""
Templates = Mapping[str, Template]
"""Launch templates by id, and by name too."""


def resources(environment: Described) -> Described:
    """Return its computeResources; {} for an unmanaged compute environment."""
    return environment.get("computeResources") or {}


def is_spot(environment: Described) -> bool:
    return bool(resources(environment).get("type") == "SPOT")


def short_name(arn: str) -> str:
    """Return the name behind an ARN's last slash; a name as it is."""
    return arn.rpartition("/")[2] or arn


def name_of(environment: Described) -> str:
    return str(environment["computeEnvironmentName"])


def instance_types_of(environment: Described) -> Sequence[str]:
    """List its instanceTypes: types, families, and words for several families."""
    return resources(environment).get("instanceTypes") or ()


def subnets_of(environment: Described) -> Sequence[str]:
    return resources(environment).get("subnets") or ()


def references_of(environment: Described) -> list[tuple[str, str]]:
    """List the kind and the name of what it names of EC2 by a person's own names: a key pair, a placement group."""
    named = ((KEY_PAIR, "ec2KeyPair"), (PLACEMENT_GROUP, "placementGroup"))
    return [(kind, str(resources(environment)[key])) for kind, key in named if resources(environment).get(key)]


def template_of(environment: Described) -> tuple[str, str]:
    """Return the launch template that it names, id or name ("": none), and its version: a number, $Default, $Latest."""
    template = resources(environment).get("launchTemplate") or {}
    name = template.get("launchTemplateId") or template.get("launchTemplateName") or ""
    return str(name), str(template.get("version") or "$Default")


def template_data(environment: Described, templates: Templates) -> Described:
    """Return the data of the launch template's version that it uses; {} where there is none."""
    name, version = template_of(environment)
    template = templates.get(name)
    if template is None:
        return {}
    number = {"$Default": str(template.default), "$Latest": str(template.latest)}.get(version, version)
    return next((version.data for version in template.versions if str(version.number) == number), {})


def images_of(environment: Described, templates: Templates) -> list[str]:
    """List the AMIs that it names: in ec2Configuration, else in imageId, else in its launch template."""
    configurations = resources(environment).get("ec2Configuration") or ()
    overrides = [str(entry["imageIdOverride"]) for entry in configurations if entry.get("imageIdOverride")]
    image = resources(environment).get("imageId") or template_data(environment, templates).get("ImageId")
    return overrides or ([str(image)] if image else [])


def groups_of(environment: Described, templates: Templates) -> Sequence[str]:
    """List the security groups of its machines: its own, else those of its launch template."""
    own: Sequence[str] = resources(environment).get("securityGroupIds") or ()
    data = template_data(environment, templates)
    interfaces = data.get("NetworkInterfaces") or ()
    return own or data.get("SecurityGroupIds") or [
        group for interface in interfaces for group in interface.get("Groups") or ()
    ]  # fmt: skip
