"""Resources one by one, on the offline AWS: what is made, changed, shared and let go."""

from pathlib import Path
from typing import Any

import pytest

from cloud.session import Cloud
from environments.apply import apply
from environments.kinds.data import bucket_state, buckets, log_groups
from environments.kinds.ec2 import security_groups
from environments.kinds.iam import policies, policy_state, policy_versions, statements
from environments.model.kind import AnyKind
from environments.model.region import Region
from environments.model.resource import Desired, Existing, Removal
from environments.plan.prepare import prepare
from environments.spec import definitions
from kiln.errors import Exit, UserError
from kiln.screen import Screen
from sandbox.inprocess import Sandbox
from tests.support.aws_state import work
from tests.support.environments import ORDINARY, STOCK, Define, Registered
from tests.support.foreign_roles import ECS, make_role

ACCOUNT: dict[str, Any] = {"account": "123456789012", "region": "us-east-1", "use": "work", "partition": "aws"}


def one(kind: AnyKind, cloud: Cloud, desired: Desired) -> Any:
    """The resource as it is found."""
    return kind.match(Region(cloud), [desired])[desired.name]


def brought(kind: AnyKind, cloud: Cloud, desired: Desired) -> Any:
    """Changed to what is wanted; fails where that leaves a difference."""
    found = one(kind, cloud, desired)
    kind.update(cloud, desired, found, kind.diff(desired, found))
    after = one(kind, cloud, desired)
    assert kind.diff(desired, after) == ()
    return after


def bucket(**fields: Any) -> bucket_state.DesiredBucket:
    ordinary = {"encryption": "AES256", "public access": "blocked", "TLS": "required", "expire": "never"}
    return bucket_state.DesiredBucket("bucket", "ours-1", {**ordinary, **fields}, {"kiln:env:a": "now"}, **ACCOUNT)


