"""IAM's laws: what is new is seen later, what is in use stays, what AWS manages is AWS's."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox
from sandbox.world.world import Delays
from tests.support import trust
from tests.support.policies import allow, document
from tests.support.refused import Refused

AWS_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"


def _role(iam: Any, name: str = "worker") -> str:
    return str(iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust.EC2)["Role"]["Arn"])


def _profile(iam: Any) -> None:
    _role(iam)
    iam.create_instance_profile(InstanceProfileName="worker")
    iam.add_role_to_instance_profile(InstanceProfileName="worker", RoleName="worker")


def test_a_new_profile_is_not_seen_by_ec2_at_once(
    sandbox: Sandbox, iam: Any, launch: Callable[..., str], refused: Refused
) -> None:
    _profile(iam)
    assert iam.get_instance_profile(InstanceProfileName="worker")
    with refused("InvalidParameterValue"):
        launch(IamInstanceProfile={"Name": "worker"})
    sandbox.clock.advance(5)
    assert launch(IamInstanceProfile={"Name": "worker"})


def test_a_role_that_was_just_added_is_not_seen_at_once(
    sandbox: Sandbox, iam: Any, launch: Callable[..., str], refused: Refused
) -> None:
    _role(iam)
    iam.create_instance_profile(InstanceProfileName="worker")
    sandbox.clock.advance(60)
    iam.add_role_to_instance_profile(InstanceProfileName="worker", RoleName="worker")
    with refused("InvalidParameterValue"):
        launch(IamInstanceProfile={"Name": "worker"})


def test_a_role_is_no_profile(sandbox: Sandbox, iam: Any, launch: Callable[..., str], refused: Refused) -> None:
    _role(iam)
    sandbox.clock.advance(60)
    with refused("InvalidParameterValue"):
        launch(IamInstanceProfile={"Name": "worker"})


def test_a_new_key_and_a_new_policy_are_seen_later(sandbox: Sandbox, iam: Any, refused: Refused) -> None:
    iam.create_user(UserName="ada")
    key = iam.create_access_key(UserName="ada")["AccessKey"]
    ec2 = sandbox.client("ec2", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    with refused("AuthFailure"):
        ec2.describe_volumes()
    sandbox.clock.advance(5)
    iam.put_user_policy(UserName="ada", PolicyName="p", PolicyDocument=document(allow("ec2:DescribeVolumes")))
    with refused("UnauthorizedOperation"):
        ec2.describe_volumes()
    sandbox.clock.advance(5)
    assert ec2.describe_volumes()


def test_a_new_role_is_assumed_later(sandbox: Sandbox, iam: Any, clients: dict[str, Any], refused: Refused) -> None:
    arn = _role(iam)
    with refused("AccessDenied"):
        clients["sts"].assume_role(RoleArn=arn, RoleSessionName="run")
    sandbox.clock.advance(5)
    assert clients["sts"].assume_role(RoleArn=arn, RoleSessionName="run")


def test_the_delay_can_be_switched_off() -> None:
    with Sandbox(delays=Delays(iam_propagation=0)) as sandbox:
        arn = _role(sandbox.client("iam"))
        assert sandbox.client("sts").assume_role(RoleArn=arn, RoleSessionName="run")


def test_awss_own_policies_attach_and_stay(iam: Any, refused: Refused) -> None:
    _role(iam)
    iam.attach_role_policy(RoleName="worker", PolicyArn=AWS_POLICY)
    iam.attach_role_policy(RoleName="worker", PolicyArn=AWS_POLICY)
    [found] = iam.list_attached_role_policies(RoleName="worker")["AttachedPolicies"]
    assert found["PolicyArn"] == AWS_POLICY
    assert iam.get_policy(PolicyArn=AWS_POLICY)["Policy"]["AttachmentCount"] == 1
    with refused("NoSuchEntity"):
        iam.attach_role_policy(RoleName="worker", PolicyArn=AWS_POLICY + "Nothing")
    with refused("AccessDenied"):
        iam.delete_policy(PolicyArn=AWS_POLICY)
    iam.detach_role_policy(RoleName="worker", PolicyArn=AWS_POLICY)
    iam.delete_role(RoleName="worker")


def test_all_of_awss_policies_are_listed(iam: Any) -> None:
    pages = iam.get_paginator("list_policies").paginate(Scope="AWS")
    assert AWS_POLICY in [each["Arn"] for page in pages for each in page["Policies"]]


def test_what_is_attached_cannot_be_deleted(iam: Any, refused: Refused) -> None:
    _profile(iam)
    arn = iam.create_policy(PolicyName="p", PolicyDocument=document(allow("s3:GetObject")))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="worker", PolicyArn=arn)
    conflicts = [
        lambda: iam.delete_policy(PolicyArn=arn),
        lambda: iam.delete_role(RoleName="worker"),
        lambda: iam.delete_instance_profile(InstanceProfileName="worker"),
    ]
    for call in conflicts:
        with refused("DeleteConflict"):
            call()
    iam.remove_role_from_instance_profile(InstanceProfileName="worker", RoleName="worker")
    iam.delete_instance_profile(InstanceProfileName="worker")
    with refused("DeleteConflict"):
        iam.delete_role(RoleName="worker")
    iam.detach_role_policy(RoleName="worker", PolicyArn=arn)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=document(allow("s3:*")), SetAsDefault=True)
    with refused("DeleteConflict"):
        iam.delete_policy(PolicyArn=arn)
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy(PolicyArn=arn)
    iam.delete_role(RoleName="worker")


def test_a_boundary_in_use_cannot_be_deleted(iam: Any, refused: Refused) -> None:
    arn = iam.create_policy(PolicyName="limit", PolicyDocument=document(allow("s3:*")))["Policy"]["Arn"]
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust.EC2, PermissionsBoundary=arn)
    with refused("DeleteConflict"):
        iam.delete_policy(PolicyArn=arn)
    with refused("NoSuchEntity"):
        iam.create_role(RoleName="b", AssumeRolePolicyDocument=trust.EC2, PermissionsBoundary=arn + "x")


@pytest.mark.parametrize(
    "trust",
    [
        "{}",
        "no JSON",
        '{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}',
        '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}}',
    ],
)
def test_what_is_no_trust_policy_is_refused(iam: Any, refused: Refused, trust: str) -> None:
    with refused("MalformedPolicyDocument"):
        iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust)


def test_quotas(iam: Any, refused: Refused) -> None:
    big = document(allow([f"s3:Get{n:04}" for n in range(700)]))
    with refused("LimitExceeded"):
        iam.create_policy(PolicyName="big", PolicyDocument=big)
    _role(iam)
    for n in range(11):
        arn = iam.create_policy(PolicyName=f"p{n}", PolicyDocument=document(allow("s3:*")))["Policy"]["Arn"]
        if n < 10:
            iam.attach_role_policy(RoleName="worker", PolicyArn=arn)
    with refused("LimitExceeded"):
        iam.attach_role_policy(RoleName="worker", PolicyArn=arn)


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("batch.amazonaws.com", "AWSServiceRoleForBatch"),
        ("spot.amazonaws.com", "AWSServiceRoleForEC2Spot"),
        ("spotfleet.amazonaws.com", "AWSServiceRoleForEC2SpotFleet"),
        ("ecs.amazonaws.com", "AWSServiceRoleForECS"),
        ("autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling"),
    ],
)
def test_service_linked_roles_have_awss_names(iam: Any, refused: Refused, service: str, name: str) -> None:
    role = iam.create_service_linked_role(AWSServiceName=service)["Role"]
    assert (role["RoleName"], role["Path"]) == (name, f"/aws-service-role/{service}/")
    assert role["Arn"] == f"arn:aws:iam::123456789012:role/aws-service-role/{service}/{name}"
    assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    with pytest.raises(ClientError, match="has been taken in this account") as caught:
        iam.create_service_linked_role(AWSServiceName=service)
    assert caught.value.response["Error"]["Code"] == "InvalidInput"


def test_suffixes_and_unknown_services(iam: Any, refused: Refused) -> None:
    made = iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com", CustomSuffix="x")["Role"]
    assert made["RoleName"] == "AWSServiceRoleForAutoScaling_x"
    for changes in ({"AWSServiceName": "batch.amazonaws.com", "CustomSuffix": "x"}, {"AWSServiceName": "no.such"}):
        with refused("InvalidInput"):
            iam.create_service_linked_role(**changes)


def test_a_service_linked_role_is_protected_and_deleted_by_a_task(
    sandbox: Sandbox, iam: Any, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = iam.create_service_linked_role(AWSServiceName="batch.amazonaws.com")["Role"]["RoleName"]
    with refused("UnmodifiableEntity"):
        iam.delete_role(RoleName=name)
    with refused("UnmodifiableEntity"):
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(allow("s3:*")))
    _role(iam)
    with refused("InvalidInput"):
        iam.delete_service_linked_role(RoleName="worker")

    def ended() -> dict[str, Any]:
        task = iam.delete_service_linked_role(RoleName=name)["DeletionTaskId"]
        assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "IN_PROGRESS"
        sandbox.clock.advance(10)
        return dict(iam.get_service_linked_role_deletion_status(DeletionTaskId=task))

    with monkeypatch.context() as patch:
        patch.setitem(sandbox.world.linked_role_users, "batch.amazonaws.com", lambda: ["arn:aws:batch:us-east-1:1:x"])
        told = ended()
        assert told["Status"] == "FAILED"
        assert told["Reason"]["RoleUsageList"][0]["Resources"] == ["arn:aws:batch:us-east-1:1:x"]
    assert iam.get_role(RoleName=name)
    assert ended()["Status"] == "SUCCEEDED"
    with refused("NoSuchEntity"):
        iam.get_role(RoleName=name)
