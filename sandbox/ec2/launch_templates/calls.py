"""Laws of launch templates.

moto puts the template's own tags into its data, and takes any name and any user data. Sources, in the Amazon EC2 API
Reference: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html (names, tags),
API_ModifyLaunchTemplate.html, errors-overview.html (codes).
"""

from typing import Any

from moto.core.responses import ActionResult

from sandbox.ec2.launch_templates import data_rules
from sandbox.ec2.launch_templates.named import Named
from sandbox.ec2.launch_templates.record import check_name
from sandbox.ec2.model.errors import refused
from sandbox.ec2.model.tagging import read_tags

_SOME_UNKNOWN = "At least one of the launch templates specified in the request does not exist."
_TEMPLATE = "launch-template"


class LaunchTemplates(Named):
    def create_launch_template(self) -> ActionResult:
        name = self._get_param("LaunchTemplateName")
        check_name(name)
        data, description = self._template_data(), self._version_description()
        own = read_tags(self.params)
        if set(own) - {_TEMPLATE}:
            raise refused("InvalidParameterValue", f"'{min(set(own) - {_TEMPLATE})}' is not a valid taggable resource "
                          "type for this operation.")  # fmt: skip

        def make() -> dict[str, Any]:
            template = self.ec2_backend.create_launch_template(name, description, data, own)
            return {"LaunchTemplate": self._template_told(template), **data_rules.list_warnings(data)}

        return self._made_once(make)

    def describe_launch_templates(self) -> ActionResult:
        for name in self._get_param("LaunchTemplateNames", []):
            check_name(name)
            if name not in self.ec2_backend.launch_template_name_to_ids:
                raise refused("InvalidLaunchTemplateName.NotFoundException", _SOME_UNKNOWN)
        found = self.ec2_backend.describe_launch_templates(
            template_names=self._get_param("LaunchTemplateNames", []),
            template_ids=self._get_param("LaunchTemplateIds", []),
            filters=self._filters_from_querystring(),
        )
        return ActionResult({"LaunchTemplates": [self._template_told(template) for template in found]})

    def modify_launch_template(self) -> ActionResult:
        template, wanted = self._named_template(), self._get_param("DefaultVersion")
        if wanted:
            version = next((version for version in template.versions if str(version.number) == wanted), None)
            if version is None:
                message = f"The launch template version {wanted} is not found for the specified launch template."
                raise refused("InvalidLaunchTemplateId.VersionNotFound", message)
            template.default_version_number = version.number
        return ActionResult({"LaunchTemplate": self._template_told(template)})

    def delete_launch_template(self) -> ActionResult:
        template = self._named_template()
        self.ec2_backend.delete_launch_template(template.name, None)
        return ActionResult({"LaunchTemplate": self._template_told(template)})
