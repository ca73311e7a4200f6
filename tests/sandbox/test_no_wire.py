"""The short cut that tests take to the offline AWS of their process says what the wire says."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox
from tests.support import moto_once, no_wire

# One service of each protocol: EC2's, query, JSON, REST with JSON, REST with XML.
ASKED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("ec2", "describe_vpcs", {}),
    ("ec2", "describe_images", {"ImageIds": ["ami-0123456789abcdef0"]}),
    ("iam", "list_roles", {}),
    ("iam", "get_role", {"RoleName": "nobody"}),
    ("ssm", "get_parameters_by_path", {"Path": "/aws/service/ecs/optimized-ami/amazon-linux-2023"}),
    ("ssm", "get_parameter", {"Name": "/nowhere"}),
    ("batch", "describe_job_queues", {}),
    ("batch", "update_job_queue", {"jobQueue": "none", "priority": 1}),
    ("s3", "list_buckets", {}),
    ("s3", "head_bucket", {"Bucket": "nobodys-bucket"}),
    ("s3", "get_bucket_location", {"Bucket": "nobodys-bucket"}),
)
OF_THE_CALL = ("RequestId", "HostId", "HTTPHeaders")


def answer(client: Any, operation: str, request: dict[str, Any]) -> Any:
    """Its answer or its error, without what differs from call to call."""
    try:
        answered = getattr(client, operation)(**request)
    except ClientError as error:
        answered = error.response
    metadata = {key: value for key, value in answered.pop("ResponseMetadata").items() if key not in OF_THE_CALL}
    return answered, metadata


@pytest.mark.parametrize(("service", "operation", "request_"), ASKED, ids=lambda part: str(part)[:40])
def test_the_same_answers_and_errors(service: str, operation: str, request_: dict[str, Any]) -> None:
    with Sandbox() as sandbox:
        wire = answer(sandbox.client(service), operation, request_)
        with pytest.MonkeyPatch.context() as patch:
            no_wire.short_cut(sandbox, patch)
            moto_once.share(patch)
            assert answer(sandbox.client(service), operation, request_) == wire
