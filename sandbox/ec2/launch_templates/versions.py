"""Laws of the versions of launch templates.

moto ignores SourceVersion, has no DeleteLaunchTemplateVersions, and counts versions by their place in a list. Sources,
in the Amazon EC2 API Reference: API_CreateLaunchTemplateVersion.html (SourceVersion),
API_DeleteLaunchTemplateVersions.html (the default stays, at most 200), API_DescribeLaunchTemplateVersions.html
(filters), errors-overview.html (codes).
"""

from typing import Any

from moto.core.responses import ActionResult

from sandbox.ec2.launch_templates import data_rules
from sandbox.ec2.launch_templates.named import Named
from sandbox.ec2.model.errors import refused
from sandbox.ec2.model.matching import select

_AT_MOST = 200
_OF_VERSIONS = {
    "image-id": lambda version: version["LaunchTemplateData"].get("ImageId"),
    "instance-type": lambda version: version["LaunchTemplateData"].get("InstanceType"),
    "is-default-version": lambda version: version["DefaultVersion"],
}


class LaunchTemplateVersions(Named):
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
