"""`invoke register-env` against the offline AWS: planned, applied, planned again."""

import json
import sys
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cloud import tags
from cloud.session import Cloud
from environments.machines import instance_types as machines
from environments.plan.plan import Plan
from environments.plan.prepare import prepare
from environments.spec import definitions
from kiln.errors import Exit, UserError
from sandbox.inprocess import Sandbox
from tests.support.aws_state import work
from tests.support.environments import Define, Register, Registered
from tests.support.images import MakeAmi
from tests.support.trust import trust

STOCK = "ecs-optimized"


def compute(sandbox: Sandbox) -> dict[str, dict[str, Any]]:
    found = sandbox.client("batch").describe_compute_environments()["computeEnvironments"]
    return {each["computeEnvironmentName"]: each for each in found}


def queues(sandbox: Sandbox) -> dict[str, dict[str, Any]]:
    return {each["jobQueueName"]: each for each in sandbox.client("batch").describe_job_queues()["jobQueues"]}


def attached(sandbox: Sandbox, role: str) -> set[str]:
    found = sandbox.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    return {each["PolicyName"] for each in found}


def statements(sandbox: Sandbox, policy: str) -> list[dict[str, Any]]:
    iam, arn = sandbox.client("iam"), f"arn:aws:iam::123456789012:policy/{policy}"
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found: list[dict[str, Any]] = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"][
        "Statement"
    ]
    return found


def planned(env: str, ami: str = STOCK) -> tuple[Plan, int]:
    """The plan, and how many AWS calls it took."""
    cloud = Cloud()
    return prepare(cloud, definitions.load(env), ami), sum(cloud.calls.values())


@pytest.mark.parametrize("name", ["genomics", "salmon", "genomics-2019"])
def test_every_shipped_environment_is_planned_applied_and_then_unchanged(
    sandbox: Sandbox, register: Register, name: str
) -> None:
    assert register(name, STOCK, plan=True) == Exit.SOMETHING_TO_DO
    assert work(sandbox) == []
    assert register(name, STOCK) == Exit.DONE
    for each in (*compute(sandbox).values(), *queues(sandbox).values()):
        assert (each["status"], each["state"]) == ("VALID", "ENABLED"), each
        assert f"kiln:env:{name}" in each["tags"]
    again, calls = planned(name)
    assert [step.key for step in again.steps if step.something_to_do] == []
    # Of a head: its policy, its role, what is attached to it, the image; and the types that its definition must fit.
    assert calls <= (30 if name == "salmon" else 35)
    done = len(work(sandbox))
    assert register(name, STOCK) == Exit.DONE
    assert register(name, STOCK, plan=True) == Exit.DONE
    assert len(work(sandbox)) == done


def test_genomics_as_aws_batch_has_it(sandbox: Sandbox, stock: str, register: Register) -> None:
    register("genomics", STOCK)
    found = compute(sandbox)
    for name, kind, strategy in (
        ("ondemand", "EC2", "BEST_FIT_PROGRESSIVE"),
        ("spot", "SPOT", "SPOT_PRICE_CAPACITY_OPTIMIZED"),
    ):
        resources = found[name]["computeResources"]
        assert (resources["type"], resources["allocationStrategy"]) == (kind, strategy)
        assert (resources["minvCpus"], resources["desiredvCpus"], resources["maxvCpus"]) == (0, 0, 256)
        assert resources["tags"] == {"Name": f"batch-{name}-worker"}
        assert resources["launchTemplate"] == {"launchTemplateName": "genomics-workflow-template", "version": "1"}
        [configuration] = resources["ec2Configuration"]
        assert (configuration["imageType"], configuration["imageIdOverride"]) == ("ECS_AL2023", stock)
        assert "imageId" not in resources
        assert found[name]["serviceRole"].endswith("/AWSServiceRoleForBatch")
    order = [
        each["computeEnvironment"].rpartition("/")[2] for each in queues(sandbox)["default"]["computeEnvironmentOrder"]
    ]
    assert (order, queues(sandbox)["default"]["priority"]) == (["spot", "ondemand"], 1)
    [version] = sandbox.client("ec2").describe_launch_template_versions(
        LaunchTemplateName="genomics-workflow-template"
    )["LaunchTemplateVersions"]
    assert "ImageId" not in version["LaunchTemplateData"]
    assert version["LaunchTemplateData"]["MetadataOptions"]["HttpPutResponseHopLimit"] == 1


