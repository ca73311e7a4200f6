"""What the calls about launch templates and about their versions share: which one is meant, and how both are shown."""

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from sandbox.ec2.launch_templates import data_rules
from sandbox.ec2.launch_templates.record import find_by_name
from sandbox.ec2.model.errors import refused
from sandbox.world.world import current


class Named(EC2Response):
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
