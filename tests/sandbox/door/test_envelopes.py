"""What is around every answer, whatever service gives it: an id of its own, and the content type of its protocol."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox

JSON, REST, XML = "application/x-amz-json-1.1", "application/json", "text/xml"
NOBODY = "arn:aws:batch:us-east-1:123456789012:job-queue/none"


@pytest.mark.parametrize(
    ("service", "operation", "request_", "kind"),
    [
        ("batch", "describe_job_queues", {}, REST),
        ("batch", "list_tags_for_resource", {"resourceArn": NOBODY}, REST),
        ("ecs", "list_clusters", {}, JSON),
        ("ecs", "describe_tasks", {"cluster": "none", "tasks": ["a"]}, JSON),
        ("ecs", "run_task", {"taskDefinition": "a"}, JSON),
        ("ecr", "describe_repositories", {}, JSON),
        ("logs", "describe_log_groups", {}, JSON),
        ("logs", "get_log_events", {"logGroupName": "a", "logStreamName": "b"}, JSON),
        ("kms", "list_keys", {}, JSON),
        ("ssm", "describe_parameters", {}, JSON),
        ("pricing", "get_products", {"ServiceCode": "AmazonEC2"}, JSON),
        ("pricing", "describe_services", {}, JSON),
        ("ec2", "describe_vpcs", {}, XML),
        ("ec2", "describe_volumes", {"VolumeIds": ["vol-0123456789abcdef0"]}, XML),
        ("iam", "list_roles", {}, XML),
        ("sts", "get_caller_identity", {}, XML),
        ("s3", "list_buckets", {}, "application/xml"),
        ("s3", "head_bucket", {"Bucket": "none"}, ""),
    ],
)
def test_every_answer_has_an_id_and_its_content_type(
    sandbox: Sandbox, service: str, operation: str, request_: dict[str, Any], kind: str
) -> None:
    client = sandbox.client(service)

    def ask() -> dict[str, Any]:
        try:
            answer = getattr(client, operation)(**request_)
        except ClientError as error:
            answer = error.response
        return dict(answer["ResponseMetadata"])

    first, second = ask(), ask()
    assert len(first["RequestId"]) >= 16
    assert first["RequestId"] != second["RequestId"]
    if kind:
        assert first["HTTPHeaders"]["content-type"].partition(";")[0] == kind
    if service == "s3":
        assert first["HostId"]


def test_what_lies_in_s3_comes_back_as_it_is(sandbox: Sandbox) -> None:
    s3, body = sandbox.client("s3"), b"<html>request-id</html>>request-id<"
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="page", Body=body, ContentType="text/html")
    answer = s3.get_object(Bucket="bucket", Key="page")
    assert (answer["Body"].read(), answer["ContentType"], answer["ContentLength"]) == (body, "text/html", len(body))
    assert s3.head_object(Bucket="bucket", Key="page")["ContentLength"] == len(body)


def test_what_the_price_list_has_besides_products_is_not_imitated(sandbox: Sandbox) -> None:
    with pytest.raises(ClientError) as caught:
        sandbox.client("pricing").describe_services()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
