"""EC2 with every law: moto's responses, and before each call what AWS would check first."""

from typing import Any

from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.ec2.exceptions import DryRunClientError

from sandbox.ec2.images.calls import Images
from sandbox.ec2.images.copying import CopyImage
from sandbox.ec2.images.creation import CreateImage
from sandbox.ec2.instances.calls import InstanceCalls
from sandbox.ec2.instances.console import Console
from sandbox.ec2.instances.launch import Launch
from sandbox.ec2.instances.metadata_options import MetadataOptionsCalls
from sandbox.ec2.instances.spot import SpotPrices
from sandbox.ec2.key_pairs import KeyPairs
from sandbox.ec2.launch_templates.calls import LaunchTemplates
from sandbox.ec2.launch_templates.record import check_named_once
from sandbox.ec2.launch_templates.versions import LaunchTemplateVersions
from sandbox.ec2.model.filters import check_filters
from sandbox.ec2.model.identifiers import check_all
from sandbox.ec2.model.tagging import Tags
from sandbox.ec2.model.unread import Parameters
from sandbox.ec2.network.places import Places
from sandbox.ec2.network.security_groups import SecurityGroups
from sandbox.ec2.placement_groups import PlacementGroups
from sandbox.ec2.type_calls import InstanceTypeCalls
from sandbox.ec2.volumes.encryption import Encryption
from sandbox.ec2.volumes.modification import Modification
from sandbox.ec2.volumes.sharing import Sharing
from sandbox.ec2.volumes.snapshots import Snapshots
from sandbox.ec2.volumes.volumes import Volumes
from sandbox.world.world import current

# Checks its arguments before it answers to DryRun.
_CHECKS_FIRST = "RunInstances"


class Ec2(
    Launch, LaunchTemplates, LaunchTemplateVersions, KeyPairs, Tags, InstanceCalls, CreateImage, CopyImage, Images,
    Snapshots, Sharing, Volumes, Modification, Encryption, SecurityGroups, PlacementGroups, Places, SpotPrices,
    InstanceTypeCalls, Console, MetadataOptionsCalls,
):  # fmt: skip
    def call_action(self) -> TYPE_RESPONSE:
        world = current()
        with world.lock:
            world.settle()
            try:
                check_named_once(self._get_action(), self.params)
                check_filters(self._get_action(), self.params)
                check_all(self.ec2_backend, world, self.params)
                if self._get_param("DryRun", False) and self._get_action() != _CHECKS_FIRST:
                    raise DryRunClientError()
            except ServiceException as error:
                return self._refusal(error)
            return self._carry_out()

    def _carry_out(self) -> TYPE_RESPONSE:
        """Have it done; NotImplementedError for a change of which a part would have no effect."""
        if not self._get_action().startswith("Modify"):
            return super().call_action()
        parameters = Parameters(self.params)
        self.params = parameters
        answer = super().call_action()
        if answer[0] < 300 and parameters.list_unread():
            raise NotImplementedError(", ".join(parameters.list_unread()))
        return answer

    def _refusal(self, error: ServiceException) -> TYPE_RESPONSE:
        status, headers, body = self.serialized(ActionResult(error))
        answer: Any = (int(status), {**headers, "status": str(status)}, body)
        return answer  # type: ignore[no-any-return]
