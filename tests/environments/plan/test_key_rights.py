"""Keys of KMS: what their own policies and grants allow a role, beside the role's policies."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support.environments import STOCK, Define, Registered
from tests.support.foreign_roles import make_role
from tests.support.pasting import commands, paste
from tests.support.policies import allow

ACCOUNT = "arn:aws:iam::123456789012"
ROLE = f"{ACCOUNT}:role/tasks"
BUCKETS = allow("s3:*")
USE = ["kms:Decrypt", "kms:GenerateDataKey"]
ROOT = {"AWS": f"{ACCOUNT}:root"}
OWNER = {"Sid": "Owner", "Effect": "Allow", "Principal": {"AWS": f"{ACCOUNT}:user/owner"}, "Action": "kms:*",
         "Resource": "*"}  # fmt: skip


def by_key(effect: str, principal: Any, actions: Any = "kms:*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": principal, "Action": actions, "Resource": "*", **more}


THROUGH_S3 = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com", "kms:CallerAccount": "123456789012"}}
THROUGH_EC2 = {"StringEquals": {"kms:ViaService": "ec2.us-east-1.amazonaws.com"}}
UNKNOWN = {"StringEquals": {"kms:EncryptionContext:team": "a"}}


def plan(
    sandbox: Sandbox, registered: Registered, define: Define, role: bool, *statements: dict[str, Any]
) -> tuple[dict[str, Any], str]:
    """Plan an environment whose tasks use a role that is not Kiln's and a bucket with such a key; the key's ARN."""
    kms = sandbox.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": [OWNER, *statements]})
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=document)
    make_role(sandbox, "tasks", "ecs-tasks.amazonaws.com", inline=(BUCKETS, *([allow(USE)] if role else [])))
    env = define("roles: {job: tasks}\n", buckets=f"{{work: {{kms_key: '{key}'}}}}")
    return registered(env, STOCK, plan=True), key


@pytest.mark.parametrize(
    ("role", "statements"),
    [
        (True, ()),  # the key's first policy hands over to IAM
        (True, (by_key("Allow", ROOT),)),
        (True, (by_key("Allow", {"AWS": "123456789012"}),)),
        (False, (by_key("Allow", {"AWS": [f"{ACCOUNT}:role/other", ROLE]}, USE),)),
        (False, (by_key("Allow", "*", USE, Condition=THROUGH_S3),)),
        (True, (by_key("Allow", ROOT), by_key("Deny", {"AWS": f"{ACCOUNT}:role/other"}))),
    ],
)
def test_a_role_that_may_use_the_key(
    sandbox: Sandbox, registered: Registered, define: Define, role: bool, statements: tuple[dict[str, Any], ...]
) -> None:
    document, _ = plan(sandbox, registered, define, role, *statements)
    assert (document["notes"], document["not_checked"]) == ([], [])


@pytest.mark.parametrize(
    ("role", "statements", "words", "command"),
    [
        (False, (), "it lacks kms:Decrypt, kms:GenerateDataKey on the key of the bucket", "aws iam attach-role-policy"),
        (False, (by_key("Allow", ROOT),), "it lacks kms:Decrypt", "aws iam attach-role-policy"),
        (True, (by_key("Allow", {"AWS": f"{ACCOUNT}:role/other"}),), "neither by the key's own policy nor by a grant",
         "aws kms create-grant"),
        (True, (by_key("Allow", "*", USE, Condition=THROUGH_EC2),), "neither by the key's own policy",
         "aws kms create-grant"),
        (False, (by_key("Allow", {"AWS": ROLE}, "kms:Decrypt"),), "it has kms:GenerateDataKey on the key of the bucket",
         "aws kms create-grant"),
    ],
)  # fmt: skip
def test_what_is_missing_comes_with_the_command_that_gives_it(
    sandbox: Sandbox, registered: Registered, define: Define, tmp_path: Path,
    role: bool, statements: tuple[dict[str, Any], ...], words: str, command: str,
) -> None:  # fmt: skip
    document, _ = plan(sandbox, registered, define, role, *statements)
    [note] = document["notes"]
    assert words in note
    assert (": when this plan is applied: " in note.replace("; ", ": ")) == ("attach-role-policy" in command)
    registered(str(tmp_path / "small.yaml"), STOCK)
    assert "jobs cannot read or write the buckets" in note
    [pasted] = commands(note)
    assert pasted.startswith(command)
    paste(pasted, tmp_path)
    sandbox.clock.advance(60)
    after = registered(str(tmp_path / "small.yaml"), STOCK, plan=True)
    assert (after["notes"], after["not_checked"]) == ([], [])


@pytest.mark.parametrize("principal", [{"AWS": ROLE}, "*", ROOT])
def test_what_the_key_denies_no_policy_of_the_role_gives(
    sandbox: Sandbox, registered: Registered, define: Define, principal: Any
) -> None:
    denial = by_key("Deny", principal, "kms:GenerateDataKey")
    document, key = plan(sandbox, registered, define, True, by_key("Allow", ROOT), denial)
    [note] = document["notes"]
    assert "it is denied kms:GenerateDataKey on the key of the bucket" in note
    assert f"by the policy of the key {key}" in note
    assert "kms:Decrypt" not in note


def test_what_is_not_known_of_a_key_is_not_checked(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    document, key = plan(sandbox, registered, define, True, by_key("Allow", ROOT, Condition=UNKNOWN))
    assert document["notes"] == []
    [unchecked] = document["not_checked"]
    assert f"the policy of the key {key} has conditions that cannot be decided here" in unchecked["why"]


@pytest.mark.parametrize("call", ["GetKeyPolicy", "ListGrants"])
def test_a_key_that_may_not_be_read_is_not_checked(
    sandbox: Sandbox, registered: Registered, define: Define, call: str
) -> None:
    sandbox.faults.add(call, "AccessDeniedException", times=None)
    document, key = plan(sandbox, registered, define, True)
    assert document["notes"] == []
    [unchecked] = document["not_checked"]
    assert f"the policy of the key {key} decides too" in unchecked["why"]
    assert call in unchecked["why"]
