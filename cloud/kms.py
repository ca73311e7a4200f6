"""KMS keys of a definition, looked at before a machine is launched with them.

EC2 takes an unusable key at RunInstances and ends the instance a moment later with Client.InvalidKMSKey.InvalidState.
"""

from collections.abc import Iterable

from cloud import errors
from cloud.ebs import Volume
from cloud.session import Cloud
from kiln.errors import UserError


def check_usable(cloud: Cloud, volumes: Iterable[Volume | None]) -> None:
    """Raises UserError for a key that does not exist or is not enabled; a key that may not be described passes."""
    named = {volume.kms_key for volume in volumes if volume and volume.kms_key}
    for key in sorted(named):
        try:
            state = cloud.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
        except Exception as error:
            if errors.code(error) in errors.DENIED:
                continue
            if errors.code(error) != "NotFoundException":
                raise
            raise UserError(
                f"there is no KMS key {key} in {cloud.region}", str(error), "Check volumes.*.kms_key and --region."
            ) from error
        if state != "Enabled":
            raise UserError(
                f"the KMS key {key} cannot be used", f"its state is {state}", "Enable it, or name another one."
            )
