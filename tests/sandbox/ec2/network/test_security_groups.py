from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

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


def test_what_is_not_there_is_named_alone(ec2: Any, group: str) -> None:
    vpc = next(vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"] if vpc["IsDefault"])
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.create_security_group(GroupName="elsewhere", Description="x", VpcId=other)
    for asked, words in (
        ({"GroupIds": [group, "sg-0123456789abcdef0"]}, "The security group 'sg-0123456789abcdef0' does not exist"),
        ({"GroupNames": ["default", "dask"]}, f"The security group 'dask' does not exist in default VPC '{vpc}'"),
        ({"GroupNames": ["elsewhere"]}, f"The security group 'elsewhere' does not exist in default VPC '{vpc}'"),
    ):
        with pytest.raises(ClientError) as caught:
            ec2.describe_security_groups(**asked)
        error = caught.value.response["Error"]
        assert (error["Code"], error["Message"]) == ("InvalidGroup.NotFound", words)


def test_all_rules_that_were_added_are_told(ec2: Any, group: str) -> None:
    """As dask-cloudprovider asks for them, its protocol in capitals."""
    ranges = {"IpRanges": [{"CidrIp": "10.0.0.0/8"}], "Ipv6Ranges": [{"CidrIpv6": "fd00::/8"}]}
    permissions = [
        {"IpProtocol": "TCP", "FromPort": 8786, "ToPort": 8787, **ranges},
        {"IpProtocol": "TCP", "FromPort": 0, "ToPort": 65535, "UserIdGroupPairs": [{"GroupId": group}]},
    ]
    for call, egress in ((ec2.authorize_security_group_ingress, False), (ec2.authorize_security_group_egress, True)):
        rules = call(GroupId=group, IpPermissions=permissions)["SecurityGroupRules"]
        sources = [rule.get("CidrIpv4") or rule.get("CidrIpv6") for rule in rules]
        assert sources == ["10.0.0.0/8", "fd00::/8", None]
        assert rules[2]["ReferencedGroupInfo"]["GroupId"] == group
        assert {(rule["IpProtocol"], rule["IsEgress"]) for rule in rules} == {("tcp", egress)}
