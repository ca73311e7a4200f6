"""Launch templates as moto keeps them, with AWS's way of numbering: a number is given once, deleted or not.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-launch-template-versions.html
"""

import re
from typing import Any

from moto.ec2.models.launch_templates import LaunchTemplate, LaunchTemplateVersion

from sandbox.ec2.model.errors import refused


def check_name(name: str | None) -> None:
    if not name:
        raise refused("MissingParameter", "The request must contain the parameter LaunchTemplateName")
    if not re.fullmatch(r"[a-zA-Z0-9().\-/_]{3,128}", name):
        message = (
            "The launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the "
            "following characters: - ( ) . / _"
        )
        raise refused("InvalidLaunchTemplateName.MalformedException", message)


def by_name(backend: Any, name: str) -> Any:
    """The template of that name; raises AWS's error for a name that is malformed or unknown."""
    check_name(name)
    if name not in backend.launch_template_name_to_ids:
        message = f"The specified launch template, with template name {name}, does not exist."
        raise refused("InvalidLaunchTemplateName.NotFoundException", message)
    return backend.get_launch_template(backend.launch_template_name_to_ids[name])


def create_version(template: Any, data: dict[str, Any], description: str) -> LaunchTemplateVersion:
    template.last_number = getattr(template, "last_number", 0) + 1
    version = LaunchTemplateVersion(template, template.last_number, data, description)
    template.versions.append(version)
    return version


def get_version(template: Any, wanted: Any) -> Any:
    """By number, or $Latest or $Default; none given means the default (RunInstances)."""
    text = str(wanted or "$Default")
    if text == "$Latest":
        found = template.versions[-1]
    elif text == "$Default":
        found = default_version(template)
    else:
        found = next((each for each in template.versions if str(each.number) == text), None)
    if found is None:
        message = f"Could not find the specified version {text} for the launch template with ID {template.id}."
        raise refused("InvalidLaunchTemplateId.VersionNotFound", message)
    return found


def default_version(template: Any) -> Any:
    return next(each for each in template.versions if each.number == template.default_version_number)


def install() -> None:
    for function in (create_version, get_version, default_version):
        getattr(LaunchTemplate, function.__name__)  # a moto that has renamed it is found out at once
        setattr(LaunchTemplate, function.__name__, function)
