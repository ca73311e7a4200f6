"""Whether services can assume roles: the whole of a trust policy counts."""

import json
from typing import Any

import pytest

from sandbox.iam.assuming import trusts
from sandbox.inprocess import Sandbox

BATCH = "batch.amazonaws.com"
ALLOW = {"Effect": "Allow", "Principal": {"Service": BATCH}, "Action": "sts:AssumeRole"}


@pytest.mark.parametrize(
    ("statements", "answer"),
    [
        ([ALLOW], True),
        ([ALLOW, {**ALLOW, "Effect": "Deny"}], False),
        ([ALLOW, {**ALLOW, "Effect": "Deny", "Principal": "*"}], False),
        ([{**ALLOW, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}], False),
        ([{**ALLOW, "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}], True),
        ([{**ALLOW, "Condition": {"StringEquals": {"aws:SourceAccount": "999999999999"}}}], False),
        ([{**ALLOW, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:batch:eu-west-1:123456789012:*"}}}], True),
        ([{**ALLOW, "Principal": {"Service": "ec2.amazonaws.com"}}], False),
    ],
)
def test_conditions_and_denials_count(sandbox: Sandbox, statements: list[dict[str, Any]], answer: bool) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    role = sandbox.client("iam").create_role(RoleName="theirs", AssumeRolePolicyDocument=document)["Role"]
    sandbox.clock.advance(60)
    assert trusts(role["Arn"], BATCH) is answer
