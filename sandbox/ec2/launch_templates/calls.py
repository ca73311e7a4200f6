"""Law: launch templates and their versions.

moto ignores SourceVersion, has no DeleteLaunchTemplateVersions, puts the template's own tags into its data, takes any
name and any user data, and counts versions by their place in a list. Sources, in the Amazon EC2 API Reference:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html (names, tags),
…/API_CreateLaunchTemplateVersion.html (SourceVersion), …/API_DeleteLaunchTemplateVersions.html (the default stays, at
most 200), …/API_DescribeLaunchTemplateVersions.html (pages), …/errors-overview.html (codes).
"""

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from sandbox.ec2.launch_templates import data_rules
from sandbox.ec2.launch_templates.record import check_name, find_by_name
from sandbox.ec2.model.errors import refused
from sandbox.ec2.model.matching import select
from sandbox.ec2.model.tagging import read_tags
from sandbox.world.world import current

_SOME_UNKNOWN = "At least one of the launch templates specified in the request does not exist."
_OF_VERSIONS = {
    "image-id": lambda version: version["LaunchTemplateData"].get("ImageId"),
    "instance-type": lambda version: version["LaunchTemplateData"].get("InstanceType"),
    "is-default-version": lambda version: version["DefaultVersion"],
}
_TEMPLATE, _AT_MOST = "launch-template", 200


class LaunchTemplates(EC2Response):
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

    def create_launch_template_version(self) -> ActionResult:
        template, data, description = self._named_template(), self._template_data(), self._version_description()
        source = self._get_param("SourceVersion")
        if source:
            data = {**template.get_version(source).data, **data}

        def make() -> dict[str, Any]:
            version = template.create_version(data, description)
            answer = {"LaunchTemplateVersion": self._version_told(template, version)}
            return {**answer, **data_rules.list_warnings(data)}

        return self._made_once(make)

    def delete_launch_template_versions(self) -> ActionResult:
        template, wanted = self._named_template(), self._get_param("Versions", [])
        if len(wanted) > _AT_MOST:
            raise refused("InvalidParameterValue", f"You can delete at most {_AT_MOST} versions in a single request.")
        gone, kept = [], []
        for text in wanted:
            version = next((version for version in template.versions if str(version.number) == text), None)
            told = {"LaunchTemplateId": template.id, "LaunchTemplateName": template.name}
            if version and not template.is_default(version):
                template.versions.remove(version)
                gone.append({**told, "VersionNumber": version.number})
                continue
            # The API has a code for a version that does not exist, and none for the default one.
            code = "unexpectedError" if version else "launchTemplateVersionDoesNotExist"
            why = "The default version cannot be deleted." if version else f"Version {text} does not exist."
            number = int(text) if text.isdecimal() else 0
            kept.append({**told, "VersionNumber": number, "ResponseError": {"Code": code, "Message": why}})
        return ActionResult(
            {
                "SuccessfullyDeletedLaunchTemplateVersions": gone,
                "UnsuccessfullyDeletedLaunchTemplateVersions": kept,
            }
        )

    def describe_launch_template_versions(self) -> ActionResult:
        named = self._get_param("LaunchTemplateId") or self._get_param("LaunchTemplateName")
        if not named:
            return super().describe_launch_template_versions()
        template, wanted = self._named_template(), self._get_param("Versions", [])
        if wanted:
            found = [template.get_version(number) for number in wanted]
        else:
            low, high = self._get_int_param("MinVersion") or 1, self._get_int_param("MaxVersion")
            found = [
                version
                for version in template.versions
                if low <= version.number and (not high or version.number <= high)
            ]
            found.reverse()
        listed = [self._version_told(template, version) for version in found]
        return ActionResult({"LaunchTemplateVersions": select(listed, self._get_param("Filters"), _OF_VERSIONS)})

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

    def _named_template(self) -> Any:
        """Find the launch template that a request names by id (checked before) or by name, never by both."""
        template_id, name = self._get_param("LaunchTemplateId"), self._get_param("LaunchTemplateName")
        if bool(template_id) == bool(name):
            message = "You must specify either the launch template ID or the launch template name, but not both."
            raise refused("InvalidParameterCombination" if name else "MissingParameter", message)
        return find_by_name(self.ec2_backend, name) if name else self.ec2_backend.get_launch_template(template_id)

    def _template_data(self) -> dict[str, Any]:
        data = {key: value for key, value in (self._get_param("LaunchTemplateData") or {}).items() if value is not None}
        data_rules.check_user_data(data)
        data_rules.check_tags({**data, "InstanceMarketOptions": {"MarketType": "spot"}})
        return data

    def _version_description(self) -> str:
        description = self._get_param("VersionDescription") or ""
        if len(description) > 255:
            raise refused("InvalidParameterValue", "The version description can have at most 255 characters.")
        return str(description)

    def _made_once(self, make: Callable[[], dict[str, Any]]) -> ActionResult:
        """Do it, or answer as before to a client token that was seen already."""
        tokens, operation = current().client_tokens, self._get_action()
        earlier = tokens.find(operation, self.params)
        if earlier is None:
            answer = make()
            tokens.keep(operation, self.params, answer)
            return ActionResult(answer)
        if not earlier.same:
            message = (
                "Arguments on this idempotent request are inconsistent with arguments used in previous request(s)."
            )
            raise refused("IdempotentParameterMismatch", message)
        return ActionResult(earlier.answer)

    def _template_told(self, template: Any) -> dict[str, Any]:
        return {
            "CreateTime": template.create_time,
            "CreatedBy": f"arn:{self.partition}:iam::{self.current_account}:root",
            "DefaultVersionNumber": template.default_version_number,
            "LatestVersionNumber": template.latest_version().number,
            "LaunchTemplateId": template.id,
            "LaunchTemplateName": template.name,
            "Tags": template.get_tags(),
        }

    def _version_told(self, template: Any, version: Any) -> dict[str, Any]:
        return {
            "CreateTime": version.create_time,
            "CreatedBy": f"arn:{self.partition}:iam::{self.current_account}:root",
            "DefaultVersion": template.is_default(version),
            "LaunchTemplateData": version.data,
            "LaunchTemplateId": template.id,
            "LaunchTemplateName": template.name,
            "VersionDescription": version.description,
            "VersionNumber": version.number,
        }
