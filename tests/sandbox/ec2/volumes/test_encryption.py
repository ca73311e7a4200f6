"""EBS encryption by default: a setting of each region, and the key where none is named."""

from typing import Any

import pytest

from sandbox.inprocess import Sandbox


def make(ec2: Any, **request: Any) -> dict[str, Any]:
    return dict(ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, **request))


def test_it_is_switched_for_each_region(sandbox: Sandbox, ec2: Any) -> None:
    assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False
    assert ec2.enable_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True
    assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True
    assert sandbox.client("ec2", "eu-west-1").get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False
    assert make(ec2)["Encrypted"] is True
    ec2.disable_ebs_encryption_by_default()
    assert make(ec2)["Encrypted"] is False


def test_an_account_may_have_it_from_the_beginning(sandbox: Sandbox, ec2: Any) -> None:
    sandbox.world.encrypts_by_default = True
    try:
        assert make(ec2)["Encrypted"] is True
        assert sandbox.client("ec2", "eu-west-1").get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True
        ec2.disable_ebs_encryption_by_default()
        assert make(ec2)["Encrypted"] is False
    finally:
        sandbox.world.encrypts_by_default = False


def test_the_key_where_none_is_named(ec2: Any, clients: dict[str, Any], refused: Any) -> None:
    awss = clients["kms"].describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"]
    own = clients["kms"].create_key()["KeyMetadata"]
    assert ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == awss
    assert ec2.modify_ebs_default_kms_key_id(KmsKeyId=own["KeyId"])["KmsKeyId"] == own["Arn"]
    assert ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == own["Arn"]
    ec2.enable_ebs_encryption_by_default()
    assert make(ec2)["KmsKeyId"] == own["Arn"]
    with refused("InvalidKmsKey.NotFound"):
        ec2.modify_ebs_default_kms_key_id(KmsKeyId="alias/nobodys")
    assert ec2.reset_ebs_default_kms_key_id()["KmsKeyId"] == awss
    assert make(ec2)["KmsKeyId"] == awss


def test_machines_and_copies_of_images_have_it(
    sandbox: Sandbox, ec2: Any, al2023: str, running: Any, describe: Any, clients: dict[str, Any]
) -> None:
    ec2.enable_ebs_encryption_by_default()
    awss = ec2.get_ebs_default_kms_key_id()["KmsKeyId"]
    [mapping] = describe(running())["BlockDeviceMappings"]
    volume = ec2.describe_volumes(VolumeIds=[mapping["Ebs"]["VolumeId"]])["Volumes"][0]
    assert (volume["Encrypted"], volume["KmsKeyId"]) == (True, awss)
    copy = ec2.copy_image(SourceImageId=al2023, SourceRegion="us-east-1", Name="copy")["ImageId"]
    sandbox.clock.advance(30)
    ebs = ec2.describe_images(ImageIds=[copy])["Images"][0]["BlockDeviceMappings"][0]["Ebs"]
    assert ebs["Encrypted"] is True
    assert ec2.describe_snapshots(SnapshotIds=[ebs["SnapshotId"]])["Snapshots"][0]["KmsKeyId"] == awss


@pytest.mark.parametrize("operation", ["enable_ebs_encryption_by_default", "modify_ebs_default_kms_key_id"])
def test_a_dry_run_changes_nothing(ec2: Any, refused: Any, operation: str) -> None:
    named = {"KmsKeyId": "alias/aws/ebs"} if operation.startswith("modify") else {}
    with refused("DryRunOperation"):
        getattr(ec2, operation)(DryRun=True, **named)
    assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False
