"""Launch templates as moto keeps them, with AWS's way of numbering: a number is given once, deleted or not.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-launch-template-versions.html
"""

import re
from collections.abc import Mapping
from typing import Any

from moto.ec2.models.launch_templates import LaunchTemplateVersion

from sandbox.ec2.model.errors import refused
from sandbox.world.world import current


def check_name(name: str | None) -> None:
    if not name:
        raise refused("MissingParameter", "The request must contain the parameter LaunchTemplateName")
    if not re.fullmatch(r"[a-zA-Z0-9().\-/_]{3,128}", name):
        message = (
            "The launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the "
            "following characters: - ( ) . / _"
        )
        raise refused("InvalidLaunchTemplateName.MalformedException", message)


def check_named_once(operation: str, parameters: Mapping[str, Any]) -> None:
    """Refuse a template that is named by id and by name, before either is looked at."""
    both = parameters.get("LaunchTemplateId") and parameters.get("LaunchTemplateName")
    if both and operation == "ModifyLaunchTemplate":
        message = "Either provide launch template ID or launch template name to modify the template."
        raise refused("InvalidParameterCombination", message)


def find_by_name(backend: Any, name: str) -> Any:
    """Find the launch template of that name; raises AWS's error for a name that is malformed or unknown."""
    check_name(name)
    if name not in backend.launch_template_name_to_ids:
        message = f"The specified launch template, with template name {name}, does not exist."
        raise refused("InvalidLaunchTemplateName.NotFoundException", message)
    return backend.get_launch_template(backend.launch_template_name_to_ids[name])


def create_version(self: Any, data: dict[str, Any], description: str) -> LaunchTemplateVersion:
    """Add a version to a launch template, under a number that no other version ever had."""
    numbers = current().template_versions
    numbers[self.id] = numbers.get(self.id, 0) + 1
    version = LaunchTemplateVersion(self, numbers[self.id], data, description)
    self.versions.append(version)
    return version


def get_version(self: Any, num: Any) -> Any:
    """Find a version by number, $Latest or $Default; None means the default (RunInstances)."""
    text = str(num or "$Default")
    if text == "$Latest":
        version = self.versions[-1]
    elif text == "$Default":
        version = default_version(self)
    else:
        version = next((version for version in self.versions if str(version.number) == text), None)
    if version is None:
        message = f"Could not find the specified version {text} for the launch template with ID {self.id}."
        raise refused("InvalidLaunchTemplateId.VersionNotFound", message)
    return version


def default_version(self: Any) -> Any:
    """Find the default version of a launch template."""
    return next(version for version in self.versions if version.number == self.default_version_number)
