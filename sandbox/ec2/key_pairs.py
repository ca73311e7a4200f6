"""Law: a key pair can be deleted by its id as well, and deleting one that is not there is no error.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteKeyPair.html
"""

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response


class KeyPairs(EC2Response):
    def delete_key_pair(self) -> ActionResult:
        key_id, pairs = self._get_param("KeyPairId"), self.ec2_backend.key_pairs
        if key_id:
            name = next(name for name, pair in pairs.items() if pair.id == key_id)
            self.params = {**self.params, "KeyName": name}
        return super().delete_key_pair()
