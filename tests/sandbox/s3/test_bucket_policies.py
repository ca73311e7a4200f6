"""A bucket's policy is held against requests, its conditions too."""

import json
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support.refused import Refused


@pytest.fixture
def s3(sandbox: Sandbox) -> Any:
    client = sandbox.client("s3")
    client.create_bucket(Bucket="ours-1")
    return client


def deny(s3: Any, **more: Any) -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::ours-1/*", **more}
    s3.put_bucket_policy(Bucket="ours-1", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def test_over_tls_alone_is_how_the_offline_aws_is_reached(s3: Any) -> None:
    deny(s3, Condition={"Bool": {"aws:SecureTransport": "false"}})
    s3.put_object(Bucket="ours-1", Key="a", Body=b"x")
    assert s3.get_object(Bucket="ours-1", Key="a")["Body"].read() == b"x"
    assert "Errors" not in s3.delete_objects(Bucket="ours-1", Delete={"Objects": [{"Key": "a"}]})


def test_what_is_denied_is_denied(s3: Any, refused: Refused) -> None:
    deny(s3)
    with refused("403"):
        s3.put_object(Bucket="ours-1", Key="a", Body=b"x")
    deny(s3, Condition={"Bool": {"aws:SecureTransport": "true"}})
    with refused("403"):
        s3.put_object(Bucket="ours-1", Key="a", Body=b"x")
    deny(s3, Resource="arn:aws:s3:::ours-1/b*")
    s3.put_object(Bucket="ours-1", Key="a", Body=b"x")
