"""Rows 2 and 6: roles and security groups that are not Kiln's, and with which nothing can work."""

from pathlib import Path
from typing import Any

import pytest

from kiln.errors import UserError
from sandbox.inprocess import Sandbox
from tests.support.environments import STOCK, Define, Register, Registered
from tests.support.foreign_roles import make_role, paste

_AWS = "arn:aws:iam::aws:policy/"


@pytest.mark.parametrize(
    ("key", "service", "trusted"),
    [
        ("service", "batch.amazonaws.com", "ec2.amazonaws.com"),
        ("instance", "ec2.amazonaws.com", "batch.amazonaws.com"),
        ("job", "ecs-tasks.amazonaws.com", "ecs.amazonaws.com"),
    ],
)
def test_row_2_a_role_that_its_service_cannot_assume_is_refused(
    sandbox: Sandbox, register: Register, define: Define, key: str, service: str, trusted: str
) -> None:
    make_role(sandbox, "theirs", trusted)
    env = define(f"roles: {{{key}: theirs}}\n")
    with pytest.raises(UserError, match=f"the role theirs does not trust {service}") as refused:
        register(env, STOCK)
    assert not sandbox.client("batch").describe_compute_environments()["computeEnvironments"]
    command = refused.value.hint.partition("correct it: ")[2]
    document = command.partition("--policy-document ")[2].strip("'")
    assert command.startswith("aws iam update-assume-role-policy --role-name theirs ")
    sandbox.client("iam").update_assume_role_policy(RoleName="theirs", PolicyDocument=document)
    register(env, STOCK, plan=True)


def test_row_2_a_spot_fleet_role_that_spot_fleet_cannot_assume_is_refused(
    sandbox: Sandbox, register: Register, define: Define
) -> None:
    make_role(sandbox, "theirs", "ec2.amazonaws.com")
    env = Path(define("roles: {spot_fleet: theirs}\n"))
    env.write_text(env.read_text().replace("one: {inst", "one: {market: spot, allocation_strategy: BEST_FIT, inst"))
    with pytest.raises(UserError, match=r"the role theirs does not trust spotfleet\.amazonaws\.com") as refused:
        register(str(env), STOCK, plan=True)
    paste(sandbox, refused.value.hint.partition("correct it: ")[2])
    register(str(env), STOCK, plan=True)


def test_row_2_a_role_that_trusts_other_services_too_is_used(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    policy = f"{_AWS}service-role/AWSBatchServiceRole"
    make_role(sandbox, "theirs", "batch.amazonaws.com", "ec2.amazonaws.com", policies=(policy,))
    assert registered(define("roles: {service: theirs}\n"), STOCK, plan=True)["notes"] == []


@pytest.mark.parametrize(
    ("rules", "closed"),
    [
        ([], True),
        ([{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}], True),
        ([{"IpProtocol": "udp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}], True),
        ([{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "52.0.0.0/8"}]}], False),
    ],
)
def test_row_6_a_security_group_without_a_way_out_is_warned_of(
    sandbox: Sandbox, registered: Registered, define: Define, rules: list[dict[str, Any]], closed: bool
) -> None:
    ec2 = sandbox.client("ec2")
    [vpc] = ec2.describe_vpcs()["Vpcs"]
    group = ec2.create_security_group(GroupName="shut", Description="shut", VpcId=vpc["VpcId"])["GroupId"]
    [there] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=there["IpPermissionsEgress"])
    if rules:
        ec2.authorize_security_group_egress(GroupId=group, IpPermissions=rules)
    env = define(f"network: {{security_groups: [{group}]}}\n")
    assert Path(env).exists()
    notes = registered(env, STOCK, plan=True)["notes"]
    assert [f"({group}) let no HTTPS out" in note for note in notes] == [True] * closed
