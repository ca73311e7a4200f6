"""Calls of a service's own: they meet faults and permissions as any other, and are not counted."""

from typing import Any

import pytest

from sandbox.inprocess import REGION, Sandbox
from sandbox.world.own_calls import OwnCallError
from tests.support.trust import trust

ROLE = "arn:aws:iam::123456789012:role/deep/service"
ALLOW = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:Run*", "Resource": "*"}]}'


@pytest.fixture
def role(clients: dict[str, Any], sandbox: Sandbox) -> None:
    iam = clients["iam"]
    iam.create_role(RoleName="service", Path="/deep/", AssumeRolePolicyDocument=trust("batch.amazonaws.com"))
    iam.put_role_policy(RoleName="service", PolicyName="runs", PolicyDocument=ALLOW)
    sandbox.clock.advance(10)


def run(sandbox: Sandbox, **changes: Any) -> dict[str, Any]:
    [image] = sandbox.client("ec2").describe_images(
        Owners=["amazon"], Filters=[{"Name": "name", "Values": ["al2023-ami-ecs-hvm-*-x86_64"]}]
    )["Images"]
    asked = {"ImageId": image["ImageId"], "InstanceType": "c5.large", "MinCount": 1, "MaxCount": 2, **changes}
    sandbox.calls.clear()
    return sandbox.world.own_calls("ec2", REGION, "RunInstances", asked, ROLE)


@pytest.mark.usefixtures("role")
def test_the_answer_is_as_boto3_gives_it_and_the_call_is_not_counted(sandbox: Sandbox) -> None:
    answer = run(sandbox)
    assert [instance["InstanceType"] for instance in answer["Instances"]] == ["c5.large"] * 2
    assert sandbox.calls.all() == ()


@pytest.mark.usefixtures("role")
def test_faults_strike_them(sandbox: Sandbox) -> None:
    sandbox.faults.add("RunInstances", "InsufficientInstanceCapacity", status=500)
    with pytest.raises(OwnCallError, match="do not have sufficient") as caught:
        run(sandbox)
    assert caught.value.code == "InsufficientInstanceCapacity"


@pytest.mark.usefixtures("role")
def test_the_role_must_be_allowed(sandbox: Sandbox, clients: dict[str, Any]) -> None:
    clients["iam"].delete_role_policy(RoleName="service", PolicyName="runs")
    with pytest.raises(OwnCallError, match="assumed-role/service/aws-batch is not authorized") as caught:
        run(sandbox)
    assert caught.value.code == "UnauthorizedOperation"


@pytest.mark.usefixtures("role")
def test_credentials_are_renewed(sandbox: Sandbox) -> None:
    run(sandbox)
    sandbox.clock.advance(4000)
    assert run(sandbox)["Instances"]