def test_who_may_do_what_in_genomics(sandbox: Sandbox, register: Register) -> None:
    register("genomics", STOCK)
    assert attached(sandbox, "ecsInstanceRole") == {"AmazonEC2ContainerServiceforEC2Role", "ebs-autoscale-policy"}
    assert attached(sandbox, "genomics-job-role") == {"bucket-access-policy", "public-buckets-policy"}
    named = {arn for each in statements(sandbox, "bucket-access-policy") for arn in each["Resource"]}
    bucket = "arn:aws:s3:::genomics-123456789012-us-east-1"
    assert named == {bucket, f"{bucket}/*"}
    linked = sandbox.client("iam").list_roles(PathPrefix="/aws-service-role/")["Roles"]
    assert {"AWSServiceRoleForBatch", "AWSServiceRoleForEC2Spot", "AWSServiceRoleForEC2SpotFleet"} <= {
        each["RoleName"] for each in linked
    }


def test_the_workshop_of_2019(sandbox: Sandbox, register: Register) -> None:
    register("genomics-2019", STOCK)
    assert attached(sandbox, "ecsInstanceRole") == {
        "AmazonEC2ContainerServiceforEC2Role", "AmazonS3ReadOnlyAccess", "bucket-access-policy", "ebs-autoscale-policy",
    }  # fmt: skip
    assert attached(sandbox, "AWSBatchServiceRole") == {"AWSBatchServiceRole"}
    assert attached(sandbox, "AWSSpotFleetTaggingRole") == {"AmazonEC2SpotFleetTaggingRole"}
    spot = compute(sandbox)["spot"]
    assert spot["serviceRole"].endswith(":role/AWSBatchServiceRole")
    assert spot["computeResources"]["spotIamFleetRole"].endswith(":role/AWSSpotFleetTaggingRole")
    assert spot["computeResources"]["allocationStrategy"] == "BEST_FIT"
    [version] = sandbox.client("ec2").describe_launch_template_versions(
        LaunchTemplateName="genomics-workflow-template"
    )["LaunchTemplateVersions"]
    assert version["LaunchTemplateData"]["MetadataOptions"]["HttpPutResponseHopLimit"] == 2


