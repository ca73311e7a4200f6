"""invoke destroy-env against the offline AWS: by tags alone, and nothing that is somebody else's."""

from pathlib import Path
from typing import Any

import pytest

from cloud import tags
from cloud.session import Cloud
from environments.commands import destroy as destroy_command
from environments.kinds.batch import jobs
from environments.model import ownership
from environments.rollout.options import Options
from environments.teardown import destroy as teardown
from environments.teardown.destroy import Named
from kiln.errors import Exit, Interrupted, UserError
from kiln.screen import Screen
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.aws_state import own_images, work
from tests.support.images import MakeAmi
from tests.support.trust import trust


def destroy(env: str, **options: Any) -> int:
    """`invoke destroy-env --yes` with its ordinary options, any of which can be given."""
    ordinary: dict[str, Any] = {
        "buckets": [], "amis": [], "plan": False, "yes": True, "terminate_jobs": False, "as_json": False,
    }  # fmt: skip
    return destroy_command.destroy(env, None, **(ordinary | options))


def bucket(sandbox: Sandbox) -> str:
    return str(sandbox.client("s3").list_buckets()["Buckets"][0]["Name"])


def test_all_of_it_goes_though_the_definition_is_gone(
    sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    env = tools.define(tmp_path, storage_policy="ebs-autoscale-policy")
    tools.register(env)
    Path(env).unlink()
    done = len(work(sandbox))
    assert destroy("small", plan=True) == Exit.SOMETHING_TO_DO
    assert len(work(sandbox)) == done
    shown = capsys.readouterr().out
    for kind in ("job queue", "compute env", "job definition", "launch template", "instance profile", "role", "policy",
                 "security group", "log group", "bucket"):  # fmt: skip
        assert f"\n  -  {kind} " in shown, kind
    with pytest.raises(UserError, match="nobody is here to answer"):
        destroy("small", yes=False)
    assert len(work(sandbox)) == done
    assert destroy("small") == Exit.DONE
    assert tools.left(sandbox) == {}
    for plan in (True, False):
        with pytest.raises(UserError, match="there is no environment small"):
            destroy("small", plan=plan)


def test_who_came_before_is_not_thought_of(
    sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("former", "small", "former"):
        tools.register(tools.define(tmp_path, name, storage_policy="ebs-autoscale-policy"))
        assert destroy(name) == Exit.DONE
        assert "stays for" not in capsys.readouterr().err
        assert tools.left(sandbox) == {}


def test_nothing_is_overlooked_where_aws_gives_one_thing_at_a_time(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.world.page = 1  # AWS may give fewer than it was asked for
    try:
        env = tools.define(tmp_path, storage_policy="ebs-autoscale-policy")
        tools.register(env)
        assert tools.steps(env) == {}
        assert destroy("small") == Exit.DONE
        with pytest.raises(UserError, match="there is no environment small"):
            destroy("small", plan=True)
    finally:
        sandbox.world.page = 0
    assert tools.left(sandbox) == {}


def test_what_another_environment_uses_stays_and_works(sandbox: Sandbox, tmp_path: Path, make_ami: MakeAmi) -> None:
    make_ami("image")
    tools.register("genomics", "latest")
    tools.register("salmon", "latest")
    before = set(tools.compute(sandbox))
    assert destroy("genomics") == Exit.DONE
    sandbox.clock.advance(600)  # AWS Batch looks at what is left again
    found = tools.compute(sandbox)
    assert set(found) == {"salmonWorkload", "salmonExcess"} < before
    assert {(each["status"], each["state"]) for each in found.values()} == {("VALID", "ENABLED")}
    assert tools.steps("salmon", "latest") == {}
    left = tools.left(sandbox)
    assert sorted(left["roles"]) == ["ecsInstanceRole", "salmon-job-role"]
    assert left["policies"] == ["bucket-access-policy"]
    document = sandbox.client("iam").get_policy_version(
        PolicyArn="arn:aws:iam::123456789012:policy/bucket-access-policy",
        VersionId=sandbox.client("iam").get_policy(
            PolicyArn="arn:aws:iam::123456789012:policy/bucket-access-policy")["Policy"]["DefaultVersionId"],
    )["PolicyVersion"]["Document"]  # fmt: skip
    assert "genomics" not in str(document)
    assert destroy("salmon") == Exit.DONE
    assert tools.left(sandbox) == {}


def test_data_and_amis_stay_unless_they_are_named(
    sandbox: Sandbox, tmp_path: Path, make_ami: MakeAmi, capsys: pytest.CaptureFixture[str]
) -> None:
    env, ami, s3 = tools.define(tmp_path), make_ami("image"), sandbox.client("s3")
    tools.register(env, ami)
    name = bucket(sandbox)
    s3.delete_bucket_policy(Bucket=name)  # the offline AWS has no TLS
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"one", b"two"):
        s3.put_object(Bucket=name, Key="work/x", Body=body)
    s3.delete_object(Bucket=name, Key="work/x")  # a delete marker hides what is there
    assert destroy(env) == Exit.DONE
    told = capsys.readouterr().out
    assert f"kept    bucket {name}: it holds data" in told
    assert f"kept    AMI {ami}" in told
    assert tools.left(sandbox) == {"buckets": [name]}
    assert destroy(env, plan=True) == Exit.DONE
    with pytest.raises(UserError, match="none of small's"):
        destroy(env, buckets=["another-bucket"])
    assert destroy(env, buckets=[name], amis=[ami]) == Exit.DONE
    assert tools.left(sandbox) == {}
    assert own_images(sandbox) == []
    assert sandbox.client("ec2").describe_snapshots(OwnerIds=["self"])["Snapshots"] == []


def test_an_ami_that_others_run_or_that_kiln_did_not_make_stays(
    sandbox: Sandbox, tmp_path: Path, stock: str, make_ami: MakeAmi
) -> None:
    ami = make_ami("image")
    small, other = tools.define(tmp_path), tools.define(tmp_path, "other")
    tools.register(small, ami)
    tools.register(other, ami)
    with pytest.raises(UserError, match="stays") as caught:
        destroy(small, amis=[ami])
    assert "another compute environment runs it" in caught.value.why
    with pytest.raises(UserError, match="stays") as caught:
        destroy(small, amis=[stock, ami][:1])
    assert "Kiln did not make it" in caught.value.why or "another" in caught.value.why
    assert set(tools.compute(sandbox)) == {"small-one", "other-one"}


def test_jobs_are_listed_and_must_be_confirmed(
    sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    env = tools.define(tmp_path)
    tools.register(env)
    job = tools.run_job(sandbox, "small-low", "small-task")
    with pytest.raises(UserError, match="nobody is here to answer") as caught:
        destroy(env)
    assert "End 1 job?" in caught.value.why
    assert f"{job} (fastqc, RUNNING)" in capsys.readouterr().err
    assert tools.status_of(sandbox, job) == "RUNNING"
    assert destroy(env, terminate_jobs=True) == Exit.DONE
    assert tools.status_of(sandbox, job) == "FAILED"
    assert tools.left(sandbox) == {}


@pytest.mark.parametrize("gone", ["deleted", "trusts another", "has no policy"])
def test_an_environment_whose_role_is_gone_gets_it_back_to_be_deleted(
    sandbox: Sandbox, tmp_path: Path, gone: str
) -> None:
    env, iam = tools.define(tmp_path, service="AWSBatchServiceRole"), sandbox.client("iam")
    tools.register(env)
    arn = "arn:aws:iam::aws:policy/service-role/AWSBatchServiceRole"
    if gone == "trusts another":
        iam.update_assume_role_policy(RoleName="AWSBatchServiceRole", PolicyDocument=trust("ec2.amazonaws.com"))
    else:
        iam.detach_role_policy(RoleName="AWSBatchServiceRole", PolicyArn=arn)
    if gone == "deleted":
        iam.delete_role(RoleName="AWSBatchServiceRole")
    sandbox.clock.advance(600)
    assert tools.compute(sandbox)["small-one"]["status"] == ("VALID" if gone == "has no policy" else "INVALID")
    assert destroy(env) == Exit.DONE
    assert tools.left(sandbox) == {}


def test_a_role_that_is_not_kilns_is_not_repaired(sandbox: Sandbox, tmp_path: Path) -> None:
    env, iam = tools.define(tmp_path, service="AWSBatchServiceRole"), sandbox.client("iam")
    tools.register(env)
    iam.untag_role(RoleName="AWSBatchServiceRole", TagKeys=[ownership.key("small")])
    iam.update_assume_role_policy(RoleName="AWSBatchServiceRole", PolicyDocument=trust("ec2.amazonaws.com"))
    sandbox.clock.advance(600)
    tools.compute(sandbox)
    with pytest.raises(UserError, match="does not trust AWS Batch"):
        destroy(env)
    iam.update_assume_role_policy(RoleName="AWSBatchServiceRole", PolicyDocument=trust("batch.amazonaws.com"))
    sandbox.clock.advance(60)
    assert destroy(env) == Exit.DONE
    assert tools.left(sandbox) == {"roles": ["AWSBatchServiceRole"]}


def test_strangers_keep_what_they_use(sandbox: Sandbox, tmp_path: Path) -> None:
    env, batch, iam = tools.define(tmp_path), sandbox.client("batch"), sandbox.client("iam")
    tools.register(env)
    theirs = tools.compute(sandbox)["small-one"]["computeResources"]
    batch.create_compute_environment(
        computeEnvironmentName="theirs", type="MANAGED",
        computeResources={key: theirs[key] for key in ("type", "maxvCpus", "minvCpus", "instanceTypes", "subnets",
                                                       "securityGroupIds", "instanceRole", "launchTemplate")},
    )  # fmt: skip
    iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=trust("ec2.amazonaws.com"))
    policy = "arn:aws:iam::123456789012:policy/bucket-access-policy"
    iam.attach_role_policy(RoleName="theirs", PolicyArn=policy)
    planned = {each.existing.name: each for each in teardown.prepare(Cloud(), "small").steps if each.action == "keep"}
    assert "the compute environment theirs" in planned["nextflow-al2023"].why
    assert "the compute environment theirs" in planned["ecsInstanceRole"].why
    assert "the compute environment theirs" in planned["small-batch"].why
    assert "the role theirs has it" in planned["bucket-access-policy"].why
    order = [{"order": 1, "computeEnvironment": "small-one"}]
    batch.create_job_queue(jobQueueName="theirs", priority=1, computeEnvironmentOrder=order)
    with pytest.raises(UserError, match="small-one cannot be deleted"):
        destroy(env)
    assert "small-one" in tools.compute(sandbox)


def test_roles_serve_other_regions_too(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = tools.define(tmp_path)
    tools.register(env)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    tools.register(env)
    assert destroy(env) == Exit.DONE
    there = sandbox.client("batch", "us-east-1").describe_compute_environments()["computeEnvironments"]
    assert [each["status"] for each in there] == ["VALID"]
    assert tools.left(sandbox).keys() >= {"roles", "profiles", "policies"}
    monkeypatch.undo()


def test_what_a_rollout_left_half_way_goes_too(
    sandbox: Sandbox, tmp_path: Path, make_ami: MakeAmi, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = tools.define(tmp_path, compute=tools.BEST_FIT)
    tools.register(env)
    tools.run_job(sandbox, "small-low", "small-task")
    ami = make_ami("image")
    with pytest.raises(UserError, match="the end of the jobs"):
        tools.register(env, ami, Options(drain_minutes=1))
    assert len(tools.compute(sandbox)) == 2
    listed = jobs.of

    def pressed(*arguments: Any) -> Any:
        raise Interrupted("SIGINT")

    cloud = Cloud()
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "of", pressed)
        with pytest.raises(Interrupted) as caught:
            teardown.destroy(cloud, "small", Named(), Screen(quiet=True))
    assert "the next invoke destroy-env --env small finishes it" in getattr(caught.value, "left", "")
    assert jobs.of is listed
    assert destroy(env, terminate_jobs=True) == Exit.DONE
    assert tools.left(sandbox) == {}
    assert [tags.as_dict(each["Tags"])[tags.IMAGE] for each in own_images(sandbox)] == ["nextflow-al2023"]
