"""EC2 with every law: moto's responses, and before each call what AWS would check first."""

from typing import Any

from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.ec2.exceptions import DryRunClientError

from sandbox.laws.console import Console
from sandbox.laws.create_image import CreateImage
from sandbox.laws.identifiers import check_all
from sandbox.laws.images import Images
from sandbox.laws.instance_calls import InstanceCalls
from sandbox.laws.key_pairs import KeyPairs
from sandbox.laws.launch import Launch
from sandbox.laws.launch_templates import LaunchTemplates
from sandbox.laws.security_groups import SecurityGroups
from sandbox.laws.snapshots import Snapshots
from sandbox.laws.spot import SpotPrices
from sandbox.laws.tagging import Tags
from sandbox.laws.type_calls import InstanceTypeCalls
from sandbox.laws.volumes import Volumes
from sandbox.world import current

# Checks its arguments before it answers to DryRun.
_CHECKS_FIRST = "RunInstances"


class Ec2(
    Launch, LaunchTemplates, KeyPairs, Tags, InstanceCalls, CreateImage, Images, Snapshots, Volumes, SecurityGroups,
    SpotPrices, InstanceTypeCalls, Console,
):  # fmt: skip
    def call_action(self) -> TYPE_RESPONSE:
        world = current()
        with world.lock:
            world.settle()
            try:
                check_all(self.ec2_backend, world, self.params)
                if self._get_param("DryRun", False) and self._get_action() != _CHECKS_FIRST:
                    raise DryRunClientError()
            except ServiceException as error:
                return self._refusal(error)
            return super().call_action()

    def _refusal(self, error: ServiceException) -> TYPE_RESPONSE:
        status, headers, body = self.serialized(ActionResult(error))
        answer: Any = (int(status), {**headers, "status": str(status)}, body)
        return answer  # type: ignore[no-any-return]
