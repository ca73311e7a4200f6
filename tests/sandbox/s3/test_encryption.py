"""How a bucket encrypts: what PutBucketEncryption changes, and that callers' own keys are blocked."""

from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support.refused import Refused

BUCKET = {"Bucket": "ours-1"}
OWN_KEY = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}


@pytest.fixture
def s3(sandbox: Sandbox) -> Any:
    client = sandbox.client("s3")
    client.create_bucket(**BUCKET)
    return client


def put(s3: Any, **rule: Any) -> None:
    s3.put_bucket_encryption(**BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})


def read(s3: Any) -> dict[str, Any]:
    [rule] = s3.get_bucket_encryption(**BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    return dict(rule)


def kms(key: str = "alias/ours") -> dict[str, str]:
    return {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}


def test_a_new_bucket_takes_no_keys_of_callers(s3: Any, refused: Refused) -> None:
    assert read(s3) == {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
        "BucketKeyEnabled": False,
        "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
    }
    with refused("AccessDenied"):
        s3.put_object(**BUCKET, Key="a", Body=b"x", **OWN_KEY)
    with refused("AccessDenied"):
        s3.create_multipart_upload(**BUCKET, Key="a", **OWN_KEY)
    assert "Contents" not in s3.list_objects_v2(**BUCKET)


def test_a_rule_changes_what_it_names(s3: Any, refused: Refused) -> None:
    """Toil unblocks SSE-C of its buckets by a rule of this member alone."""
    put(s3, ApplyServerSideEncryptionByDefault=kms(), BucketKeyEnabled=True)
    put(s3, BlockedEncryptionTypes={"EncryptionType": ["NONE"]})
    assert read(s3) == {
        "ApplyServerSideEncryptionByDefault": kms(),
        "BucketKeyEnabled": True,
        "BlockedEncryptionTypes": {"EncryptionType": ["NONE"]},
    }
    with refused("NotImplemented"):
        s3.put_object(**BUCKET, Key="a", Body=b"x", **OWN_KEY)
    s3.delete_bucket_encryption(**BUCKET)
    assert read(s3)["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert read(s3)["BlockedEncryptionTypes"] == {"EncryptionType": ["NONE"]}


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "rot13"}},
        {"BlockedEncryptionTypes": {"EncryptionType": ["SSE-S3"]}},
    ],
)
def test_rules_that_there_are_not(s3: Any, refused: Refused, rule: dict[str, Any]) -> None:
    with refused("MalformedXML"):
        put(s3, **rule)
