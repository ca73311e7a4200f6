"""The evaluator at the gate, through the AWS API: who is asked, for what, and how a denial reads."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.ec2.hardware import metadata
from sandbox.ec2.model.records import list_instances
from sandbox.inprocess import Sandbox
from tests.support import trust
from tests.support.policies import As, allow, document
from tests.support.refused import Refused

User = Callable[..., As]
DENIED = "UnauthorizedOperation"
TAGS = [{"Key": "kiln:build", "Value": "1"}]


def _launch(ec2: Any, image: str, **changes: Any) -> str:
    request = {"ImageId": image, "InstanceType": "m6i.large", "MinCount": 1, "MaxCount": 1, **changes}
    return str(ec2.run_instances(**request)["Instances"][0]["InstanceId"])


def _tagged(*kinds: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": TAGS} for kind in kinds]


def test_the_sandboxs_own_keys_may_do_everything(ec2: Any) -> None:
    assert ec2.describe_volumes()["Volumes"] == []


def test_a_user_without_policies_may_do_nothing_and_is_told_in_awss_words(user: User) -> None:
    with pytest.raises(ClientError) as caught:
        user()("ec2").describe_volumes()
    error = caught.value.response["Error"]
    assert error["Code"] == DENIED
    assert error["Message"] == (
        "You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/ada is not authorized "
        "to perform: ec2:DescribeVolumes because no identity-based policy allows the ec2:DescribeVolumes action"
    )
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("iam", lambda c: c.get_role(RoleName="x"), "AccessDenied"),
        ("ssm", lambda c: c.get_parameter(Name="/a"), "AccessDeniedException"),
        ("s3", lambda c: c.list_buckets(), "AccessDenied"),
        ("kms", lambda c: c.describe_key(KeyId="alias/aws/ebs"), "AccessDeniedException"),
    ],
)
def test_each_service_denies_in_its_own_way(user: User, refused: Refused, service: str, call: Any, code: str) -> None:
    with refused(code):
        call(user()(service))


def test_everybody_may_ask_who_they_are(user: User) -> None:
    assert user()("sts").get_caller_identity()["Arn"].endswith(":user/ada")


def test_a_dry_run_tells_what_may_be_done(user: User, refused: Refused, iam: Any, ec2: Any) -> None:
    ada = user(allow("ec2:CreateVolume"))("ec2")
    with refused("DryRunOperation"):
        ada.create_volume(AvailabilityZone="us-east-1a", Size=1, DryRun=True)
    with refused(DENIED):
        ada.create_vpc(CidrBlock="10.0.0.0/16", DryRun=True)


def test_managed_policies_groups_and_versions(user: User, iam: Any, refused: Refused, sandbox: Sandbox) -> None:
    ada = user()("ec2")
    arn = iam.create_policy(PolicyName="look", PolicyDocument=document(allow("ec2:DescribeVolumes")))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="ada", PolicyArn=arn)
    sandbox.clock.advance(60)
    assert ada.describe_volumes()
    other = document(allow("ec2:DescribeImages"))
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=other, SetAsDefault=True)
    sandbox.clock.advance(60)
    with refused(DENIED):
        ada.describe_volumes()
    iam.create_group(GroupName="lookers")
    iam.put_group_policy(GroupName="lookers", PolicyName="v", PolicyDocument=document(allow("ec2:DescribeVol*")))
    iam.add_user_to_group(GroupName="lookers", UserName="ada")
    assert ada.describe_volumes()


def test_an_explicit_deny_wins(user: User, refused: Refused) -> None:
    ada = user(allow("ec2:*"), allow("ec2:DescribeVolumes", Effect="Deny"))("ec2")
    assert ada.describe_images(Owners=["self"])["Images"] == []
    with refused(DENIED):
        ada.describe_volumes()


def test_a_roles_boundary_limits_it(role: Callable[..., As], iam: Any, refused: Refused) -> None:
    limit = iam.create_policy(PolicyName="limit", PolicyDocument=document(allow("ec2:DescribeImages")))["Policy"]["Arn"]
    ec2 = role(allow("ec2:*"), PermissionsBoundary=limit)("ec2")
    assert ec2.describe_images(Owners=["self"])["Images"] == []
    with pytest.raises(ClientError, match="because no permissions boundary allows the ec2:DescribeVolumes action"):
        ec2.describe_volumes()


def test_the_session_of_a_user_is_the_user(sandbox: Sandbox, user: User, refused: Refused) -> None:
    given = user(allow("ec2:DescribeImages"))("sts").get_session_token()["Credentials"]
    ec2 = sandbox.client(
        "ec2",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    assert ec2.describe_images(Owners=["self"])["Images"] == []
    with refused(DENIED):
        ec2.describe_volumes()


def test_tags_decide_what_may_be_deleted(user: User, ec2: Any, refused: Refused, sandbox: Sandbox) -> None:
    volumes = "arn:aws:ec2:*:*:volume/*"
    ada = user(allow("ec2:DeleteVolume", volumes, Condition={"Null": {"aws:ResourceTag/kiln:build": "false"}}))("ec2")
    ours = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, TagSpecifications=_tagged("volume"))["VolumeId"]
    theirs = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    sandbox.clock.advance(5)
    ada.delete_volume(VolumeId=ours)
    with refused(DENIED):
        ada.delete_volume(VolumeId=theirs)
    with refused("InvalidVolume.NotFound"):
        ada.delete_volume(VolumeId=ours)


def test_tags_may_be_set_at_creation_alone(user: User, ec2: Any, refused: Refused, sandbox: Sandbox) -> None:
    condition = {"StringEquals": {"ec2:CreateAction": "CreateVolume"}}
    ada = user(allow("ec2:CreateVolume"), allow("ec2:CreateTags", Condition=condition))("ec2")
    made = ada.create_volume(AvailabilityZone="us-east-1a", Size=1, TagSpecifications=_tagged("volume"))["VolumeId"]
    with refused(DENIED):
        ada.create_tags(Resources=[made], Tags=TAGS)


def test_tags_that_a_request_may_set(user: User, ec2: Any, refused: Refused) -> None:
    made = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    condition = {"ForAllValues:StringLike": {"aws:TagKeys": ["kiln:*"]}}
    ada = user(allow(["ec2:CreateTags", "ec2:DeleteTags"], Condition=condition))("ec2")
    ada.create_tags(Resources=[made], Tags=TAGS)
    ada.delete_tags(Resources=[made], Tags=[{"Key": "kiln:build"}])
    with refused(DENIED):
        ada.create_tags(Resources=[made], Tags=[*TAGS, {"Key": "Name", "Value": "x"}])


@pytest.mark.parametrize("left_out", ["instance", "volume", "network-interface", "image", "subnet", "security-group",
                                      "key-pair", "launch-template"])  # fmt: skip
def test_a_launch_asks_for_each_of_its_resources(
    user: User, ec2: Any, al2023: str, refused: Refused, left_out: str, sandbox: Sandbox
) -> None:
    kinds = ["instance", "volume", "network-interface", "image", "subnet", "security-group", "key-pair",
             "launch-template"]  # fmt: skip
    ec2.create_key_pair(KeyName="own")
    ec2.create_launch_template(LaunchTemplateName="own", LaunchTemplateData={"KeyName": "own"})
    template = {"LaunchTemplate": {"LaunchTemplateName": "own", "Version": "1"}}
    some = [f"arn:aws:ec2:us-east-1:*:{kind}/*" for kind in kinds if kind != left_out]
    with refused(DENIED):
        _launch(user(allow("ec2:RunInstances", some))("ec2"), al2023, **template)
    whole = user(allow("ec2:RunInstances", [f"arn:aws:ec2:us-east-1:*:{k}/*" for k in kinds]), name="bob")
    assert _launch(whole("ec2"), al2023, **template)


def test_a_launch_with_tags_asks_for_create_tags_of_each_kind(user: User, al2023: str, refused: Refused) -> None:
    tagging = allow("ec2:CreateTags", ["arn:aws:ec2:*:*:instance/*"])
    ada = user(allow("ec2:RunInstances"), tagging)("ec2")
    assert _launch(ada, al2023, TagSpecifications=_tagged("instance"))
    with refused(DENIED):
        _launch(ada, al2023, TagSpecifications=_tagged("instance", "volume"))


def _profile(iam: Any) -> None:
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust.EC2)
    iam.create_instance_profile(InstanceProfileName="worker")
    iam.add_role_to_instance_profile(InstanceProfileName="worker", RoleName="worker")


def test_a_profile_needs_pass_role_of_its_role(user: User, iam: Any, al2023: str, refused: Refused) -> None:
    _profile(iam)
    role = "arn:aws:iam::123456789012:role/worker"
    to_ec2 = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    ada = user(allow("ec2:RunInstances"), allow("iam:PassRole", role, Condition=to_ec2))("ec2")
    assert _launch(ada, al2023, IamInstanceProfile={"Name": "worker"})
    to_ecs = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    bob = user(allow("ec2:RunInstances"), allow("iam:PassRole", role, Condition=to_ecs), name="bob")("ec2")
    assert _launch(bob, al2023)
    with pytest.raises(ClientError, match=f"iam:PassRole on resource: {role} because"):
        _launch(bob, al2023, IamInstanceProfile={"Name": "worker"})


def test_roles_are_made_with_the_boundary_alone(user: User, iam: Any, refused: Refused) -> None:
    limit = iam.create_policy(PolicyName="limit", PolicyDocument=document(allow("ec2:*")))["Policy"]["Arn"]
    condition = {"StringEquals": {"iam:PermissionsBoundary": limit}}
    ada = user(allow(["iam:CreateRole", "iam:PutRolePolicy"], "arn:aws:iam::*:role/k*", Condition=condition))("iam")
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    with refused("AccessDenied"):
        ada.create_role(RoleName="kiln", AssumeRolePolicyDocument=trust)
    with refused("AccessDenied"):
        ada.create_role(RoleName="other", AssumeRolePolicyDocument=trust, PermissionsBoundary=limit)
    ada.create_role(RoleName="kiln", AssumeRolePolicyDocument=trust, PermissionsBoundary=limit)
    ada.put_role_policy(RoleName="kiln", PolicyName="p", PolicyDocument=document(allow("s3:*")))
    iam.create_role(RoleName="kept", AssumeRolePolicyDocument=trust)
    with refused("AccessDenied"):
        ada.put_role_policy(RoleName="kept", PolicyName="p", PolicyDocument=document(allow("s3:*")))


def test_buckets_and_objects_are_apart(user: User, sandbox: Sandbox, refused: Refused) -> None:
    sandbox.client("s3").create_bucket(Bucket="ours-1")
    bucket = "arn:aws:s3:::ours-1"
    ada = user(allow(["s3:ListBucket", "s3:GetBucketLocation"], bucket), allow("s3:PutObject", f"{bucket}/in/*"))("s3")
    ada.put_object(Bucket="ours-1", Key="in/a", Body=b"x")
    assert ada.list_objects_v2(Bucket="ours-1")["KeyCount"] == 1
    assert ada.head_bucket(Bucket="ours-1")
    for call in (
        lambda: ada.put_object(Bucket="ours-1", Key="out/a", Body=b"x"),
        lambda: ada.get_object(Bucket="ours-1", Key="in/a"),
        lambda: ada.delete_bucket(Bucket="ours-1"),
        lambda: ada.put_bucket_versioning(Bucket="ours-1", VersioningConfiguration={"Status": "Enabled"}),
    ):
        with refused("AccessDenied"):
            call()


def test_regions_can_be_limited(sandbox: Sandbox, user: User, refused: Refused) -> None:
    condition = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    ada = user(allow("ec2:DescribeVolumes", Condition=condition))
    assert ada("ec2").describe_volumes()
    keys = ada("ec2")._request_signer._credentials
    elsewhere = sandbox.client(
        "ec2", "eu-west-1", aws_access_key_id=keys.access_key, aws_secret_access_key=keys.secret_key
    )
    with refused(DENIED):
        elsewhere.describe_volumes()


def test_a_machine_is_its_role_and_knows_itself(
    sandbox: Sandbox, iam: Any, ec2: Any, running: Callable[..., str], refused: Refused
) -> None:
    """The instance's own volumes, by ec2:SourceInstanceARN and a policy variable."""
    _profile(iam)
    source = {"ArnLike": {"ec2:SourceInstanceARN": "arn:aws:ec2:*:*:instance/${aws:ResourceTag/owner}"}}
    own = document(allow("ec2:DeleteVolume", "arn:aws:ec2:*:*:volume/*", Condition=source))
    iam.put_role_policy(RoleName="worker", PolicyName="own", PolicyDocument=own)
    sandbox.clock.advance(60)
    machine = running(IamInstanceProfile={"Name": "worker"})
    found = metadata.make_tree(next(each for each in list_instances() if each.id == machine))
    given = json.loads(found["meta-data/iam/security-credentials/worker"])
    theirs = sandbox.client(
        "ec2",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["Token"],
    )
    made = {}
    for owner in (machine, "i-0123456789abcdef0"):
        tags = [{"ResourceType": "volume", "Tags": [{"Key": "owner", "Value": owner}]}]
        made[owner] = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, TagSpecifications=tags)["VolumeId"]
    sandbox.clock.advance(5)
    theirs.delete_volume(VolumeId=made[machine])
    with refused(DENIED):
        theirs.delete_volume(VolumeId=made["i-0123456789abcdef0"])
