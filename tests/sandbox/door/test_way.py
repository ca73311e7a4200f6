"""The steps of a request's way, in their order: each refuses before the next one is asked."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.door import moto, way
from sandbox.inprocess import Sandbox

WRONG_KEYS = {"aws_access_key_id": "AKIAUNKNOWN000000000", "aws_secret_access_key": "x"}


def code(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


def test_keys_then_faults_then_permissions_then_the_service(sandbox: Sandbox, clients: dict[str, Any]) -> None:
    iam = clients["iam"]
    iam.create_user(UserName="ada")
    key = iam.create_access_key(UserName="ada")["AccessKey"]
    sandbox.clock.advance(60)
    keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    sandbox.faults.add("DescribeInstances", "RequestLimitExceeded", status=503)
    unknown = {"InstanceIds": ["i-0123456789abcdef0"]}

    assert code(lambda: sandbox.client("ec2", **WRONG_KEYS).describe_instances(**unknown)) == "AuthFailure"
    assert len(sandbox.faults.report()) == 1
    ada = sandbox.client("ec2", **keys)
    assert code(lambda: ada.describe_instances(**unknown)) == "RequestLimitExceeded"
    assert code(lambda: ada.describe_instances(**unknown)) == "UnauthorizedOperation"
    assert code(lambda: clients["ec2"].describe_instances(**unknown)) == "InvalidInstanceID.NotFound"


def test_a_fault_of_the_sandbox_is_an_answer(sandbox: Sandbox, ec2: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(way, "STEPS", (fail,))
    assert code(ec2.describe_vpcs) == "InternalFailure"
    assert sandbox.calls.all()[-1].error == "InternalFailure"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<Response><Errors><Error><Code>InvalidGroup.NotFound</Code><Message/></Error></Errors></Response>",
         "InvalidGroup.NotFound"),
        (b'<ErrorResponse xmlns="https://iam.amazonaws.com/"><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>',
         "NoSuchEntity"),
        (b'{"__type": "com.amazonaws#ParameterNotFound", "message": ""}', "ParameterNotFound"),
        (b'{"code": "ClientException"}', "ClientException"),
        (b"", "error"),
        (b"<html>", "error"),
    ],
)  # fmt: skip
def test_the_code_of_a_failed_answer(body: bytes, expected: str) -> None:
    assert moto.error_code(body) == expected


@pytest.mark.parametrize(
    ("service", "operation", "request_"),
    [
        ("cloudformation", "create_stack", {"StackName": "stack", "TemplateBody": "{}"}),
        ("cloudformation", "list_stacks", {}),
        ("ec2", "describe_vpc_endpoint_services", {}),
        ("ec2", "describe_local_gateways", {}),
        ("account", "list_regions", {}),
        ("imagebuilder", "list_images", {}),
        ("ebs", "list_snapshot_blocks", {"SnapshotId": "snap-0123456789abcdef0"}),
        ("s3", "list_directory_buckets", {}),
    ],
)
def test_what_is_not_imitated_is_said_so_every_time(
    sandbox: Sandbox, service: str, operation: str, request_: dict[str, Any]
) -> None:
    for _ in range(2):
        with pytest.raises(ClientError) as caught:
            getattr(sandbox.client(service), operation)(**request_)
        response = caught.value.response
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 501
        assert response["Error"]["Message"].startswith("The sandbox does not imitate ")
