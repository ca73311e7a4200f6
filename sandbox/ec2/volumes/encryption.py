"""Laws of encryption by default: a setting of each region, and the key that is taken where none is named.

Sources: https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html,
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetEbsDefaultKmsKeyId.html,
API_ModifyEbsDefaultKmsKeyId.html, API_ResetEbsDefaultKmsKeyId.html
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from sandbox.ec2.model.errors import refused
from sandbox.kms import keys
from sandbox.world.world import current


def is_on(backend: Any) -> bool:
    """Return whether new volumes and snapshots of the region are encrypted though nobody asks for it."""
    world = current()
    return world.encryption.get(backend.region_name, world.encrypts_by_default)


class Encryption(EC2Response):
    def enable_ebs_encryption_by_default(self) -> ActionResult:
        return self._switch(True)

    def disable_ebs_encryption_by_default(self) -> ActionResult:
        return self._switch(False)

    def get_ebs_encryption_by_default(self) -> ActionResult:
        return ActionResult({"EbsEncryptionByDefault": is_on(self.ec2_backend)})

    def get_ebs_default_kms_key_id(self) -> ActionResult:
        return ActionResult({"KmsKeyId": keys.find_key_arn(self.ec2_backend, None)})

    def modify_ebs_default_kms_key_id(self) -> ActionResult:
        named = self._get_param("KmsKeyId")
        arn = keys.find_key_arn(self.ec2_backend, named)
        if arn is None:
            raise refused("InvalidKmsKey.NotFound", f"The specified key {named} does not exist or is not enabled.")
        self.ec2_backend.default_kms_key_id = arn
        return ActionResult({"KmsKeyId": arn})

    def reset_ebs_default_kms_key_id(self) -> ActionResult:
        self.ec2_backend.default_kms_key_id = keys.ensure_default_key(self.ec2_backend)
        return ActionResult({"KmsKeyId": self.ec2_backend.default_kms_key_id})

    def _switch(self, on: bool) -> ActionResult:
        current().encryption[self.ec2_backend.region_name] = on
        return ActionResult({"EbsEncryptionByDefault": on})
