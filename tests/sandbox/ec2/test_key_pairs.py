from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def imported(ec2: Any, name: str) -> str:
    public = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    tags = [{"ResourceType": "key-pair", "Tags": [{"Key": "a", "Value": "b"}]}]
    return str(ec2.import_key_pair(KeyName=name, PublicKeyMaterial=public, TagSpecifications=tags)["KeyPairId"])


def test_a_key_is_imported_once_and_deleted_by_name_or_id(ec2: Any, refused: Any) -> None:
    imported(ec2, "one")
    two = imported(ec2, "two")
    with refused("InvalidKeyPair.Duplicate"):
        imported(ec2, "one")
    ec2.delete_key_pair(KeyName="one")
    ec2.delete_key_pair(KeyName="one")
    ec2.delete_key_pair(KeyPairId=two)
    assert ec2.describe_key_pairs()["KeyPairs"] == []
    assert ec2.describe_tags()["Tags"] == []
    with refused("InvalidKeyPair.NotFound"):
        ec2.delete_key_pair(KeyPairId=two)
