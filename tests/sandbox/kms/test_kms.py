from typing import Any

import pytest
from botocore.exceptions import ClientError


def test_the_default_key_exists_and_is_awss_own(sandbox: Any, clients: dict[str, Any]) -> None:
    key = clients["kms"].describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]
    assert key["KeyManager"] == "AWS"
    assert clients["kms"].create_key()["KeyMetadata"]["KeyManager"] == "CUSTOMER"


def test_an_unknown_key_is_not_found(sandbox: Any, clients: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="NotFoundException"):
        clients["kms"].describe_key(KeyId="alias/nobodys")


def test_encrypted_volumes_have_the_default_key(ec2: Any, clients: dict[str, Any]) -> None:
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, Encrypted=True)
    assert volume["KmsKeyId"] == clients["kms"].describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"]


def test_encryption_by_default(sandbox: Any, ec2: Any) -> None:
    ec2.enable_ebs_encryption_by_default()
    assert ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["Encrypted"] is True


@pytest.mark.parametrize("name", ["KeyId", "Arn"])
def test_a_key_is_turned_off_and_sent_away_by_its_id_or_its_arn(
    sandbox: Any, clients: dict[str, Any], name: str
) -> None:  # fmt: skip
    kms = clients["kms"]
    key = kms.create_key()["KeyMetadata"]
    kms.disable_key(KeyId=key[name])
    assert kms.describe_key(KeyId=key[name])["KeyMetadata"]["KeyState"] == "Disabled"
    kms.enable_key(KeyId=key[name])
    assert kms.schedule_key_deletion(KeyId=key[name], PendingWindowInDays=7)["KeyId"] == key["Arn"]
    assert kms.describe_key(KeyId=key[name])["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert kms.cancel_key_deletion(KeyId=key[name])["KeyId"] == key["Arn"]
    assert kms.describe_key(KeyId=key[name])["KeyMetadata"]["KeyState"] == "Disabled"
    for call in (kms.disable_key, kms.enable_key, kms.cancel_key_deletion):
        with pytest.raises(ClientError, match="NotFoundException"):
            call(KeyId=key[name].replace(key["KeyId"], "11111111-2222-3333-4444-555555555555"))
