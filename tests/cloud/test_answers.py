"""What a call without an answer means."""

import pytest
from botocore import exceptions as aws

from cloud import answers

URL = "https://batch.us-east-1.amazonaws.com"


def answer(code: str, status: int) -> aws.ClientError:
    metadata = {"HTTPStatusCode": status, "RequestId": "", "HostId": "", "HTTPHeaders": {}, "RetryAttempts": 0}
    return aws.ClientError({"Error": {"Code": code}, "ResponseMetadata": metadata}, "SubmitJob")


@pytest.mark.parametrize(
    ("error", "may_be_done", "is_temporary"),
    [
        (aws.ReadTimeoutError(endpoint_url=URL), True, False),
        (aws.ConnectionClosedError(endpoint_url=URL), True, False),
        (answer("ServerException", 500), True, False),
        (aws.EndpointConnectionError(endpoint_url=URL), False, True),
        (aws.ConnectTimeoutError(endpoint_url=URL), False, True),
        (answer("TooManyRequestsException", 429), False, True),
        (answer("ClientException", 400), False, False),
        (aws.NoCredentialsError(), False, False),
        (ValueError("a bug"), False, False),
    ],
)
def test_what_may_have_been_carried_out_and_what_may_be_tried_again(
    error: Exception, may_be_done: bool, is_temporary: bool
) -> None:
    assert (answers.may_be_done(error), answers.is_temporary(error)) == (may_be_done, is_temporary)
