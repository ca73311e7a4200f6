from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox
from tests.support.refused import Refused


@pytest.fixture
def s3(sandbox: Sandbox) -> Any:
    return sandbox.client("s3")


def test_a_name_that_another_account_has_is_taken(s3: Any, refused: Refused) -> None:
    with refused("BucketAlreadyExists"):
        s3.create_bucket(Bucket="ngi-igenomes")
    with refused("403"):
        s3.head_bucket(Bucket="ngi-igenomes")
    with refused("AccessDenied"):
        s3.put_object(Bucket="ngi-igenomes", Key="a", Body=b"")


def test_ones_own_name_is_said_to_be_ones_own_but_for_the_first_region(sandbox: Sandbox, refused: Refused) -> None:
    elsewhere = sandbox.client("s3", "eu-west-1")
    where = {"LocationConstraint": "eu-west-1"}
    elsewhere.create_bucket(Bucket="ours-1", CreateBucketConfiguration=where)
    with refused("BucketAlreadyOwnedByYou"):
        elsewhere.create_bucket(Bucket="ours-1", CreateBucketConfiguration=where)
    first = sandbox.client("s3")
    first.create_bucket(Bucket="ours-2")
    first.create_bucket(Bucket="ours-2")


def test_where_a_bucket_lies(sandbox: Sandbox, refused: Refused) -> None:
    first, elsewhere = sandbox.client("s3"), sandbox.client("s3", "eu-west-1")
    with refused("InvalidLocationConstraint"):
        first.create_bucket(Bucket="ours-1", CreateBucketConfiguration={"LocationConstraint": "us-east-1"})
    with refused("IllegalLocationConstraintException"):
        elsewhere.create_bucket(Bucket="ours-1")
    with refused("IllegalLocationConstraintException"):
        elsewhere.create_bucket(Bucket="ours-1", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    elsewhere.create_bucket(Bucket="ours-1", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    first.create_bucket(Bucket="ours-2")
    assert elsewhere.get_bucket_location(Bucket="ours-1")["LocationConstraint"] == "eu-west-1"
    assert first.get_bucket_location(Bucket="ours-2")["LocationConstraint"] is None


@pytest.mark.parametrize("name", ["Ours-1", "our_s1", "a..b", "1.2.3.4", "xn--ours", "ours-s3alias", "-ours", "ab"])
def test_names_that_no_bucket_may_have(s3: Any, name: str) -> None:
    with pytest.raises(ClientError) as caught:
        s3.create_bucket(Bucket=name)
    assert caught.value.response["Error"]["Code"] == "InvalidBucketName"


def test_a_new_bucket_is_private_and_encrypted(s3: Any) -> None:
    s3.create_bucket(Bucket="ours-1")
    block = s3.get_public_access_block(Bucket="ours-1")["PublicAccessBlockConfiguration"]
    assert list(block.values()) == [True] * 4
    rules = s3.get_bucket_encryption(Bucket="ours-1")["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    owner = s3.get_bucket_ownership_controls(Bucket="ours-1")["OwnershipControls"]["Rules"]
    assert owner == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    s3.put_object(Bucket="ours-1", Key="a", Body=b"x")
    assert s3.head_object(Bucket="ours-1", Key="a")["ServerSideEncryption"] == "AES256"


def test_a_bucket_with_data_is_not_deleted(s3: Any, refused: Refused) -> None:
    s3.create_bucket(Bucket="ours-1")
    s3.put_object(Bucket="ours-1", Key="a", Body=b"x")
    with refused("BucketNotEmpty"):
        s3.delete_bucket(Bucket="ours-1")
    s3.delete_object(Bucket="ours-1", Key="a")
    s3.delete_bucket(Bucket="ours-1")
    s3.create_bucket(Bucket="ours-1")
    s3.put_bucket_versioning(Bucket="ours-1", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="ours-1", Key="a", Body=b"x")
    s3.delete_object(Bucket="ours-1", Key="a")
    with refused("BucketNotEmpty"):
        s3.delete_bucket(Bucket="ours-1")
