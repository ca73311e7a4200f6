"""Who there is: callers, unique ids, and what lists leave out."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox

TRUST = '{"Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}}'
ALL = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
TAGS = [{"Key": "a", "Value": "b"}]


@pytest.fixture
def iam(sandbox: Sandbox, clients: dict[str, Any]) -> Any:
    return clients["iam"]


def keys_of(credentials: dict[str, Any]) -> dict[str, str]:
    keys = {"aws_access_key_id": credentials["AccessKeyId"], "aws_secret_access_key": credentials["SecretAccessKey"]}
    token = credentials.get("SessionToken")
    return keys | ({"aws_session_token": token} if token else {})


def test_iam_and_sts_tell_of_the_same_administrator(sandbox: Sandbox, iam: Any, clients: dict[str, Any]) -> None:
    caller, user = clients["sts"].get_caller_identity(), iam.get_user()["User"]
    assert (caller["Arn"], caller["UserId"]) == (user["Arn"], user["UserId"])
    assert iam.get_user(UserName=user["UserName"])["User"]["UserId"] == user["UserId"]
    for request in ({}, {"UserName": user["UserName"]}):
        [key] = iam.list_access_keys(**request)["AccessKeyMetadata"]
        assert (key["UserName"], key["AccessKeyId"]) == (user["UserName"], sandbox.world.access_key)


def test_iam_and_sts_tell_of_the_same_user(sandbox: Sandbox, iam: Any) -> None:
    made = iam.create_user(UserName="ada")["User"]
    iam.put_user_policy(UserName="ada", PolicyName="all", PolicyDocument=ALL)
    key = iam.create_access_key(UserName="ada")["AccessKey"]
    sandbox.clock.advance(60)
    own = {name: sandbox.client(name, **keys_of(key)) for name in ("iam", "sts")}
    caller, user = own["sts"].get_caller_identity(), own["iam"].get_user()["User"]
    assert (caller["Arn"], caller["UserId"]) == (user["Arn"], user["UserId"]) == (made["Arn"], made["UserId"])
    assert [k["AccessKeyId"] for k in own["iam"].list_access_keys()["AccessKeyMetadata"]] == [key["AccessKeyId"]]


def test_the_session_of_a_role_is_no_user(sandbox: Sandbox, iam: Any, clients: dict[str, Any]) -> None:
    role = iam.create_role(RoleName="role", AssumeRolePolicyDocument=TRUST)["Role"]
    iam.put_role_policy(RoleName="role", PolicyName="all", PolicyDocument=ALL)
    sandbox.clock.advance(60)
    session = clients["sts"].assume_role(RoleArn=role["Arn"], RoleSessionName="me")["Credentials"]
    own = {name: sandbox.client(name, **keys_of(session)) for name in ("iam", "sts")}
    assert own["sts"].get_caller_identity()["UserId"] == f"{role['RoleId']}:me"
    for call in (own["iam"].get_user, own["iam"].list_access_keys):
        with pytest.raises(ClientError) as caught:
            call()
        error = caught.value.response["Error"]
        assert error["Code"] == "ValidationError"
        assert error["Message"] == "Must specify userName when calling with non-User credentials"


def test_ids_say_of_what_kind_a_thing_is(iam: Any) -> None:
    ids = {
        "AIDA": iam.create_user(UserName="ada")["User"]["UserId"],
        "AROA": iam.create_role(RoleName="role", AssumeRolePolicyDocument=TRUST)["Role"]["RoleId"],
        "AIPA": iam.create_instance_profile(InstanceProfileName="p")["InstanceProfile"]["InstanceProfileId"],
        "AGPA": iam.create_group(GroupName="group")["Group"]["GroupId"],
        "ANPA": iam.create_policy(PolicyName="policy", PolicyDocument=ALL)["Policy"]["PolicyId"],
    }
    assert {prefix: (made[:4], len(made)) for prefix, made in ids.items()} == {p: (p, 21) for p in ids}
    assert iam.get_instance_profile(InstanceProfileName="p")["InstanceProfile"]["InstanceProfileId"] == ids["AIPA"]
    awss = iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/IAMFullAccess")["Policy"]["PolicyId"]
    assert awss.startswith("ANPA")
    assert iam.create_access_key(UserName="ada")["AccessKey"]["AccessKeyId"].startswith("AKIA")


def test_lists_of_versions_hold_no_documents(iam: Any) -> None:
    arn = iam.create_policy(PolicyName="policy", PolicyDocument=ALL)["Policy"]["Arn"]
    made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=ALL)["PolicyVersion"]
    listed = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [set(version) for version in [made, *listed]] == [{"VersionId", "IsDefaultVersion", "CreateDate"}] * 3
    read = iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]
    assert read["Document"] == json.loads(ALL)


def test_lists_hold_no_tags(iam: Any) -> None:
    iam.create_user(UserName="ada", Tags=TAGS)
    iam.create_role(RoleName="role", AssumeRolePolicyDocument=TRUST, Tags=TAGS)
    iam.create_instance_profile(InstanceProfileName="p", Tags=TAGS)
    arn = iam.create_policy(PolicyName="policy", PolicyDocument=ALL, Tags=TAGS)["Policy"]["Arn"]
    listed = [iam.list_users()["Users"], iam.list_roles()["Roles"], iam.list_instance_profiles()["InstanceProfiles"],
              iam.list_policies(Scope="Local")["Policies"]]  # fmt: skip
    assert [len(part) for part in listed] == [1, 1, 1, 1]
    assert not [record for [record] in listed if record.get("Tags")]
    assert iam.get_role(RoleName="role")["Role"]["Tags"] == iam.get_policy(PolicyArn=arn)["Policy"]["Tags"] == TAGS
