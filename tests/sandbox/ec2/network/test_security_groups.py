from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox

Launch = Callable[..., str]


@pytest.fixture
def group(ec2: Any) -> str:
    return str(ec2.create_security_group(GroupName="mine", Description="mine")["GroupId"])


def test_a_group_in_use_stays(sandbox: Sandbox, ec2: Any, group: str, running: Launch, refused: Any) -> None:
    instance_id = running(SecurityGroupIds=[group])
    with refused("DependencyViolation"):
        ec2.delete_security_group(GroupId=group)
    ec2.terminate_instances(InstanceIds=[instance_id])
    with refused("DependencyViolation"):
        ec2.delete_security_group(GroupId=group)
    sandbox.clock.advance(2)
    ec2.delete_security_group(GroupId=group)
    with refused("InvalidGroup.NotFound"):
        ec2.describe_security_groups(GroupIds=[group])


def test_a_group_that_another_names_stays(ec2: Any, group: str, refused: Any) -> None:
    other = ec2.create_security_group(GroupName="other", Description="other")["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [{"GroupId": group}]}
    ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[rule])
    with refused("DependencyViolation"):
        ec2.delete_security_group(GroupId=group)


def test_the_default_group_stays(ec2: Any, refused: Any) -> None:
    default = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"][0]["GroupId"]
    with refused("CannotDelete"):
        ec2.delete_security_group(GroupId=default)


def test_names_and_rules_are_taken_once(ec2: Any, group: str, refused: Any) -> None:
    with refused("InvalidGroup.Duplicate"):
        ec2.create_security_group(GroupName="mine", Description="again")
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "127.0.0.1/32"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    with refused("InvalidPermission.Duplicate"):
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
