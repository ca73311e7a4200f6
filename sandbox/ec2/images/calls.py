"""Laws of images: listing, deprecation, protection, deregistration, sharing.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-deprecate.html, API_DescribeImages.html,
API_DeregisterImage.html, https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-deregistration-protection.html,
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html (default key)
"""

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.responses import EC2Response

from sandbox.ec2.model.errors import refused
from sandbox.ec2.volumes import snapshots
from sandbox.kms import keys
from sandbox.world.world import ACCOUNT, current


class Images(EC2Response):
    def describe_images(self) -> ActionResult:
        """Without images too new to be seen, and without others' deprecated ones, unless they are asked for."""
        result = super().describe_images()
        answer: Any = result.result
        wanted = self._get_param("ImageIds", [])
        deprecated_too = self._get_bool_param("IncludeDeprecated", False)
        answer["Images"] = [
            image
            for image in answer["Images"]
            if current().is_visible(image.id)
            and (deprecated_too or image.id in wanted or image.owner_id == ACCOUNT or not image.is_deprecated())
        ]
        return result

    def enable_image_deprecation(self) -> ActionResult:
        when = self._get_param("DeprecateAt")
        if when is None or when <= current().clock.utcnow():
            raise refused("InvalidParameter", "DeprecateAt must be in the future.")
        self._own().deprecation_time = when.strftime("%Y-%m-%dT%H:%M:00.000Z")
        return ActionResult({"Return": True})

    def disable_image_deprecation(self) -> ActionResult:
        self._own().deprecation_time = None
        return ActionResult({"Return": True})

    def enable_image_deregistration_protection(self) -> ActionResult:
        cooldown = self._get_bool_param("WithCooldown", False)
        self._own().deregistration_protection = "enabled-with-cooldown" if cooldown else "enabled-without-cooldown"
        return ActionResult({"Return": self._own().deregistration_protection})

    def disable_image_deregistration_protection(self) -> ActionResult:
        self._own().deregistration_protection = "disabled"
        return ActionResult({"Return": "disabled"})

    def deregister_image(self) -> ActionResult:
        backend, image = self.ec2_backend, self._own()
        if image.deregistration_protection != "disabled":
            message = f"The image {image.id} can't be deregistered because deregistration protection is enabled."
            raise refused("OperationNotPermitted", message)
        backend.deregister_image(image.id)
        results = []
        if self._get_bool_param("DeleteAssociatedSnapshots", False):
            results = [
                {"SnapshotId": snapshot_id, "ReturnCode": _delete(backend, snapshot_id)}
                for snapshot_id in image.snapshot_ids
            ]
        return ActionResult({"Return": True, "DeleteSnapshotResults": results})

    def modify_image_attribute(self) -> ActionResult:
        image = self._own()
        attribute = self._get_param("Attribute", "launchPermission")
        if attribute not in ("launchPermission", "description"):
            raise NotImplementedError(f"the attribute {attribute}")
        description = self._get_param("Description.Value" if attribute != "description" else "Value")
        if description is not None:
            image.description = description
            return EmptyResult()
        adding = self._get_param("LaunchPermission.Add") or self._get_param("OperationType") == "add"
        if adding:
            _check_sharing(self.ec2_backend, image, self._get_param("LaunchPermission.Add") or [])
        return super().modify_image_attribute()

    def _own(self) -> Any:
        image = self.ec2_backend.amis[self._get_param("ImageId")]
        if image.owner_id != ACCOUNT:
            raise refused("AuthFailure", f"Not authorized for image:{image.id}")
        return image


def _delete(backend: Any, snapshot_id: str) -> str:
    if snapshots.find_image_using(backend, snapshot_id):
        return "in-use"
    snapshots.delete(backend, snapshot_id)
    return "success"


def _check_sharing(backend: Any, image: Any, permissions: list[dict[str, str]]) -> None:
    encrypted = [
        backend.snapshots[snapshot_id] for snapshot_id in image.snapshot_ids if backend.snapshots[snapshot_id].encrypted
    ]
    if encrypted and {"Group": "all"} in permissions:
        raise refused("InvalidParameter", "An image with encrypted snapshots can't be made public.")
    for snapshot in encrypted:
        if keys.is_default_key(backend, snapshot.kms_key_id):
            message = (
                f"Snapshot {snapshot.id} is encrypted with the AWS managed key ({keys.DEFAULT_ALIAS}): snapshots "
                "encrypted with the AWS Managed CMK can't be shared."
            )
            raise refused("InvalidParameter", message)
