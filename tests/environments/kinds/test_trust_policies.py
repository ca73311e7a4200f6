"""Row 2: the command that makes a role trust a service leaves all that its trust policy says so far."""

import json
import shlex

import pytest

from environments.kinds.iam.trust_policies import trust_command
from sandbox.inprocess import Sandbox
from tests.support.foreign_roles import paste

OURS = "arn:aws:iam::123456789012:root"
OTHERS = [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole",
     "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}},
    {"Effect": "Allow", "Principal": {"AWS": OURS}, "Action": ["sts:AssumeRole", "sts:TagSession"],
     "Condition": {"StringEquals": {"sts:ExternalId": "it's ours"}}},
]  # fmt: skip


@pytest.mark.parametrize("statements", [OTHERS, OTHERS[:1], OTHERS[1], []])
def test_row_2_conditions_stay(sandbox: Sandbox, statements: object) -> None:
    document = {"Version": "2012-10-17", "Id": "theirs", "Statement": statements}
    command = trust_command("theirs", document, "batch.amazonaws.com")
    written = json.loads(shlex.split(command)[-1])
    there = statements if isinstance(statements, list) else [statements]
    assert written["Statement"][:-1] == there
    assert written["Id"] == "theirs"
    iam = sandbox.client("iam")
    iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=json.dumps({**document, "Statement": OTHERS}))
    paste(sandbox, command)
    trusted = iam.get_role(RoleName="theirs")["Role"]["AssumeRolePolicyDocument"]["Statement"]
    assert trusted[-1]["Principal"] == {"Service": "batch.amazonaws.com"}
    assert trusted[:-1] == there
