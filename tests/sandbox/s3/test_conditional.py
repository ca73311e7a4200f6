"""Conditional writes: what a lock in S3 rests on."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.s3.models import S3Backend

from sandbox.inprocess import Sandbox

LOCK = {"Bucket": "bucket", "Key": "lock"}


@pytest.fixture
def s3(sandbox: Sandbox) -> Any:
    client = sandbox.client("s3")
    client.create_bucket(Bucket="bucket")
    return client


def refused(s3: Any, **condition: str) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        s3.put_object(**LOCK, Body=b"late", **condition)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_a_new_object_is_made_once(s3: Any) -> None:
    etag = s3.put_object(**LOCK, Body=b"first", IfNoneMatch="*")["ETag"]
    assert refused(s3, IfNoneMatch="*") == ("PreconditionFailed", 412)
    assert s3.get_object(**LOCK)["ETag"] == etag


def test_an_object_is_replaced_by_who_knows_its_state(s3: Any) -> None:
    first = s3.put_object(**LOCK, Body=b"first")["ETag"]
    second = s3.put_object(**LOCK, Body=b"second", IfMatch=first)["ETag"]
    assert second != first
    assert refused(s3, IfMatch=first) == ("PreconditionFailed", 412)
    s3.delete_object(**LOCK)
    assert refused(s3, IfMatch=second) == ("NoSuchKey", 404)


@pytest.mark.parametrize(
    "condition", [{"IfNoneMatch": '"an-etag"'}, {"IfMatch": "*"}, {"IfMatch": '"e"', "IfNoneMatch": "*"}]
)
def test_what_s3_has_not_is_not_implemented(s3: Any, condition: dict[str, str]) -> None:
    assert refused(s3, **condition) == ("NotImplemented", 501)


def test_of_many_at_once_one_wins(s3: Any, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """moto's way from the condition to the writing is made long, so that all would be under way at once."""
    put = S3Backend.put_object

    def put_late(*arguments: Any, **named: Any) -> Any:
        time.sleep(0.05)
        return put(*arguments, **named)

    monkeypatch.setattr(S3Backend, "put_object", put_late)

    def take(number: int) -> bool:
        try:
            s3.put_object(**LOCK, Body=str(number).encode(), IfNoneMatch="*")
        except ClientError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(8))) == 1
