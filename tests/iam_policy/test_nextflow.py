"""The policy of whoever runs Nextflow: enough for the calls of a run, each statement needed, and nothing beyond."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cloud.policy import Permission, Scope
from cloud.session import Cloud
from environments.commands import environment as commands
from environments.permissions.nextflow import list_nextflow_permissions
from environments.rollout.options import Options
from environments.spec import definitions
from sandbox.inprocess import Sandbox
from tests.support.cli import Cli
from tests.support.denied import Become

READS = "our-references"
GENOMICS = definitions.load("genomics")
SPEC = GENOMICS.model_copy(update={"roles": GENOMICS.roles.model_copy(update={"s3_read": (READS,)})})
BUCKET = "genomics-123456789012-us-east-1"
SCOPE = Scope("us-east-1", "123456789012")
PERMISSIONS = list_nextflow_permissions([SPEC], SCOPE)
ROLE = "arn:aws:iam::123456789012:role/genomics-job-role"
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}
QUEUE, DEFINITION = "default", "nf-quay-io-nextflow-bash"
ASKED = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "1024"}]


@pytest.fixture
def environment(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    """`genomics`, as its operator has registered it, and a bucket that it may read."""
    commands.register("genomics", "ecs-optimized", None, Options(), plan=False, yes=True, verbose=False, as_json=False)
    sandbox.client("s3").delete_bucket_policy(Bucket=BUCKET)  # the offline AWS has no TLS
    sandbox.client("s3").create_bucket(Bucket=READS)
    sandbox.client("s3").put_object(Bucket=READS, Key="phase3/x", Body=b"x")
    sandbox.clock.advance(60)


def register(batch: Any, name: str = DEFINITION, **container: str) -> None:
    properties = {"image": "quay.io/nextflow/bash", "command": ["true"], "resourceRequirements": ASKED, **container}
    batch.register_job_definition(
        jobDefinitionName=name, type="container", containerProperties=properties, parameters={"nf-token": "1"},
        tags={"nextflow.io/version": "26.04.6"},
    )  # fmt: skip


def submit(batch: Any, queue: str = QUEUE, definition: str = f"{DEFINITION}:1") -> str:
    return str(batch.submit_job(
        jobName="ONE_1", jobQueue=queue, jobDefinition=definition, tags={"kiln:session": "1"}, propagateTags=True,
        containerOverrides={"command": ["bash", "-c", "true"], "resourceRequirements": ASKED},
    )["jobId"])  # fmt: skip


def run(client: Callable[[str], Any]) -> Any:
    """The calls of a real run in their order, as they were recorded; what is denied goes on, as far as it can."""
    s3, batch, ecs = client("s3"), client("batch"), client("ecs")
    compute = client("batch").describe_compute_environments
    yield s3.list_buckets
    yield lambda: s3.get_bucket_acl(Bucket=BUCKET)
    for key in ("work/", "work/ab/cd/.command.run", "work/ab/cd/.command.sh"):
        yield lambda: s3.list_objects(Bucket=BUCKET, Prefix="work/ab/cd", MaxKeys=2)
        yield lambda key=key: s3.put_object(Bucket=BUCKET, Key=key, Body=b"", ServerSideEncryption="AES256")
    yield lambda: s3.list_objects_v2(Bucket=READS, Prefix="phase3/")
    yield lambda: s3.get_object(Bucket=READS, Key="phase3/x")
    yield lambda: batch.describe_job_definitions(jobDefinitionName=DEFINITION, status="ACTIVE")
    yield lambda: register(batch, jobRoleArn=ROLE)
    job: list[str] = []
    yield lambda: job.append(submit(batch))
    yield lambda: batch.describe_jobs(jobs=job or ["none"])
    yield lambda: batch.describe_job_queues(jobQueues=[QUEUE])
    yield compute
    cluster = "ondemand_Batch_00000000-0000-0000-0000-000000000000"
    arn = "arn:aws:ecs:us-east-1:123456789012:"
    yield lambda: ecs.describe_tasks(cluster=cluster, tasks=[f"{arn}task/{cluster}/1"])
    yield lambda: ecs.describe_container_instances(
        cluster=cluster, containerInstances=[f"{arn}container-instance/{cluster}/1"]
    )
    yield client("ec2").describe_instances
    yield lambda: s3.head_object(Bucket=BUCKET, Key="work/ab/cd/.command.run")
    yield lambda: s3.get_object(Bucket=BUCKET, Key="work/ab/cd/.command.run")
    source = {"Bucket": BUCKET, "Key": "work/ab/cd/.command.sh"}
    yield lambda: s3.copy_object(Bucket=BUCKET, Key="results/out", CopySource=source)
    yield lambda: client("logs").get_log_events(logGroupName=SPEC.log_group.name, logStreamName="nf/default/1")
    yield lambda: batch.terminate_job(jobId=(job or ["none"])[0], reason="Job killed by NF")


def denials(sandbox: Sandbox) -> set[str]:
    """Do every call of a run; the operations that were denied."""
    sandbox.calls.clear()
    cloud = Cloud()
    for call in run(cloud.client):
        try:
            call()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            assert code in DENIED or "NotFound" in code or code in ("ClientException", "NoSuchKey", "404"), error
    return {call.action for call in sandbox.calls.all() if call.error in DENIED}


@pytest.mark.usefixtures("environment")
def test_section_4_the_policy_is_enough_for_a_run(sandbox: Sandbox, become: Become) -> None:
    become(PERMISSIONS)
    assert denials(sandbox) == set()
    made = {call.action for call in sandbox.calls.all()}
    assert {"SubmitJob", "RegisterJobDefinition", "TerminateJob", "GetLogEvents"} <= made


@pytest.mark.usefixtures("environment")
def test_section_4_every_statement_is_missed(sandbox: Sandbox, become: Become) -> None:
    for missing in PERMISSIONS:
        become([permission for permission in PERMISSIONS if permission is not missing])
        assert denials(sandbox), missing.sid


OUTSIDE: dict[str, Callable[[Callable[[str], Any]], Any]] = {
    "a definition of another name": lambda client: register(client("batch"), "theirs"),
    "the machines' role": lambda client: register(
        client("batch"), jobRoleArn="arn:aws:iam::123456789012:role/ecsInstanceRole"
    ),
    "another queue": lambda client: submit(client("batch"), "theirs"),
    "another definition": lambda client: submit(client("batch"), QUEUE, "theirs:1"),
    "tags of another definition": lambda client: client("batch").tag_resource(
        resourceArn="arn:aws:batch:us-east-1:123456789012:job-definition/theirs:1", tags={"a": "b"}
    ),
    "a queue's end": lambda client: client("batch").delete_job_queue(jobQueue=QUEUE),
    "a compute environment": lambda client: client("batch").update_compute_environment(
        computeEnvironment="spot", computeResources={"maxvCpus": 9999}
    ),
    "another bucket": lambda client: client("s3").put_object(Bucket="theirs", Key="x", Body=b""),
    "writing where it reads": lambda client: client("s3").put_object(Bucket=READS, Key="x", Body=b""),
    "a bucket's policy": lambda client: client("s3").put_bucket_policy(Bucket=BUCKET, Policy="{}"),
    "another log": lambda client: client("logs").get_log_events(logGroupName="/theirs", logStreamName="x"),
    "a machine": lambda client: client("ec2").terminate_instances(InstanceIds=["i-0123456789abcdef0"]),
    "a role": lambda client: client("iam").attach_role_policy(
        RoleName="genomics-job-role", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    ),
}  # fmt: skip


@pytest.mark.usefixtures("environment")
def test_section_4_nothing_outside_is_allowed(sandbox: Sandbox, become: Become) -> None:
    batch, s3 = sandbox.client("batch"), sandbox.client("s3")
    register(batch, "theirs")
    s3.create_bucket(Bucket="theirs")
    order = [{"order": 1, "computeEnvironment": "ondemand"}]
    batch.create_job_queue(jobQueueName="theirs", priority=1, computeEnvironmentOrder=order)
    become(PERMISSIONS)
    cloud = Cloud()
    register(cloud.client("batch"))
    for name, call in OUTSIDE.items():
        with pytest.raises(ClientError) as refused:
            call(cloud.client)
        assert refused.value.response["Error"]["Code"] in DENIED, name


def test_section_4_roles_are_passed_to_tasks_alone() -> None:
    [passing] = [permission for permission in PERMISSIONS if "iam:PassRole" in permission.actions]
    assert passing == Permission(
        "NextflowPassToTasks", ("iam:PassRole",), (ROLE,),
        {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
    )  # fmt: skip


def test_section_4_as_a_person_types_it(tmp_path: Path) -> None:
    invoke = Cli(tmp_path)
    printed = invoke("iam-policy", "--for", "nextflow", "--env", "genomics", "--region", "us-east-1").stdout
    assert '"arn:aws:batch:us-east-1:*:job-queue/highpriority"' in printed
    assert "iam:CreateRole" not in printed
    refused = invoke("iam-policy", "--for", "snakemake", code=1).stderr
    assert "✗ iam-policy does not know snakemake" in refused
    assert "--for takes nextflow" in refused
    assert "administrator" in refused
