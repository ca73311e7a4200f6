"""A customer's key for a volume: EC2 takes the launch, and ends the machine where the caller may not use the key."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support.policies import As, allow

USES = ["kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext"]
GRANT = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
THROUGH = {"StringLike": {"kms:ViaService": "ec2.*.amazonaws.com"}}


@pytest.fixture
def launched(sandbox: Sandbox, user: Callable[..., As]) -> Callable[..., dict[str, Any]]:
    """The instance, a while after ada with these statements launched it with an encrypted volume."""

    def launch(key: str | None, *statements: dict[str, Any]) -> dict[str, Any]:
        ec2 = user(allow("ec2:*"), *statements)("ec2")
        parameter = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
        image = sandbox.client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"]
        disk = {"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True} | ({"KmsKeyId": key} if key else {})}
        made = ec2.run_instances(
            ImageId=image, InstanceType="m6i.large", MinCount=1, MaxCount=1, BlockDeviceMappings=[disk]
        )
        sandbox.clock.advance(60)
        found = ec2.describe_instances(InstanceIds=[made["Instances"][0]["InstanceId"]])
        return dict(found["Reservations"][0]["Instances"][0])

    return launch


@pytest.fixture
def key(sandbox: Sandbox) -> str:
    return str(sandbox.client("kms").create_key()["KeyMetadata"]["Arn"])


def test_whoever_may_use_the_key_has_a_machine(key: str, launched: Callable[..., dict[str, Any]]) -> None:
    found = launched(key, allow(USES, key, Condition=THROUGH), allow("kms:CreateGrant", key, Condition=GRANT))
    assert found["State"]["Name"] == "running"


@pytest.mark.parametrize(
    ("statements", "missing"),
    [
        ((), "kms:CreateGrant"),
        ((allow("kms:CreateGrant", Condition=GRANT),), "kms:Decrypt"),
        ((allow(USES), allow("kms:CreateGrant", Condition={"Bool": {"kms:GrantIsForAWSResource": "false"}})),
         "kms:CreateGrant"),
        ((allow("kms:*", "arn:aws:kms:us-east-1:123456789012:key/another"),), "kms:CreateGrant"),
    ],
)  # fmt: skip
def test_whoever_may_not_sees_it_end(
    key: str, launched: Callable[..., dict[str, Any]], statements: tuple[dict[str, Any], ...], missing: str
) -> None:
    found = launched(key, *statements)
    assert found["State"]["Name"] == "terminated"
    assert found["StateReason"]["Code"] == "Client.InternalError"
    assert missing in found["StateReason"]["Message"]


def test_the_accounts_own_key_lets_all_of_it_in(launched: Callable[..., dict[str, Any]]) -> None:
    assert launched(None)["State"]["Name"] == "running"