def test_the_bucket(sandbox: Sandbox, register: Register, define: Define) -> None:
    register(define())
    s3, name = sandbox.client("s3"), "small-123456789012-us-east-1"
    assert "kiln:env:small" in tags.as_dict(s3.get_bucket_tagging(Bucket=name)["TagSet"])
    [tls] = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]
    assert (tls["Effect"], tls["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    [rule] = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert (rule["Filter"]["Prefix"], rule["Expiration"]["Days"]) == ("work/", 90)
    assert all(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values())


def test_what_somebody_changed_is_put_right(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    env = define()
    registered(env)
    s3, name = sandbox.client("s3"), "small-123456789012-us-east-1"
    s3.delete_bucket_policy(Bucket=name)
    s3.delete_public_access_block(Bucket=name)
    sandbox.client("logs").put_retention_policy(logGroupName="/aws/batch/job", retentionInDays=7)
    iam = sandbox.client("iam")
    iam.detach_role_policy(RoleName="small-job-role", PolicyArn="arn:aws:iam::123456789012:policy/bucket-access-policy")
    profile = {"InstanceProfileName": "ecsInstanceRole", "RoleName": "ecsInstanceRole"}
    iam.remove_role_from_instance_profile(**profile)
    batch = sandbox.client("batch")
    batch.update_job_queue(jobQueue="one", priority=7)
    batch.update_compute_environment(computeEnvironment="one", computeResources={"maxvCpus": 16})
    sandbox.clock.advance(60)
    found = registered(env, plan=True)
    changes = {
        (each["kind"], each["name"]): {one["field"] for one in each["changes"]}
        for each in found["resources"]
        if each["changes"]
    }
    assert changes == {
        ("bucket", name): {"TLS", "public access"},
        ("log group", "/aws/batch/job"): {"retention"},
        ("role", "small-job-role"): {"policy bucket-access-policy"},
        ("instance profile", "ecsInstanceRole"): {"role"},
        ("job queue", "one"): {"priority"},
        ("compute env", "one"): {"maxvCpus", "status"},  # INVALID without a role in its profile
    }
    assert registered(env)["code"] == Exit.DONE
    assert not registered(env, plan=True)["something_to_do"]
    assert compute(sandbox)["one"]["computeResources"]["maxvCpus"] == 100


def test_desired_vcpus_are_never_compared_or_sent(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    env = define()
    registered(env)
    batch = sandbox.client("batch")
    batch.update_compute_environment(computeEnvironment="one", computeResources={"desiredvCpus": 8})
    sandbox.clock.advance(60)
    assert compute(sandbox)["one"]["computeResources"]["desiredvCpus"] == 8
    assert registered(env, plan=True)["code"] == Exit.DONE
    assert compute(sandbox)["one"]["computeResources"]["desiredvCpus"] == 8


def test_the_arithmetic_of_the_seed(sandbox: Sandbox, registered: Registered) -> None:
    found = registered("salmon", STOCK, plan=True)
    assert found["at_most"] == {
        "salmonWorkload": "at most 12 × c5.2xlarge", "salmonExcess": "at most 6 × c5.4xlarge",
    }  # fmt: skip


def test_without_a_terminal_nothing_is_applied_unasked(sandbox: Sandbox, register: Register, define: Define) -> None:
    with pytest.raises(UserError) as caught:
        register(define(), yes=False)
    assert "--yes" in caught.value.hint
    assert work(sandbox) == []


def test_two_environments_share_roles_and_each_has_its_own_statements(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    registered("salmon", STOCK)
    env = define()
    found = registered(env)
    assert {each["name"] for each in found["resources"] if each["joins"]} >= {"ecsInstanceRole", "bucket-access-policy"}
    role = sandbox.client("iam").get_role(RoleName="ecsInstanceRole")["Role"]
    assert {"kiln:env:salmon", "kiln:env:small"} <= set(tags.as_dict(role["Tags"]))
    named = {arn for each in statements(sandbox, "bucket-access-policy") for arn in each["Resource"]}
    assert {"arn:aws:s3:::salmon-123456789012-us-east-1", "arn:aws:s3:::small-123456789012-us-east-1"} <= named
    for name in ("salmon", env):
        again, calls = planned(name)
        assert not again.something_to_do
        assert calls <= 30
    assert "ebs-autoscale-policy" in attached(sandbox, "ecsInstanceRole")


def test_what_is_not_kilns_is_used_and_never_changed(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    iam = sandbox.client("iam")
    made = {"AssumeRolePolicyDocument": trust("ec2.amazonaws.com"), "Path": "/ours/"}
    iam.create_role(RoleName="ecsInstanceRole", **made)
    sandbox.client("s3").create_bucket(Bucket="small-123456789012-us-east-1")
    env = define()
    found = registered(env)
    assert found["code"] == Exit.DONE
    action = {(each["kind"], each["name"]): each["action"] for each in found["resources"]}
    assert action["role", "ecsInstanceRole"] == action["bucket", "small-123456789012-us-east-1"] == "foreign"
    assert any("ecsInstanceRole is not Kiln's" in note for note in found["notes"])
    assert attached(sandbox, "ecsInstanceRole") == set()
    assert iam.get_role(RoleName="ecsInstanceRole")["Role"].get("Tags", []) == []
    assert registered(env, plan=True)["code"] == Exit.DONE


def test_another_environments_queue_is_not_taken(sandbox: Sandbox, register: Register) -> None:
    register("genomics", STOCK)
    before = work(sandbox)
    with pytest.raises(UserError, match="belongs to the environment genomics"):
        register("genomics-2019", STOCK)
    assert work(sandbox) == before


def test_a_bucket_of_another_account_is_told(sandbox: Sandbox, register: Register, define: Define) -> None:
    with pytest.raises(UserError) as caught:
        register(define(buckets="{work: {name: ngi-igenomes}}"))
    assert "another AWS account owns that name" in caught.value.why
    assert work(sandbox) == []


def test_a_bucket_that_is_named_as_existing(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    env = define(buckets="{work: {name: ours-of-old, existing: true}}")
    with pytest.raises(UserError, match="there is no bucket ours-of-old"):
        registered(env)
    sandbox.client("s3").create_bucket(Bucket="ours-of-old")
    assert registered(env)["code"] == Exit.DONE
    named = {arn for each in statements(sandbox, "bucket-access-policy") for arn in each["Resource"]}
    assert named == {"arn:aws:s3:::ours-of-old", "arn:aws:s3:::ours-of-old/*"}
    assert registered(env, plan=True)["code"] == Exit.DONE


def test_iam_existing_makes_no_role(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    env = define("iam: existing\n")
    with pytest.raises(UserError, match="there is no"):
        registered(env)
    iam = sandbox.client("iam")
    iam.create_service_linked_role(AWSServiceName="batch.amazonaws.com")
    iam.create_role(RoleName="ecsInstanceRole", AssumeRolePolicyDocument=trust("ec2.amazonaws.com"))
    iam.create_role(RoleName="small-job-role", AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"))
    iam.create_instance_profile(InstanceProfileName="ecsInstanceRole")
    iam.add_role_to_instance_profile(InstanceProfileName="ecsInstanceRole", RoleName="ecsInstanceRole")
    sandbox.clock.advance(60)
    before = len(work(sandbox))
    assert registered(env)["code"] == Exit.DONE
    made = [each for each in work(sandbox)[before:] if "Role" in each or "InstanceProfile" in each or "Policy" in each]
    assert made == ["PutRetentionPolicy"]  # of the log group


def test_a_permissions_boundary_goes_on_every_role(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
    env = define(f"roles: {{permissions_boundary: '{boundary}', session_manager: true}}\n")
    assert registered(env)["code"] == Exit.DONE
    for role in ("ecsInstanceRole", "small-job-role"):
        found = sandbox.client("iam").get_role(RoleName=role)["Role"]
        assert found["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    assert "AmazonSSMManagedInstanceCore" in attached(sandbox, "ecsInstanceRole")
    assert registered(env, plan=True)["code"] == Exit.DONE


def test_a_new_ami_goes_out_in_place_and_back(
    sandbox: Sandbox, registered: Registered, define: Define, make_ami: MakeAmi
) -> None:
    first, second = make_ami("first"), make_ami("second")
    env = define()
    assert registered(env, first)["ami"] == first
    with pytest.raises(UserError, match="remembers no previous AMI"):
        registered(env, "previous")
    found = registered(env, "latest", plan=True)
    [step] = [each for each in found["resources"] if each["action"] != "unchanged"]
    assert (step["name"], step["action"]) == ("one", "update")
    assert step["why"].startswith("in place: service-linked role, BEST_FIT_PROGRESSIVE")
    assert [each["field"] for each in step["changes"]] == ["imageIdOverride"]
    assert registered(env, "latest")["code"] == Exit.DONE
    one = compute(sandbox)["one"]
    assert one["computeResources"]["ec2Configuration"][0]["imageIdOverride"] == second
    assert one["updatePolicy"] == {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 7200}
    assert one["tags"]["kiln:env:small"] == f"ami={second} previous={first}"
    assert registered(env, "latest", plan=True)["code"] == Exit.DONE
    assert registered(env, "previous")["ami"] == first
    assert compute(sandbox)["one"]["tags"]["kiln:env:small"] == f"ami={first} previous={second}"


def test_an_ami_that_does_not_fit_is_refused_before_anything_changes(
    sandbox: Sandbox, register: Register, define: Define
) -> None:
    with pytest.raises(UserError, match="cannot run in one"):
        register(define(), "ecs/al2023-arm64")
    with pytest.raises(UserError, match="is Amazon Linux 1"):
        register(define(), "ecs/al1")
    path = Path(define())
    path.write_text(path.read_text().replace("max_vcpus: 100", "image_type: ECS_AL2"))
    with pytest.raises(UserError, match="does not fit one"):
        register(str(path))
    assert work(sandbox) == []


def test_machines_that_are_not_offered(sandbox: Sandbox, define: Define) -> None:
    path = Path(define())
    path.write_text(path.read_text().replace("c5.2xlarge", "c5.3xlarge"))
    with pytest.raises(UserError, match=r"has no c5\.3xlarge"):
        machines.look_up(Cloud(), definitions.load(str(path)))


@pytest.mark.parametrize(("answer", "code"), [("yes\n", Exit.DONE), ("y\n", Exit.SOMETHING_TO_DO), ("", 2)])
def test_a_person_is_asked(
    sandbox: Sandbox, register: Register, define: Define, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    terminal: Mapping[str, Any] = {"isatty": lambda: True}
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(**terminal, readline=StringIO(answer).readline))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert register(define(), yes=False) == code
    assert bool(sandbox.client("batch").describe_compute_environments()["computeEnvironments"]) == (code == Exit.DONE)
