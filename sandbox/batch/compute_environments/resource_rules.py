"""What Batch refuses of computeResources at once, whether they are new or changed.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html. What depends on the rest of the
account (roles, images, templates …) is not looked at here: Batch accepts it and turns INVALID later, see
https://docs.aws.amazon.com/batch/latest/userguide/invalid_compute_environment.html ("AWS Batch must accept the bad
value").
"""

from typing import Any

from sandbox.batch.model import instance_types, tag_rules
from sandbox.batch.model.errors import executing

EC2, SPOT = "EC2", "SPOT"
BEST_FIT = "BEST_FIT"
_PROGRESSIVE = ("BEST_FIT_PROGRESSIVE", "BEST_FIT_PROGRESSIVE_ORDERED")
_SPOT_ONLY = ("SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED", "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED")
# With these, the infrastructure can be updated in place.
UPDATABLE = (*_PROGRESSIVE, *_SPOT_ONLY)
# https://docs.aws.amazon.com/batch/latest/APIReference/API_Ec2Configuration.html
IMAGE_TYPES = ("ECS_AL2", "ECS_AL2_NVIDIA", "ECS_AL2023", "ECS_AL2023_NVIDIA")
_AT_LEAST_ONE = ("instanceTypes", "subnets")


def check(resources: dict[str, Any], region: str) -> None:
    """Refuse computeResources that no account could use."""
    for name in _AT_LEAST_ONE:
        if not resources.get(name):
            raise executing(f"{name} can not be null or empty.")
    if not resources.get("instanceRole"):
        raise executing("instanceRole can not be null or empty.")
    if not resources.get("securityGroupIds") and not resources.get("launchTemplate"):
        raise executing("securityGroupIds can not be null or empty.")
    wrong = instance_types.check_names(resources["instanceTypes"], region)
    if wrong:
        raise executing(wrong)
    _check_strategy(resources)
    check_vcpus(resources)
    _check_images(resources)
    _check_template(resources.get("launchTemplate"))
    tag_rules.check_sizes(resources.get("tags") or {})  # EC2's tags take any character


def _check_strategy(resources: dict[str, Any]) -> None:
    kind, strategy = resources["type"], resources["allocationStrategy"]
    if strategy in _SPOT_ONLY and kind != SPOT:
        raise executing(f"Allocation strategy {strategy} is only valid for compute environments of type SPOT.")
    if kind != SPOT:
        return
    if strategy == BEST_FIT and not resources.get("spotIamFleetRole"):
        raise executing("spotIamFleetRole is required for SPOT compute environments with allocation strategy BEST_FIT.")
    if not 1 <= resources.get("bidPercentage", 100) <= 100:
        raise executing("bidPercentage must be between 1 and 100.")


def check_vcpus(resources: dict[str, Any]) -> None:
    """Refuse minvCpus, desiredvCpus and maxvCpus that are not in their order."""
    least, most, wanted = resources["minvCpus"], resources["maxvCpus"], resources["desiredvCpus"]
    if least < 0 or most < 0:
        raise executing("minvCpus and maxvCpus must not be negative.")
    if least > most:
        raise executing("minvCpus must be less than or equal to maxvCpus.")
    if not least <= wanted <= most:
        raise executing("desiredvCpus must be between minvCpus and maxvCpus.")


def _check_images(resources: dict[str, Any]) -> None:
    configurations = resources.get("ec2Configuration") or []
    if len(configurations) > 2:
        raise executing("ec2Configuration can have at most 2 values.")
    kinds = [configuration["imageType"] for configuration in configurations]
    for kind in kinds:
        if kind not in IMAGE_TYPES:
            raise executing(f"imageType {kind} is not valid. Valid values: {', '.join(IMAGE_TYPES)}")
    if len(set(kinds)) < len(kinds):
        raise executing("ec2Configuration must not have the same imageType twice.")


def _check_template(template: dict[str, Any] | None) -> None:
    if template and bool(template.get("launchTemplateId")) == bool(template.get("launchTemplateName")):
        raise executing("Either launchTemplateId or launchTemplateName must be specified, but not both.")
