"""A bucket is tagged in the call that makes it."""

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
