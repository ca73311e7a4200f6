"""An object copied onto itself."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox

SAME = {"Bucket": "bucket", "Key": "key"}


@pytest.fixture
def s3(sandbox: Sandbox) -> Any:
    client = sandbox.client("s3")
    client.create_bucket(Bucket="bucket")
    client.put_object(**SAME, Body=b"old")
    return client


@pytest.mark.parametrize("change", [{}, {"Metadata": {"a": "b"}}, {"MetadataDirective": "COPY"}])
def test_without_a_change_it_is_refused(s3: Any, change: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as caught:
        s3.copy_object(**SAME, CopySource=SAME, **change)
    assert caught.value.response["Error"]["Code"] == "InvalidRequest"
    assert "without changing the object's metadata, storage class" in caught.value.response["Error"]["Message"]


@pytest.mark.parametrize(
    "change", [{"MetadataDirective": "REPLACE"}, {"StorageClass": "STANDARD"}, {"ServerSideEncryption": "AES256"}]
)
def test_with_a_change_it_is_done(s3: Any, change: dict[str, Any]) -> None:
    s3.copy_object(**SAME, CopySource=SAME, **change)
    assert s3.get_object(**SAME)["Body"].read() == b"old"


def test_new_metadata_take_the_place_of_the_old(s3: Any) -> None:
    s3.copy_object(**SAME, CopySource=SAME, MetadataDirective="REPLACE", Metadata={"a": "b"})
    assert s3.head_object(**SAME)["Metadata"] == {"a": "b"}
    s3.copy_object(**SAME, CopySource=SAME, MetadataDirective="REPLACE")
    assert s3.head_object(**SAME)["Metadata"] == {}


def test_an_older_version_becomes_the_newest(s3: Any) -> None:
    s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(**SAME, Body=b"new")["VersionId"]
    s3.copy_object(**SAME, CopySource={**SAME, "VersionId": version})
    s3.copy_object(**SAME, CopySource={**SAME, "VersionId": "null"})
    assert s3.get_object(**SAME)["Body"].read() == b"old"
    assert len(s3.list_object_versions(Bucket="bucket", Prefix="key")["Versions"]) == 4
    with pytest.raises(ClientError, match="without changing"):
        s3.copy_object(**SAME, CopySource=SAME)


def test_elsewhere_nothing_need_change(s3: Any) -> None:
    s3.copy_object(Bucket="bucket", Key="other", CopySource=SAME)
    assert s3.get_object(Bucket="bucket", Key="other")["Body"].read() == b"old"
