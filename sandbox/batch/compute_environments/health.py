"""Why a compute environment is INVALID: what Batch finds when it uses the rest of the account.

Source: https://docs.aws.amazon.com/batch/latest/userguide/invalid_compute_environment.html. The reasons are worded as
the service behind them words its own error, after "CLIENT_ERROR - ", which is how Batch passes them on.
"""

import base64
import binascii
from collections.abc import Callable
from email import message_from_bytes
from functools import cache
from typing import Any

from sandbox.batch.compute_environments.resource_rules import BEST_FIT, SPOT
from sandbox.batch.model import account, instance_types
from sandbox.batch.model.records import Environment
from sandbox.ec2.model.instance_types import architectures
from sandbox.iam.assuming import trusts

HEALTHY = "ComputeEnvironment Healthy"
_SPOT_FLEET = "spotfleet.amazonaws.com"


def find_reason(environment: Environment, region: str, *, but_image: bool = False) -> str:
    """Find what is wrong with a compute environment, as its statusReason says it; "" when it is VALID.

    `but_image`: do not look at its AMI.
    """
    wrong = find_role_reason(environment)
    if not wrong and environment.kind == "MANAGED":
        checks = [check for check in _CHECKS if not (but_image and check is _check_image)]
        wrong = next(filter(None, (check(environment, region) for check in checks)), "")
    return f"CLIENT_ERROR - {wrong}" if wrong else ""


def find_role_reason(environment: Environment) -> str:
    """Find why Batch cannot act at all; "" when its service role is there and trusts it."""
    arn = environment.service_role
    if trusts(arn, account.SERVICE):
        return ""
    return (
        f"User: batch.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: {arn} (Service: "
        f"AWSSecurityTokenService; Status Code: 403; Error Code: AccessDenied; Request ID: {environment.uuid}; "
        "Proxy: null)"
    )


def _check_instance_profile(environment: Environment, _: str) -> str:
    named = environment.resources["instanceRole"]
    profile = account.find_instance_profile(named)
    if profile is None:
        return f"Invalid IamInstanceProfile: {named}"
    return "" if profile.roles else f'IAM Instance Profile "{profile.arn}" has no associated IAM Roles'


def _check_spot_fleet_role(environment: Environment, _: str) -> str:
    resources = environment.resources
    if resources["type"] != SPOT or resources["allocationStrategy"] != BEST_FIT:
        return ""
    arn = account.make_role_arn(resources["spotIamFleetRole"])
    return "" if trusts(arn, _SPOT_FLEET) else "Parameter: SpotFleetRequestConfig.IamFleetRole is invalid."


def _check_template(environment: Environment, region: str) -> str:
    wanted = environment.resources.get("launchTemplate")
    if not wanted:
        return ""
    template = account.find_template(region, wanted)
    if template is None and wanted.get("launchTemplateId"):
        return f"The specified launch template, with template ID {wanted['launchTemplateId']}, does not exist."
    if template is None:
        return f"The specified launch template, with template name {wanted['launchTemplateName']}, does not exist."
    version = find_template_version(environment, region)
    if version is None:
        number = environment.template_version or wanted.get("version")
        return f"Could not find the specified version {number} for the launch template with ID {template.id}."
    user_data = version.data.get("UserData")
    return "" if not user_data or is_mime(user_data) else "Launch Template UserData is not MIME multipart format"


def find_template_version(environment: Environment, region: str) -> Any:
    """Find the version in use: what $Latest or $Default meant when the infrastructure was last made."""
    wanted = environment.resources.get("launchTemplate")
    found = account.find_template(region, wanted) if wanted else None
    if found is None or wanted is None:
        return None
    number = environment.template_version
    return account.find_template_version(found, str(number) if number else wanted.get("version"))


@cache
def is_mime(user_data: str) -> bool:
    """Return whether user data (base64) is MIME multi-part.

    Source: https://docs.aws.amazon.com/batch/latest/userguide/launch-templates.html ("Amazon EC2 user data in launch
    templates must be in the MIME multi-part archive format")
    """
    try:
        message = message_from_bytes(base64.b64decode(user_data))
    except (binascii.Error, ValueError):
        return False
    return message.is_multipart() and message.get_content_type() == "multipart/mixed"


def list_images(environment: Environment, region: str) -> list[str]:
    """List the AMIs that a compute environment names: in ec2Configuration, else imageId,
    else in its launch template.
    """
    resources = environment.resources
    named = [
        configuration["imageIdOverride"]
        for configuration in resources.get("ec2Configuration") or []
        if configuration.get("imageIdOverride")
    ]
    version = find_template_version(environment, region)
    in_template = version.data.get("ImageId") if version is not None else None
    alone = resources.get("imageId") or in_template
    return named or ([alone] if alone else [])


def _check_image(environment: Environment, region: str) -> str:
    kinds = instance_types.list_architectures(environment.resources["instanceTypes"])
    for image_id in list_images(environment, region):
        image = account.find_image(region, image_id)
        if image is None:
            return f"The image id '[{image_id}]' does not exist"
        if image.architecture not in kinds:
            types = instance_types.expand_all(environment.resources["instanceTypes"])
            return (
                f"The architecture '{','.join(architectures(types[0]))}' of the specified instance type does not match "
                f"the architecture '{image.architecture}' of the specified AMI. Specify an instance type and an AMI "
                "that have matching architectures, and try again."
            )
    return ""


def _check_network(environment: Environment, region: str) -> str:
    resources = environment.resources
    for subnet in resources["subnets"]:
        if not account.has_subnet(region, subnet):
            return f"The subnet ID '{subnet}' does not exist"
    for group in resources.get("securityGroupIds") or []:
        if not account.has_security_group(region, group):
            return f"The security group '{group}' does not exist"
    return ""


def _check_key_pair(environment: Environment, region: str) -> str:
    name = environment.resources.get("ec2KeyPair")
    return f"The key pair '{name}' does not exist" if name and not account.has_key_pair(region, name) else ""


def _check_placement_group(environment: Environment, region: str) -> str:
    name = environment.resources.get("placementGroup")
    if not name or account.has_placement_group(region, name):
        return ""
    return f"The Placement Group '{name}' is unknown."


_CHECKS: tuple[Callable[[Environment, str], str], ...] = (
    _check_instance_profile, _check_spot_fleet_role, _check_template, _check_image, _check_network, _check_key_pair,
    _check_placement_group,
)  # fmt: skip
