"""NextflowJobRole as register-env makes it: enough for a head's calls, each statement needed, nothing beyond."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cloud.session import Cloud
from environments.commands import environment as commands
from environments.rollout.options import Options
from sandbox.inprocess import Sandbox
from tests.support.container_images import TinyImage, put_tiny

BUCKET = "genomics-123456789012-us-east-1"
BATCH = "arn:aws:batch:us-east-1:123456789012:"
ROLE, POLICY = "NextflowJobRole", "arn:aws:iam::123456789012:policy/nextflow-batch-access-policy"
TASKS = "arn:aws:iam::123456789012:role/genomics-job-role"
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}
ASKED = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]
CLUSTER = "ondemand_Batch_00000000-0000-0000-0000-000000000000"
ECS = "arn:aws:ecs:us-east-1:123456789012:"
Client = Callable[[str], Any]


def trust(sandbox: Sandbox) -> None:
    """Let this process assume the role, as ECS does for a job."""
    trusted = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trusted]})
    sandbox.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=document)
    sandbox.clock.advance(60)


def become_head(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    arn = f"arn:aws:iam::123456789012:role/{ROLE}"
    keys = sandbox.client("sts").assume_role(RoleArn=arn, RoleSessionName="head", DurationSeconds=3600)["Credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", keys["SessionToken"])
    return Cloud()


@pytest.fixture
def genomics(sandbox: Sandbox) -> Sandbox:
    """`genomics` as its operator registers it, a job of nobody's run, and a queue and a definition of others."""
    ecr = sandbox.client("ecr")
    ecr.create_repository(repositoryName="nextflow")
    put_tiny(ecr, "nextflow", TinyImage(), "26.04.6")
    commands.register("genomics", "ecs-optimized", None, Options(), plan=False, yes=True, verbose=False, as_json=False)
    sandbox.client("s3").delete_bucket_policy(Bucket=BUCKET)  # the offline AWS has no TLS here
    sandbox.client("s3").create_bucket(Bucket="theirs")
    batch = sandbox.client("batch")
    register(batch, "theirs")
    batch.create_job_queue(
        jobQueueName="theirs", priority=1, computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "ondemand"}]
    )
    trust(sandbox)
    return sandbox


def register(batch: Any, name: str = "nf-tool", **container: str) -> None:
    properties = {"image": "tool", "command": ["true"], "resourceRequirements": ASKED, **container}
    batch.register_job_definition(
        jobDefinitionName=name, type="container", containerProperties=properties,
        tags={"nextflow.io/version": "26.04.6"},
    )  # fmt: skip


def submit(batch: Any, queue: str = "default", definition: str = "nf-tool:1", **more: Any) -> str:
    labels = more or {"tags": {"kiln:run": "one"}, "propagateTags": True}
    return str(batch.submit_job(jobName="a", jobQueue=queue, jobDefinition=definition, **labels)["jobId"])


def run(client: Client) -> Iterator[Callable[[], Any]]:
    """What a head and its entrypoint call, in their order."""
    s3, batch, ecs = client("s3"), client("batch"), client("ecs")
    lock = "_nextflow/heads/one/lock.json"
    yield lambda: s3.put_object(Bucket=BUCKET, Key=lock, Body=b"{}", IfNoneMatch="*")
    yield lambda: s3.list_objects_v2(Bucket=BUCKET, Prefix="_nextflow/projects/")
    yield lambda: s3.get_object(Bucket=BUCKET, Key=lock)
    yield lambda: s3.delete_object(Bucket=BUCKET, Key=lock)
    yield lambda: batch.list_jobs(jobQueue="default", jobStatus="RUNNABLE")
    yield lambda: batch.describe_job_definitions(jobDefinitionName="nf-tool", status="ACTIVE")
    yield lambda: register(batch, jobRoleArn=TASKS)
    jobs: list[str] = []
    yield lambda: jobs.append(submit(batch))
    yield lambda: batch.describe_jobs(jobs=jobs or ["none"])
    yield lambda: batch.terminate_job(jobId=(jobs or ["none"])[0], reason="Job killed by NF")
    yield lambda: ecs.describe_tasks(cluster=CLUSTER, tasks=[f"{ECS}task/{CLUSTER}/1"])
    yield lambda: ecs.describe_container_instances(
        cluster=CLUSTER, containerInstances=[f"{ECS}container-instance/{CLUSTER}/1"]
    )
    yield client("ec2").describe_instances
    yield lambda: client("logs").get_log_events(logGroupName="/aws/batch/job", logStreamName="nf/default/1")


