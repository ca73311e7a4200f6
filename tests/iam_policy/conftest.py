"""Kiln's own role in the offline AWS: with exactly the policy that `invoke iam-policy` prints, or with less."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from cloud.policy import Permission, documents
from sandbox.inprocess import Sandbox
from tests.support.denied import Become

ROLE = "kiln-ci"


@pytest.fixture
def become(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Become:
    """Turn this process to a role of these permissions; again for a role of others."""
    iam, sts = sandbox.client("iam"), sandbox.client("sts")
    made: list[str] = []
    trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}

    def turn(permissions: Sequence[Permission]) -> None:
        name = f"{ROLE}-{len(made)}"
        made.append(name)
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
        for n, each in enumerate(documents(permissions)):
            policy = iam.create_policy(PolicyName=f"{name}-{n}", PolicyDocument=json.dumps(each))["Policy"]["Arn"]
            iam.attach_role_policy(RoleName=name, PolicyArn=policy)
        sandbox.clock.advance(60)
        given = sts.assume_role(RoleArn=arn, RoleSessionName="run", DurationSeconds=43200)["Credentials"]
        keys: dict[str, Any] = {
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
        }
        for key, value in keys.items():
            monkeypatch.setenv(key, value)

    return turn
