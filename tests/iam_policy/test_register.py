"""Registering an environment under exactly the printed policy; and without each of its statements."""

from pathlib import Path

import pytest

from cloud.policy import Permission, Scope
from cloud.session import Cloud
from environments.commands import destroy as destroy_command
from environments.commands import environment as commands
from environments.commands import inventory, operator_policy
from environments.kinds.ec2 import launch_templates as templates
from environments.kinds.ec2 import security_groups
from environments.plan.prepare import prepare
from environments.rollout.options import Options
from environments.spec import definitions
from jobs.needs import needs as jobs_need
from kiln.errors import Exit
from sandbox.inprocess import Sandbox
from tests.support import environments
from tests.support.container_images import TinyImage, put_tiny
from tests.support.denied import Become, told
from tests.support.removal import is_narrow, narrowed
from tests.support.trust import trust

DENIALS = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}


def permissions(name: str) -> list[Permission]:
    return list(operator_policy.list_permissions([definitions.load(name)], Scope(), others=[jobs_need]))


def register(name: str, *, ami: str = "ecs-optimized", options: Options = environments.ORDINARY) -> int:
    return commands.register(name, ami, None, options, plan=False, yes=True, verbose=False, as_json=False)


def denied(sandbox: Sandbox) -> list[tuple[str, str]]:
    return [(call.service, call.action) for call in sandbox.calls.all() if call.error in DENIALS]


@pytest.fixture
def pushed(sandbox: Sandbox) -> None:
    """The image of head jobs is in ECR, as nextflow-image --push leaves it."""
    ecr = sandbox.client("ecr")
    ecr.create_repository(repositoryName="nextflow")
    put_tiny(ecr, "nextflow", TinyImage(), "26.04.6")


@pytest.mark.usefixtures("pushed")
@pytest.mark.parametrize("name", ["genomics", "salmon", "genomics-2019"])
def test_the_policy_is_enough(sandbox: Sandbox, become: Become, name: str) -> None:
    become(permissions(name))
    assert register(name) == Exit.DONE
    assert register(name) == Exit.DONE
    assert denied(sandbox) == []


def test_the_policy_of_a_definition_is_enough_for_what_it_no_longer_names(
    sandbox: Sandbox, become: Become, tmp_path: Path
) -> None:
    env = narrowed(tmp_path)
    job = environments.run_job(sandbox, "small-gone", "small-task")
    become(permissions(env))
    assert register(env, options=Options(terminate_jobs=True)) == Exit.DONE
    is_narrow(sandbox)
    assert environments.status_of(sandbox, job) == "FAILED"
    assert denied(sandbox) == []


SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:licence-a1B2c3"


@pytest.mark.parametrize("role", ["environment", "arn:aws:iam::123456789012:role/theirs/execution"])
def test_the_policy_is_enough_for_jobs_with_secrets_and_their_execution_role(
    sandbox: Sandbox, become: Become, tmp_path: Path, role: str
) -> None:
    env = Path(environments.define(tmp_path))
    job = f"  small-secret: {{image: busybox, memory: 512 MiB, secrets: {{A: '{SECRET}'}}, execution_role: '{role}'}}\n"
    env.write_text(env.read_text() + job)
    sandbox.client("iam").create_role(
        Path="/theirs/", RoleName="execution", AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com")
    )
    sandbox.clock.advance(60)
    become(permissions(str(env)))
    assert register(str(env)) == Exit.DONE
    assert register(str(env)) == Exit.DONE
    assert denied(sandbox) == []
    done = destroy_command.destroy(
        str(env), None, buckets=[], amis=[], plan=False, yes=True, terminate_jobs=False, as_json=False
    )
    assert done == Exit.DONE
    left = environments.left(sandbox)
    assert all(name.startswith(("kiln-ci", "execution")) for name in (*left["roles"], *left["policies"]))


# Those of other commands have their own tests.
OTHERS = ("Images", "Doctor", "Jobs", "Canary", "Memory")
PERMISSIONS = [each for each in permissions("genomics") if not each.sid.startswith(OTHERS)]


def everything(sandbox: Sandbox) -> None:
    """Register it, and again without a queue that it had; another environment begins to use its security group and
    template, and leaves again; take it down with a job that runs and a bucket that holds something."""
    assert register("genomics") == Exit.DONE
    sandbox.client("batch").create_job_queue(
        jobQueueName="retired", priority=1, tags={"kiln:env:genomics": "now"},
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "ondemand"}],
    )  # fmt: skip
    assert register("genomics") == Exit.DONE
    cloud = Cloud()
    found = next(each for each in inventory.list_environments(cloud) if each.name == "genomics")
    assert found.healthy
    planned = prepare(cloud, definitions.load("genomics"), "ecs-optimized")
    for kind in (security_groups, templates):
        [step] = planned.of(kind)
        assert step.existing
        kind.tag(cloud, step.existing, {"kiln:env:other": "now"})
        kind.untag(cloud, step.existing, ["kiln:env:other"])
    name = _used(sandbox)
    done = destroy_command.destroy(
        "genomics", None, buckets=[name], amis=[], plan=False, yes=True, terminate_jobs=True, as_json=False
    )
    assert done == Exit.DONE


def _used(sandbox: Sandbox) -> str:
    """Somebody has submitted a job, and put an object into the bucket; its name."""
    batch, s3 = sandbox.client("batch"), sandbox.client("s3")
    batch.register_job_definition(
        jobDefinitionName="hello", type="container",
        containerProperties={"image": "busybox", "resourceRequirements": [
            {"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]},
    )  # fmt: skip
    batch.submit_job(jobName="hello", jobQueue="default", jobDefinition="hello")
    name = str(s3.list_buckets()["Buckets"][0]["Name"])
    s3.delete_bucket_policy(Bucket=name)  # the offline AWS has no TLS
    s3.put_object(Bucket=name, Key="work/x", Body=b"x")
    return name


def test_the_policy_is_enough_to_take_it_down_again(sandbox: Sandbox, become: Become) -> None:
    become(permissions("genomics"))
    everything(sandbox)
    left = environments.left(sandbox)
    assert left.keys() == {"job definitions", "roles", "policies"}
    assert all(name.startswith("kiln-ci") for name in (*left["roles"], *left["policies"]))


@pytest.mark.usefixtures("pushed")
@pytest.mark.parametrize("missing", PERMISSIONS, ids=lambda each: each.sid)
def test_without_a_statement_kiln_says_what_is_missing(sandbox: Sandbox, become: Become, missing: Permission) -> None:
    become([each for each in permissions("genomics") if each.sid != missing.sid])
    error = told(lambda: everything(sandbox))
    assert denied(sandbox)
    assert "may not call" in str(error)
    if missing.sid != "Buckets":  # S3 does not tell a bucket of somebody else's from a denial
        assert error.hint.partition("Allow the action ")[2].partition(" ")[0] in missing.actions
