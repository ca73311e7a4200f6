"""SimulatePrincipalPolicy: decisions, the statements behind them, keys not given, pages, its own permission."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support import trust
from tests.support.policies import As, allow, document

VOLUME = "arn:aws:ec2:us-east-1:123456789012:volume/vol-1"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


@pytest.fixture
def role_arn(iam: Any) -> Callable[..., str]:
    """A role with these statements as an inline policy; its ARN."""

    def make(*statements: dict[str, Any], **create: Any) -> str:
        made = iam.create_role(RoleName="machines", AssumeRolePolicyDocument=trust.EC2, **create)["Role"]
        if statements:
            iam.put_role_policy(RoleName="machines", PolicyName="own", PolicyDocument=document(*statements))
        return str(made["Arn"])

    return make


def ask(iam: Any, arn: str, *actions: str, resources: tuple[str, ...] = (), **context: str) -> list[dict[str, Any]]:
    entries = [
        {"ContextKeyName": key.replace("__", "/").replace("_", ":", 1), "ContextKeyType": "string",
         "ContextKeyValues": [value]}
        for key, value in context.items()
    ]  # fmt: skip
    more: dict[str, Any] = {"ResourceArns": list(resources)} if resources else {}
    answer = iam.simulate_principal_policy(
        PolicySourceArn=arn, ActionNames=list(actions), ContextEntries=entries, **more
    )
    return list(answer["EvaluationResults"])


def test_what_is_allowed_denied_and_not_allowed(iam: Any, role_arn: Callable[..., str]) -> None:
    arn = role_arn(allow("ec2:*Volume"), allow("ec2:DeleteVolume", Effect="Deny"))
    made, deleted, read = ask(iam, arn, "ec2:CreateVolume", "ec2:DeleteVolume", "s3:GetObject")
    assert [made["EvalDecision"], deleted["EvalDecision"], read["EvalDecision"]] == [
        "allowed", "explicitDeny", "implicitDeny"
    ]  # fmt: skip
    assert made["EvalResourceName"] == "*"
    assert [m["SourcePolicyId"] for m in made["MatchedStatements"]] == ["role_machines_own"]
    [denying] = deleted["MatchedStatements"]
    assert denying["StartPosition"]["Line"] == 1
    assert denying["StartPosition"]["Column"] > made["MatchedStatements"][0]["EndPosition"]["Column"]
    assert read["MatchedStatements"] == []


def test_every_action_on_every_resource(iam: Any, role_arn: Callable[..., str]) -> None:
    arn = role_arn(allow("s3:GetObject", "arn:aws:s3:::a/*"))
    results = ask(iam, arn, "s3:GetObject", "s3:PutObject", resources=("arn:aws:s3:::a/x", "arn:aws:s3:::b/x"))
    assert [(r["EvalActionName"], r["EvalResourceName"], r["EvalDecision"]) for r in results] == [
        ("s3:GetObject", "arn:aws:s3:::a/x", "allowed"), ("s3:GetObject", "arn:aws:s3:::b/x", "implicitDeny"),
        ("s3:PutObject", "arn:aws:s3:::a/x", "implicitDeny"), ("s3:PutObject", "arn:aws:s3:::b/x", "implicitDeny"),
    ]  # fmt: skip
    assert [r["ResourceSpecificResults"][0]["EvalResourceDecision"] for r in results][:2] == ["allowed", "implicitDeny"]


def test_keys_that_were_not_given_are_named(iam: Any, role_arn: Callable[..., str]) -> None:
    condition = {"StringEquals": {"ec2:ResourceTag/own": "${aws:RequestTag/who}"}}
    arn = role_arn(
        allow("ec2:DeleteVolume", VOLUME, Condition=condition), allow("s3:Get*", Condition={"Bool": {"a:b": "1"}})
    )
    [result] = ask(iam, arn, "ec2:DeleteVolume", resources=(VOLUME,))
    [specific] = result["ResourceSpecificResults"]
    assert specific["EvalResourceDecision"] == "implicitDeny"
    assert specific["MissingContextValues"] == ["aws:RequestTag/who", "ec2:ResourceTag/own"]
    assert result["MissingContextValues"] == []  # with a list of resources they are named there alone
    given = {"ec2_ResourceTag__own": "ada", "aws_RequestTag__who": "ada"}
    [result] = ask(iam, arn, "ec2:DeleteVolume", resources=(VOLUME,), **given)
    assert result["EvalDecision"] == "allowed"
    assert result["ResourceSpecificResults"][0]["MissingContextValues"] == []
    [result] = ask(iam, arn, "s3:GetObject")
    assert result["MissingContextValues"] == ["a:b"]


def test_a_boundary_bounds(iam: Any, role_arn: Callable[..., str]) -> None:
    limit = iam.create_policy(PolicyName="limit", PolicyDocument=document(allow("s3:*")))["Policy"]["Arn"]
    arn = role_arn(allow("*"), PermissionsBoundary=limit)
    inside, outside = ask(iam, arn, "s3:GetObject", "ec2:CreateVolume")
    assert inside["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": True}
    assert outside["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    assert [inside["EvalDecision"], outside["EvalDecision"]] == ["allowed", "implicitDeny"]
    wide = iam.simulate_principal_policy(
        PolicySourceArn=arn, ActionNames=["ec2:CreateVolume"], PermissionsBoundaryPolicyInputList=[document(allow("*"))]
    )
    assert wide["EvaluationResults"][0]["EvalDecision"] == "allowed"


def test_a_user_has_the_policies_of_its_groups_and_more_may_be_put_in(iam: Any) -> None:
    arn = iam.create_user(UserName="ada")["User"]["Arn"]
    assert ask(iam, arn, "iam:GetUser")[0]["EvalDecision"] == "implicitDeny"
    more = iam.simulate_principal_policy(
        PolicySourceArn=arn, ActionNames=["iam:GetUser"], PolicyInputList=[document(allow("iam:*"))]
    )
    assert more["EvaluationResults"][0]["MatchedStatements"][0]["SourcePolicyId"] == "PolicyInputList.1"
    iam.create_group(GroupName="all")
    iam.attach_group_policy(GroupName="all", PolicyArn=ADMIN)
    iam.add_user_to_group(GroupName="all", UserName="ada")
    [result] = ask(iam, arn, "iam:GetUser")
    assert result["EvalDecision"] == "allowed"
    assert result["MatchedStatements"][0]["SourcePolicyId"] == "AdministratorAccess"


def test_it_answers_in_pages(iam: Any, role_arn: Callable[..., str]) -> None:
    arn = role_arn(allow("s3:*"))
    actions = [f"s3:Get{n}" for n in range(130)]
    first = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=actions)
    assert (len(first["EvaluationResults"]), first["IsTruncated"]) == (100, True)
    rest = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=actions, Marker=first["Marker"])
    assert (len(rest["EvaluationResults"]), rest["IsTruncated"]) == (30, False)
    pages = iam.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=arn, ActionNames=actions, PaginationConfig={"PageSize": 7}
    )
    assert [r["EvalActionName"] for page in pages for r in page["EvaluationResults"]] == actions


@pytest.mark.parametrize(
    ("arn", "action", "code"),
    [
        ("arn:aws:iam::123456789012:role/nobody", "s3:GetObject", "NoSuchEntity"),
        ("arn:aws:iam::123456789012:policy/limit", "s3:GetObject", "InvalidInput"),
        ("arn:aws:iam::123456789012:role/machines", "GetObject", "InvalidInput"),
        ("arn:aws:iam::123456789012:role/machines", "s3:Get*", "InvalidInput"),
    ],
)
def test_what_it_refuses(iam: Any, role_arn: Callable[..., str], arn: str, action: str, code: str) -> None:
    role_arn()
    with pytest.raises(ClientError) as refused:
        ask(iam, arn, action)
    assert refused.value.response["Error"]["Code"] == code


def test_whoever_asks_must_be_allowed_to_ask_about_this_role(
    iam: Any, user: Callable[..., As], role_arn: Callable[..., str]
) -> None:
    arn = role_arn()
    other = iam.create_role(RoleName="other", AssumeRolePolicyDocument=trust.EC2)["Role"]["Arn"]
    own = user(allow("iam:SimulatePrincipalPolicy", arn))("iam")
    assert json.dumps(ask(own, arn, "s3:GetObject"))
    with pytest.raises(ClientError, match=r"iam:SimulatePrincipalPolicy on resource: .*role/other"):
        ask(own, other, "s3:GetObject")
