"""Row 2: the command that makes a role trust a service leaves all that its trust policy says so far."""

import json
import shlex

import pytest

from environments.kinds.iam.trust_policies import Trust, decide_trust, trust_command, trusted
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


BATCH, ACCOUNT = "batch.amazonaws.com", "123456789012"


def trust(effect: str = "Allow", **more: object) -> dict[str, object]:
    """A statement about AWS Batch."""
    return {"Effect": effect, "Principal": {"Service": BATCH}, "Action": "sts:AssumeRole", **more}


def when(operator: str, key: str, value: object) -> dict[str, object]:
    return trust(Condition={operator: {key: value}})


YES, NO = Trust(True), Trust(False)
TRUSTS = [
    ([trust()], YES),
    ([trust(Action=["sts:TagSession", "sts:*"])], YES),
    ([trust(Action="sts:TagSession")], NO),
    ([trust(Principal={"Service": ["ec2.amazonaws.com", BATCH]})], YES),
    ([trust(Principal={"AWS": OURS})], NO),
    ([trust(Principal="*")], NO),
    ([trust(), trust("Deny")], NO),
    ([trust(), trust("Deny", Principal="*")], NO),
    ([trust(), trust("Deny", Principal={"Service": "ec2.amazonaws.com"})], YES),
    ([trust(), {"Effect": "Deny", "NotPrincipal": {"Service": BATCH}, "Action": "sts:AssumeRole"}], YES),
    ([trust(), {"Effect": "Deny", "NotPrincipal": {"Service": "ecs.amazonaws.com"}, "Action": "*"}], NO),
    ([when("StringEquals", "sts:ExternalId", "x")], NO),
    ([when("StringEqualsIfExists", "sts:ExternalId", "x")], YES),
    ([when("StringEquals", "aws:SourceAccount", ACCOUNT)], YES),
    ([when("StringEquals", "aws:SourceAccount", ["999999999999"])], NO),
    ([when("StringNotEquals", "aws:SourceAccount", ACCOUNT)], NO),
    ([when("ArnLike", "aws:SourceArn", f"arn:aws:batch:us-east-1:{ACCOUNT}:*")], YES),
    ([when("ArnLike", "aws:SourceArn", "arn:aws:batch:*:999999999999:*")], NO),
    ([when("ArnLike", "aws:SourceArn", "arn:aws:batch:*:*:*")], YES),
    ([when("StringEquals", "aws:SourceAccount", "999999999999"), trust()], YES),
    ([when("StringEquals", "aws:SourceOrgID", "o-1")], Trust(None, ("aws:SourceOrgID",))),
    ([when("StringEquals", "aws:SourceOrgID", "o-1"), trust()], YES),
    ([], NO),
]  # fmt: skip


@pytest.mark.parametrize(("statements", "answer"), TRUSTS, ids=range(len(TRUSTS)))
def test_row_2_whether_a_service_can_assume_a_role(statements: list[object], answer: Trust) -> None:
    assert decide_trust({"Statement": statements}, BATCH, ACCOUNT) == answer


def test_row_2_the_command_takes_out_what_denies_just_this() -> None:
    other = trust("Deny", Principal={"Service": "ec2.amazonaws.com"})
    command = trust_command("theirs", {"Statement": [trust(), trust("Deny"), other]}, BATCH)
    written = json.loads(shlex.split(command)[-1])
    assert other in written["Statement"]
    assert decide_trust(written, BATCH, ACCOUNT) == YES


def test_whom_a_trust_policy_trusts() -> None:
    both = trust(Principal={"Service": ["ec2.amazonaws.com", BATCH]})
    assert trusted({"Statement": both}, ACCOUNT) == "batch.amazonaws.com, ec2.amazonaws.com"
    assert trusted({"Statement": [both, trust("Deny")]}, ACCOUNT) == "ec2.amazonaws.com"
    assert trusted('{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}}]}', ACCOUNT) == ""
    assert trusted("%7B%22Statement%22%3A%5B%5D%7D", ACCOUNT) == ""
