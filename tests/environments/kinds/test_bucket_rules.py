"""What buckets are held to, as a definition says it and as S3 does."""

from typing import Any

import pytest

from environments.kinds.data import bucket_rules
from environments.spec.storage import Bucket

OTHERS = {"ID": "theirs", "Status": "Enabled"}


def test_no_access_from_outside_is_left_open() -> None:
    """PutPublicAccessBlock has four doors; each must be shut."""
    doors = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    assert dict.fromkeys(doors, True) == bucket_rules.BLOCK


def test_what_a_definition_wants() -> None:
    assert bucket_rules.fields(Bucket()) == {
        "encryption": "AES256", "public access": "blocked", "TLS": "required", "expire": "never", "versioning": None,
    }  # fmt: skip
    bucket = Bucket.model_validate({"expire": "work/", "expire_after": "30 d", "versioning": True})
    assert (bucket_rules.fields(bucket)["expire"], bucket_rules.fields(bucket)["versioning"]) == (
        "work/ after 30 days", True,
    )  # fmt: skip


@pytest.mark.parametrize("key", ["AES256", "arn:aws:kms:us-east-1:123456789012:key/k"])
def test_encryption_is_read_as_it_is_written(key: str) -> None:
    answer = {"ServerSideEncryptionConfiguration": {"Rules": [bucket_rules.encryption_rule(key)]}}
    assert bucket_rules.encryption(answer) == key


@pytest.mark.parametrize("answer", [{}, {"ServerSideEncryptionConfiguration": {"Rules": []}}])
def test_no_encryption(answer: dict[str, Any]) -> None:
    assert bucket_rules.encryption(answer) == "none"


def test_a_key_of_ones_own_is_asked_once_for_many_objects() -> None:
    assert bucket_rules.encryption_rule("k")["BucketKeyEnabled"] is True
    assert "BucketKeyEnabled" not in bucket_rules.encryption_rule("AES256")


@pytest.mark.parametrize("expire", ["never", "work/ after 30 days", "a after b/ after 1 days"])
def test_a_lifecycle_rule_is_read_as_it_is_written_beside_those_of_others(expire: str) -> None:
    old = bucket_rules.lifecycle("old/ after 7 days", [])
    rules = bucket_rules.lifecycle(expire, [OTHERS, *old])
    assert bucket_rules.expire(rules) == expire
    assert rules[0] == OTHERS
    assert len(rules) == (1 if expire == "never" else 2)


def test_old_versions_and_parts_of_uploads_go_too() -> None:
    [rule] = bucket_rules.lifecycle("work/ after 30 days", [])
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert bucket_rules.expire([{**rule, "Status": "Disabled"}]) == "never"


def test_nothing_comes_without_tls() -> None:
    statement = bucket_rules.tls("b", "aws-cn")
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Resource"] == ["arn:aws-cn:s3:::b", "arn:aws-cn:s3:::b/*"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
