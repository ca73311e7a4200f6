"""A bucket is tagged in the call that makes it, and its tags go with it."""

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox


def test_tags_of_a_new_bucket(sandbox: Sandbox) -> None:
    s3 = sandbox.client("s3")
    labels = [{"Key": "Project", "Value": "genomics"}, {"Key": "empty", "Value": ""}]
    s3.create_bucket(Bucket="ours-1", CreateBucketConfiguration={"Tags": labels})
    assert s3.get_bucket_tagging(Bucket="ours-1")["TagSet"] == labels


def test_tags_beside_a_place(sandbox: Sandbox) -> None:
    s3 = sandbox.client("s3", "eu-west-1")
    labels = [{"Key": "Project", "Value": "genomics"}]
    s3.create_bucket(Bucket="ours-2", CreateBucketConfiguration={"LocationConstraint": "eu-west-1", "Tags": labels})
    assert s3.get_bucket_tagging(Bucket="ours-2")["TagSet"] == labels


def test_tags_of_a_deleted_bucket_are_not_the_next_ones(sandbox: Sandbox) -> None:
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket="ours-3", CreateBucketConfiguration={"Tags": [{"Key": "Project", "Value": "former"}]})
    s3.put_object(Bucket="ours-3", Key="k", Body=b"")
    with pytest.raises(ClientError, match="BucketNotEmpty"):
        s3.delete_bucket(Bucket="ours-3")
    assert s3.get_bucket_tagging(Bucket="ours-3")["TagSet"]
    s3.delete_object(Bucket="ours-3", Key="k")
    s3.delete_bucket(Bucket="ours-3")
    s3.create_bucket(Bucket="ours-3")
    with pytest.raises(ClientError, match="NoSuchTagSet"):
        s3.get_bucket_tagging(Bucket="ours-3")
