"""Users and roles of the offline AWS, each with the policies that a test gives them."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support import trust
from tests.support.policies import As, document


@pytest.fixture
def iam(sandbox: Sandbox, clients: dict[str, Any]) -> Any:
    return clients["iam"]


@pytest.fixture
def user(sandbox: Sandbox, iam: Any) -> Callable[..., As]:
    """A user with one inline policy of these statements; calling the result gives a client with the user's keys."""

    def make(*statements: dict[str, Any], name: str = "ada") -> As:
        iam.create_user(UserName=name)
        if statements:
            iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document(*statements))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        sandbox.clock.advance(60)
        keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        return lambda service: sandbox.client(service, **keys)

    return make


@pytest.fixture
def role(sandbox: Sandbox, iam: Any, clients: dict[str, Any]) -> Callable[..., As]:
    """The same for a role, assumed by the administrator."""

    def make(*statements: dict[str, Any], name: str = "builder", **create: Any) -> As:
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust.EC2, **create)["Role"]
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document(*statements))
        sandbox.clock.advance(60)
        given = clients["sts"].assume_role(RoleArn=made["Arn"], RoleSessionName="run")["Credentials"]
        keys = {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }
        return lambda service: sandbox.client(service, **keys)

    return make
