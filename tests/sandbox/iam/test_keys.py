import json
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox
from tests.support import trust


def client(sandbox: Sandbox, service: str, key: str, secret: str = "x", token: str | None = None) -> Any:
    session = boto3.Session(key, secret, token, region_name="us-east-1")
    return session.client(service, endpoint_url=sandbox.endpoint, config=Config(retries={"max_attempts": 0}))


def code(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["Error"]["Code"])


def with_credentials(sandbox: Sandbox, service: str, found: dict[str, Any]) -> Any:
    return client(sandbox, service, found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])


def test_an_unknown_key_is_refused_in_each_services_words(sandbox: Sandbox) -> None:
    assert code(client(sandbox, "ec2", "AKIANOBODY0000000000").describe_vpcs) == "AuthFailure"
    assert code(client(sandbox, "sts", "AKIANOBODY0000000000").get_caller_identity) == "InvalidClientTokenId"
    assert code(client(sandbox, "s3", "AKIANOBODY0000000000").list_buckets) == "InvalidAccessKeyId"
    ssm = client(sandbox, "ssm", "AKIANOBODY0000000000")
    assert code(ssm.get_parameter, Name="/a") == "UnrecognizedClientException"
    assert code(client(sandbox, "batch", "AKIANOBODY0000000000").describe_job_queues) == "UnrecognizedClientException"


def test_who_we_are(sandbox: Sandbox, clients: dict[str, Any]) -> None:
    identity = clients["sts"].get_caller_identity()
    assert identity["Account"] == "123456789012"
    assert identity["Arn"] == "arn:aws:iam::123456789012:user/sandbox"


def test_an_iam_users_key_is_good(sandbox: Sandbox, clients: dict[str, Any]) -> None:
    clients["iam"].create_user(UserName="ann")
    key = clients["iam"].create_access_key(UserName="ann")["AccessKey"]
    look = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:DescribeVpcs", "Resource": "*"}]}
    clients["iam"].put_user_policy(UserName="ann", PolicyName="look", PolicyDocument=json.dumps(look))
    sandbox.clock.advance(10)
    assert client(sandbox, "ec2", key["AccessKeyId"]).describe_vpcs()["Vpcs"]
    clients["iam"].delete_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"])
    assert code(client(sandbox, "ec2", key["AccessKeyId"]).describe_vpcs) == "AuthFailure"


def test_a_session_ends_by_the_clock(sandbox: Sandbox, clients: dict[str, Any]) -> None:
    found = clients["sts"].get_session_token(DurationSeconds=900)["Credentials"]
    ec2 = with_credentials(sandbox, "ec2", found)
    assert ec2.describe_vpcs()["Vpcs"]
    sandbox.clock.advance(800)
    assert ec2.describe_vpcs()["Vpcs"]
    sandbox.clock.advance(100)
    assert code(ec2.describe_vpcs) == "RequestExpired"
    assert code(with_credentials(sandbox, "sts", found).get_caller_identity) == "ExpiredToken"
    ssm = with_credentials(sandbox, "ssm", found)
    assert code(ssm.get_parameter, Name="/a") == "ExpiredTokenException"
    assert code(with_credentials(sandbox, "batch", found).describe_job_queues) == "ExpiredTokenException"


def test_a_session_needs_its_token(sandbox: Sandbox, clients: dict[str, Any]) -> None:
    found = clients["sts"].get_session_token()["Credentials"]
    assert code(client(sandbox, "ec2", found["AccessKeyId"]).describe_vpcs) == "AuthFailure"


def test_a_role_must_exist_to_be_assumed(sandbox: Sandbox, clients: dict[str, Any]) -> None:
    arn = "arn:aws:iam::123456789012:role/builder"
    sts = clients["sts"]
    assert code(sts.assume_role, RoleArn=arn, RoleSessionName="me") == "AccessDenied"
    clients["iam"].create_role(RoleName="builder", AssumeRolePolicyDocument=trust.EC2)
    assert code(sts.assume_role, RoleArn=arn, RoleSessionName="me") == "AccessDenied"
    sandbox.clock.advance(10)
    found = sts.assume_role(RoleArn=arn, RoleSessionName="me", DurationSeconds=900)
    identity = with_credentials(sandbox, "sts", found["Credentials"]).get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::123456789012:assumed-role/builder/me"


def test_a_region_must_exist(sandbox: Sandbox) -> None:
    assert code(sandbox.client("ec2", region="eu-nowhere-1").describe_vpcs) == "SignatureDoesNotMatch"


def test_unsigned_requests_are_refused(sandbox: Sandbox) -> None:
    config = Config(signature_version=UNSIGNED, retries={"max_attempts": 0})
    ec2 = boto3.Session(region_name="us-east-1").client("ec2", endpoint_url=sandbox.endpoint, config=config)
    assert code(ec2.describe_vpcs) == "MissingAuthenticationToken"
