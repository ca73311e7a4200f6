"""Whom a role may trust: those who exist."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox

OWN = "arn:aws:iam::123456789012:"


def trusting(principal: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


@pytest.fixture
def iam(sandbox: Sandbox, clients: dict[str, Any]) -> Any:
    client = clients["iam"]
    client.create_user(UserName="ada")
    client.create_role(RoleName="first", AssumeRolePolicyDocument=trusting({"Service": "ec2.amazonaws.com"}))
    return client


@pytest.mark.parametrize(
    ("principal", "shown"),
    [
        ({"AWS": f"{OWN}role/nobody"}, f'"AWS":"{OWN}role/nobody"'),
        ({"AWS": [f"{OWN}role/first", f"{OWN}user/nobody"]}, f'"AWS":"{OWN}user/nobody"'),
        ({"AWS": "first"}, '"AWS":"first"'),
        ({"AWS": "12345"}, '"AWS":"12345"'),
        ({"Service": "ec2"}, '"SERVICE":"ec2"'),
        ({"Service": ["ec2.amazonaws.com", "btach.amazonaws.com"]}, '"SERVICE":"btach.amazonaws.com"'),
        ({"Nobody": "ec2.amazonaws.com"}, '"Nobody":"ec2.amazonaws.com"'),
    ],
)
def test_who_does_not_exist_cannot_be_trusted(iam: Any, principal: Any, shown: str) -> None:
    for call in (
        lambda: iam.create_role(RoleName="second", AssumeRolePolicyDocument=trusting(principal)),
        lambda: iam.update_assume_role_policy(RoleName="first", PolicyDocument=trusting(principal)),
    ):
        with pytest.raises(ClientError) as caught:
            call()
        error = caught.value.response["Error"]
        assert (error["Code"], error["Message"]) == ("MalformedPolicyDocument", f"Invalid principal in policy: {shown}")


@pytest.mark.parametrize(
    "principal",
    [
        "*", {"AWS": "*"}, {"AWS": "123456789012"}, {"AWS": "arn:aws:iam::210987654321:root"},
        {"AWS": [f"{OWN}role/first", f"{OWN}user/ada", f"{OWN}user/sandbox"]},
        {"AWS": "arn:aws:iam::210987654321:role/theirs"}, {"AWS": "arn:aws:sts::123456789012:assumed-role/first/me"},
        {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
        {"Service": ["batch.amazonaws.com", "ecs-tasks.amazonaws.com", "spotfleet.amazonaws.com",
                     "states.us-east-1.amazonaws.com", "lambda.amazonaws.com", "events.amazonaws.com"]},
    ],
)  # fmt: skip
def test_who_exists_or_is_of_another_account_can_be_trusted(iam: Any, principal: Any) -> None:
    assert iam.create_role(RoleName="second", AssumeRolePolicyDocument=trusting(principal))