def list_denials(sandbox: Sandbox, cloud: Cloud) -> set[str]:
    """Do every call of a run; the operations that were denied."""
    sandbox.calls.clear()
    for call in run(cloud.client):
        try:
            call()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            assert code in DENIED or "NotFound" in code or code in ("ClientException", "NoSuchKey", "404"), error
    return {call.action for call in sandbox.calls.all() if call.error in DENIED}


def write(sandbox: Sandbox, statements: list[dict[str, Any]]) -> None:
    """Give the policy this document."""
    iam = sandbox.client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.create_policy_version(PolicyArn=POLICY, PolicyDocument=document, SetAsDefault=True)
    sandbox.clock.advance(60)
    for version in iam.list_policy_versions(PolicyArn=POLICY)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=POLICY, VersionId=version["VersionId"])


def read(sandbox: Sandbox) -> list[dict[str, Any]]:
    iam = sandbox.client("iam")
    version = iam.get_policy(PolicyArn=POLICY)["Policy"]["DefaultVersionId"]
    answer = iam.get_policy_version(PolicyArn=POLICY, VersionId=version)["PolicyVersion"]["Document"]["Statement"]
    statements: list[dict[str, Any]] = answer
    return statements


def test_the_role_is_enough_for_a_head(genomics: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list_denials(genomics, become_head(genomics, monkeypatch)) == set()
    made = {call.action for call in genomics.calls.all()}
    assert {"SubmitJob", "RegisterJobDefinition", "TerminateJob", "GetLogEvents", "ListJobs"} <= made


def test_every_statement_is_missed(genomics: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read(genomics)
    operator = {name: genomics.client(name) for name in ("iam", "sts")}
    monkeypatch.setattr(genomics, "client", lambda name: operator[name])
    assert len(whole) == 9
    for missing in whole:
        write(genomics, [statement for statement in whole if statement is not missing])
        assert list_denials(genomics, become_head(genomics, monkeypatch)), missing["Sid"]


OUTSIDE: dict[str, Callable[[Client], Any]] = {
    "a definition of another name": lambda client: register(client("batch"), "theirs"),
    "the machines' role": lambda client: register(
        client("batch"), jobRoleArn="arn:aws:iam::123456789012:role/ecsInstanceRole"
    ),
    "its own role": lambda client: register(client("batch"), jobRoleArn=f"arn:aws:iam::123456789012:role/{ROLE}"),
    "another queue": lambda client: submit(client("batch"), "theirs"),
    "another definition": lambda client: submit(client("batch"), "default", "theirs:1"),
    "the head's own definition": lambda client: submit(client("batch"), "head", "nextflow"),
    "tags of another definition": lambda client: client("batch").tag_resource(
        resourceArn=f"{BATCH}job-definition/theirs:1", tags={"a": "b"}
    ),
    "a definition's end": lambda client: client("batch").deregister_job_definition(jobDefinition="theirs:1"),
    "a queue's end": lambda client: client("batch").delete_job_queue(jobQueue="default"),
    "a compute environment": lambda client: client("batch").update_compute_environment(
        computeEnvironment="spot", computeResources={"maxvCpus": 9999}
    ),
    "another log": lambda client: client("logs").get_log_events(logGroupName="/theirs", logStreamName="x"),
    "another bucket": lambda client: client("s3").put_object(Bucket="theirs", Key="x", Body=b""),
    "a bucket's policy": lambda client: client("s3").put_bucket_policy(Bucket=BUCKET, Policy="{}"),
    "a machine": lambda client: client("ec2").terminate_instances(InstanceIds=["i-0123456789abcdef0"]),
    "a role": lambda client: client("iam").attach_role_policy(RoleName=ROLE, PolicyArn=POLICY),
}  # fmt: skip


def test_nothing_outside_is_allowed(genomics: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    nobodys = submit(genomics.client("batch"), "default", "theirs:1", tags={"kiln:other": "x"})
    cloud = become_head(genomics, monkeypatch)
    register(cloud.client("batch"))
    outside = {
        **OUTSIDE,
        "ending a job of no run": lambda client: client("batch").terminate_job(jobId=nobodys, reason="x"),
        "cancelling it": lambda client: client("batch").cancel_job(jobId=nobodys, reason="x"),
    }
    for name, call in outside.items():
        with pytest.raises(ClientError) as refused:
            call(cloud.client)
        assert refused.value.response["Error"]["Code"] in DENIED, name