def test_a_buckets_own_rules_and_policies_stay(sandbox: Sandbox, cloud: Cloud) -> None:
    buckets.create(cloud, bucket())
    s3 = sandbox.client("s3")
    theirs = {"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 1}}
    s3.put_bucket_lifecycle_configuration(Bucket="ours-1", LifecycleConfiguration={"Rules": [theirs]})
    rules = lambda: [each["ID"] for each in s3.get_bucket_lifecycle_configuration(Bucket="ours-1")["Rules"]]  # noqa: E731
    brought(buckets, cloud, bucket(expire="work/ after 30 days"))
    assert sorted(rules()) == ["kiln-expire", "theirs"]
    brought(buckets, cloud, bucket(versioning=True))
    assert rules() == ["theirs"]
    assert s3.get_bucket_versioning(Bucket="ours-1")["Status"] == "Enabled"
    brought(buckets, cloud, bucket(versioning=False))
    key = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    brought(buckets, cloud, bucket(encryption=key))


def test_tags_of_a_bucket_come_and_go_without_the_others(sandbox: Sandbox, cloud: Cloud) -> None:
    buckets.create(cloud, bucket())
    buckets.tag(cloud, one(buckets, cloud, bucket()), {"kiln:env:b": "later"})
    assert dict(one(buckets, cloud, bucket()).tags) == {"kiln:env:a": "now", "kiln:env:b": "later"}
    buckets.untag(cloud, one(buckets, cloud, bucket()), ["kiln:env:a"])
    assert dict(one(buckets, cloud, bucket()).tags) == {"kiln:env:b": "later"}
    sandbox.client("s3").put_object(Bucket="ours-1", Key="a", Body=b"")
    with pytest.raises(UserError, match="is not empty"):
        buckets.delete(cloud, one(buckets, cloud, bucket()), Removal("a"))
    sandbox.client("s3").delete_object(Bucket="ours-1", Key="a")
    buckets.delete(cloud, one(buckets, cloud, bucket()), Removal("a"))
    assert buckets.match(Region(cloud), [bucket()]) == {}


def test_a_bucket_of_another_region(sandbox: Sandbox, cloud: Cloud) -> None:
    where = {"LocationConstraint": "eu-west-1"}
    sandbox.client("s3", "eu-west-1").create_bucket(Bucket="ours-1", CreateBucketConfiguration=where)
    with pytest.raises(UserError, match="the bucket ours-1 is in eu-west-1"):
        buckets.match(Region(cloud), [bucket()])


def policy(number: int, environment: str = "a") -> policy_state.DesiredPolicy:
    statement = {"Sid": f"{statements.sid_of(environment)}S", "Effect": "Allow", "Action": ["s3:ListBucket"],
                 "Resource": [f"arn:aws:s3:::bucket-{number}"]}  # fmt: skip
    arn = "arn:aws:iam::123456789012:policy/ours"
    labels = {f"kiln:env:{environment}": "now", policy_versions.DOCUMENT: policy_versions.make_memo("v1", [statement])}
    fields = {"statements": [statement]}
    return policy_state.DesiredPolicy("policy", "ours", fields, labels, arn=arn, environment=environment)


def test_a_policy_has_five_versions_and_goes_on(sandbox: Sandbox, cloud: Cloud) -> None:
    policies.create(cloud, policy(0))
    for number in range(1, 8):
        brought(policies, cloud, policy(number))
    arn = "arn:aws:iam::123456789012:policy/ours"
    versions = sandbox.client("iam").list_policy_versions(PolicyArn=arn)["Versions"]
    assert sorted(each["VersionId"] for each in versions) == ["v4", "v5", "v6", "v7", "v8"]
    asked = cloud.calls["GetPolicyVersion"]
    one(policies, cloud, policy(7))
    assert cloud.calls["GetPolicyVersion"] == asked
    policies.delete(cloud, one(policies, cloud, policy(7)), Removal("a"))
    assert policies.match(Region(cloud), [policy(7)]) == {}


def test_a_shared_policy_keeps_what_is_the_others(sandbox: Sandbox, cloud: Cloud) -> None:
    policies.create(cloud, policy(1, "a"))
    policies.tag(cloud, one(policies, cloud, policy(2, "b")), policy(2, "b").tags)
    both = brought(policies, cloud, policy(2, "b"))
    assert len(both.fields["statements"]) == 2
    assert policies.diff(policy(1, "a"), one(policies, cloud, policy(1, "a"))) == ()
    policies.untag(cloud, both, ["kiln:env:a"])
    left = one(policies, cloud, policy(2, "b"))
    assert [each["Sid"] for each in left.fields["statements"]] == [statements.sid_of("b") + "S"]
    assert "kiln:env:a" not in left.tags


def test_a_log_group_that_is_kept_for_ever(sandbox: Sandbox, cloud: Cloud) -> None:
    desired = Desired("log group", "/jobs", {"retention": "30 days"}, {"kiln:env:a": "now"})
    log_groups.create(cloud, desired)
    brought(log_groups, cloud, Desired("log group", "/jobs", {"retention": log_groups.FOR_EVER}, {}))
    log_groups.create(cloud, Desired("log group", "/jobs/more", {"retention": "7 days"}, {}))
    assert one(log_groups, cloud, desired).tags == {"kiln:env:a": "now"}
    log_groups.delete(cloud, one(log_groups, cloud, desired), Removal("a"))
    log_groups.delete(cloud, Existing("log group", "/jobs", "arn", {}, {}), Removal("a"))


def test_a_security_group_without_ingress(sandbox: Sandbox, cloud: Cloud) -> None:
    ec2 = sandbox.client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    desired = security_groups.DesiredGroup("security group", "a-batch", {}, {"kiln:env:a": "now"}, vpc=vpc)
    group = security_groups.create(cloud, desired)
    [found] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert found["IpPermissions"] == []
    assert len(found["IpPermissionsEgress"]) == 1
    assert one(security_groups, cloud, desired).id == group
    elsewhere = security_groups.DesiredGroup("security group", "a-batch", {}, {}, vpc="vpc-00000000")
    assert security_groups.match(Region(cloud), [elsewhere]) == {}


def test_job_definitions_and_time_limits(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    more = "job_definitions: {hello: {image: busybox, memory: 64 MiB, command: [echo, 'Ref::x'], parameters: {x: y}}}\n"
    path = Path(define(more))
    limit = "{reason: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT', after: 2 h}"
    path.write_text(path.read_text().replace("[one]}", f"[one], time_limits: [{limit}]}}"))
    registered(str(path))
    batch = sandbox.client("batch")
    [queue] = batch.describe_job_queues()["jobQueues"]
    assert queue["jobStateTimeLimitActions"] == [
        {"reason": "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT", "state": "RUNNABLE", "maxTimeSeconds": 7200,
         "action": "CANCEL"},
    ]  # fmt: skip
    assert registered(str(path), plan=True)["code"] == Exit.DONE
    path.write_text(path.read_text().replace("64 MiB", "128 MiB").replace(f", time_limits: [{limit}]", ""))
    assert registered(str(path))["code"] == Exit.DONE
    found = batch.describe_job_definitions(jobDefinitionName="hello", status="ACTIVE")["jobDefinitions"]
    assert sorted(each["revision"] for each in found) == [1, 2]
    assert all("kiln:env:small" in each["tags"] for each in found)
    assert not batch.describe_job_queues()["jobQueues"][0].get("jobStateTimeLimitActions")
    assert registered(str(path), plan=True)["code"] == Exit.DONE


def test_what_is_invalid_is_told_with_what_to_do(sandbox: Sandbox, cloud: Cloud, define: Define) -> None:
    """The instance profile lost its role behind the plan, and it is not Kiln's to mend."""
    iam, both = sandbox.client("iam"), {"InstanceProfileName": "theirs", "RoleName": "own"}
    make_role(sandbox, "own", "ec2.amazonaws.com", policies=(ECS,))
    iam.create_instance_profile(InstanceProfileName="theirs")
    iam.add_role_to_instance_profile(**both)
    planned = prepare(cloud, definitions.load(define("roles: {instance_profile: theirs, instance: own}\n")), STOCK)
    iam.remove_role_from_instance_profile(**both)
    with pytest.raises(UserError) as caught:
        apply.apply(cloud, planned, ORDINARY, Screen(quiet=True))
    assert caught.value.what == "the compute environment one is INVALID"
    assert "holds no role" in caught.value.why
    assert "has no associated IAM Roles" in caught.value.output
    assert "CreateJobQueue" not in " ".join(work(sandbox))
