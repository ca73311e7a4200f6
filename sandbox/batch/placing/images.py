"""Which AMI and which launch template a machine of a compute environment starts from.

Sources: https://docs.aws.amazon.com/batch/latest/userguide/ami-selection-order.html (the template that an override
names for the type, imageId, imageIdOverride, the launch template, AWS's own image of the imageType),
https://docs.aws.amazon.com/batch/latest/APIReference/API_LaunchTemplateSpecificationOverride.html (targetInstanceTypes:
types or families, the type goes before its family), …/API_Ec2Configuration.html (imageType)
"""

from typing import Any

from sandbox.batch.compute_environments import health
from sandbox.batch.model import account
from sandbox.batch.model.records import Environment, Fields
from sandbox.ec2.model import stand_ins
from sandbox.ec2.model.instance_types import architectures, gpus

_ALIASES = {"ECS_AL2": "amazon-linux-2", "ECS_AL2023": "amazon-linux-2023"}
_NVIDIA = "_NVIDIA"


def find_template_data(environment: Environment, region: str, instance_type: str) -> Fields:
    """Find the launch template's data for a machine of that type; {} where there is no template."""
    override = find_override(environment, instance_type)
    version = _find_version(region, override) if override else health.find_template_version(environment, region)
    return {} if version is None else {key: value for key, value in version.data.items() if value not in (None, "")}


def find_override(environment: Environment, instance_type: str) -> Fields | None:
    """Find the launchTemplate.overrides entry that is meant for the type, or for its family."""
    overrides = (environment.resources.get("launchTemplate") or {}).get("overrides") or []
    for named in (instance_type, instance_type.partition(".")[0]):
        for override in overrides:
            if named in (override.get("targetInstanceTypes") or []):
                return dict(override)
    return None


def _find_version(region: str, specification: Fields) -> Any:
    template = account.find_template(region, specification)
    return account.find_template_version(template, specification.get("version")) if template is not None else None


def choose_image(environment: Environment, region: str, instance_type: str) -> str:
    """Choose the AMI for a machine of that type."""
    resources = environment.resources
    in_template = find_template_data(environment, region, instance_type).get("ImageId")
    if in_template and find_override(environment, instance_type):
        return str(in_template)
    configuration = _choose_configuration(resources.get("ec2Configuration") or [], instance_type)
    chosen = resources.get("imageId") or configuration.get("imageIdOverride") or in_template
    return str(chosen or _find_default(configuration.get("imageType", "ECS_AL2023"), region, instance_type))


def _choose_configuration(configurations: list[Fields], instance_type: str) -> Fields:
    """Choose the ec2Configuration of a type: of two, the NVIDIA one is for types with GPUs."""
    has_gpu = gpus(instance_type) > 0
    ranked = sorted(configurations, key=lambda each: each["imageType"].endswith(_NVIDIA) != has_gpu)
    return ranked[0] if ranked else {}


def _find_default(kind: str, region: str, instance_type: str) -> str:
    alias = _ALIASES[kind.removesuffix(_NVIDIA)]
    variant = "/gpu" if kind.endswith(_NVIDIA) else "/arm64" if "arm64" in architectures(instance_type) else ""
    return next(each.image_id(region) for each in stand_ins.STAND_INS if each.alias == alias + variant)
