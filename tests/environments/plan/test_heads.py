"""The job definition of Nextflow's head jobs: its image out of ECR, its variables, its role, its retries."""

from typing import Any

import pytest
from pydantic import ValidationError

from cloud.session import Cloud
from environments.kinds.batch.retry_strategy import read_reasons, render_strategy
from environments.plan.pushed_images import find_pushed
from environments.spec import definitions
from environments.spec.jobs import JobDefinition
from kiln.errors import Exit, Problem
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.container_images import TinyImage, put_tiny
from tests.support.environments import STOCK, Define, Register, Registered

BATCH = "arn:aws:batch:us-east-1:123456789012:job-queue/"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/nextflow@"
HEAD = "job_definitions: {{head: {{ecr: nextflow, job_role: nextflow, memory: 1 GiB{}}}}}\n"


@pytest.fixture
def ecr(sandbox: Sandbox) -> Any:
    client = sandbox.client("ecr")
    client.create_repository(repositoryName="nextflow")
    return client


def describe_head(sandbox: Sandbox, name: str = "nextflow") -> dict[str, Any]:
    """The newest ACTIVE revision."""
    listed = sandbox.client("batch").describe_job_definitions(jobDefinitionName=name, status="ACTIVE")
    return max(listed["jobDefinitions"], key=lambda revision: int(revision["revision"]), default={})


def variables_of(definition: dict[str, Any]) -> dict[str, str]:
    return {entry["name"]: entry["value"] for entry in definition["containerProperties"]["environment"]}


def test_the_head_of_genomics(sandbox: Sandbox, ecr: Any) -> None:
    put_tiny(ecr, "nextflow", TinyImage(), "26.04.6")
    tools.register("genomics")
    head = describe_head(sandbox)
    container, bucket = head["containerProperties"], "s3://genomics-123456789012-us-east-1/_nextflow"
    assert container["image"] == IMAGE + TinyImage().digest
    assert container["jobRoleArn"] == "arn:aws:iam::123456789012:role/NextflowJobRole"
    requirements = {entry["type"]: entry["value"] for entry in container["resourceRequirements"]}
    assert requirements == {"VCPU": "2", "MEMORY": "1024"}
    assert variables_of(head) == {
        "NXF_JVM_ARGS": "-Xmx614m", "NF_LOGSDIR": f"{bucket}/logs", "NF_WORKDIR": f"{bucket}/runs",
        "NF_JOB_QUEUE": f"{BATCH}default", "NF_QUEUES": f"{BATCH}default,{BATCH}highpriority",
    }  # fmt: skip
    assert head["retryStrategy"] == {
        "attempts": 3,
        "evaluateOnExit": [{"onStatusReason": "Host EC2*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}],
    }
    assert head["timeout"] == {"attemptDurationSeconds": 14 * 86400}
    logs = container["logConfiguration"]
    assert logs["options"] == {"awslogs-group": "/aws/batch/job", "awslogs-stream-prefix": "nextflow"}
    queues = {queue["jobQueueName"]: queue for queue in sandbox.client("batch").describe_job_queues()["jobQueues"]}
    [only] = queues["head"]["computeEnvironmentOrder"]
    assert only["computeEnvironment"].endswith("/ondemand")
    assert tools.steps("genomics") == {}


def test_the_head_of_2019_to_the_letter(sandbox: Sandbox, ecr: Any) -> None:
    put_tiny(ecr, "nextflow", TinyImage(), "latest")
    tools.register("genomics-2019")
    head, iam = describe_head(sandbox), sandbox.client("iam")
    assert variables_of(head) == {
        "NF_LOGSDIR": "s3://genomics-2019-123456789012-us-east-1/_nextflow/logs",
        "NF_WORKDIR": "s3://genomics-2019-123456789012-us-east-1/_nextflow/runs",
        "NF_JOB_QUEUE": f"{BATCH}default",
    }
    assert head["retryStrategy"] == {"attempts": 1}
    attached = iam.list_attached_role_policies(RoleName="NextflowJobRole")["AttachedPolicies"]
    names = {"AmazonS3ReadOnlyAccess", "bucket-access-policy", "nextflow-batch-access-policy"}
    assert {policy["PolicyName"] for policy in attached} == names
    policy = "arn:aws:iam::123456789012:policy/nextflow-batch-access-policy"
    [statement] = iam.get_policy_version(PolicyArn=policy, VersionId="v1")["PolicyVersion"]["Document"]["Statement"]
    writes = {"CancelJob", "DeregisterJobDefinition", "RegisterJobDefinition", "SubmitJob", "TerminateJob"}
    assert {*statement["Action"]} == {f"batch:{action}" for action in {*writes, "Describe*", "Get*", "List*"}}
    assert statement["Resource"] == "*"


def test_without_an_image_all_else_is_registered_and_says_what_to_run(
    sandbox: Sandbox, registered: Registered
) -> None:  # fmt: skip
    planned = registered("genomics", STOCK)
    [note] = [note for note in planned["notes"] if "waits for its image" in note]
    assert "invoke nextflow-image --push" in note
    assert describe_head(sandbox) == {}
    assert sandbox.client("iam").get_role(RoleName="NextflowJobRole")
    assert [queue for queue in planned["resources"] if queue["name"] == "head"]


def test_a_head_follows_the_newest_image_and_stays_when_the_repository_is_empty(sandbox: Sandbox, ecr: Any) -> None:
    put_tiny(ecr, "nextflow", TinyImage(b"old"), "1")
    tools.register("genomics")
    sandbox.clock.advance(60)
    put_tiny(ecr, "nextflow", TinyImage(b"new"), "2")
    assert set(tools.steps("genomics")) == {"nextflow"}
    tools.register("genomics")
    assert describe_head(sandbox)["containerProperties"]["image"] == IMAGE + TinyImage(b"new").digest
    ecr.batch_delete_image(repositoryName="nextflow", imageIds=[{"imageTag": "1"}, {"imageTag": "2"}])
    planned = tools.register("genomics")
    assert not planned.something_to_do
    assert describe_head(sandbox)["revision"] == 2


def test_an_image_without_a_tag_is_none(ecr: Any, sandbox: Sandbox) -> None:
    assert find_pushed(Cloud(), "nextflow") is None
    assert find_pushed(Cloud(), "nowhere") is None
    put_tiny(ecr, "nextflow", TinyImage(b"old"), "1")
    put_tiny(ecr, "nextflow", TinyImage(b"new"), "1")
    pushed = find_pushed(Cloud(), "nextflow")
    assert pushed is not None
    assert (pushed.digest, pushed.tags) == (TinyImage(b"new").digest, ("1",))


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        (", image: busybox", "has an image, or under ecr a repository"),
        (", attempts: 1, retry_on: [Host EC2*]", "retry_on needs attempts: 2"),
        (", environment: {A: 's3://{bucket:logs}/x'}", "A names the bucket logs, which is not here"),
        (", environment: {A: '{queue:none}'}", "A names the queue none, which is not here"),
    ],
)
def test_what_a_head_cannot_be(define: Define, more: str, fault: str) -> None:
    with pytest.raises(Problem) as refused:
        definitions.load(define(HEAD.format(more)))
    assert fault in refused.value.output


def test_braces_of_other_programs_stay_as_they_are(register: Register, define: Define, sandbox: Sandbox) -> None:
    env = define("job_definitions: {tool: {image: busybox, memory: 1 GiB, environment: {A: '{\"b\": {heap:1}}'}}}\n")
    assert register(env, STOCK) == Exit.DONE
    assert variables_of(describe_head(sandbox, "tool")) == {"A": '{"b": {heap:1}}'}


def test_a_definition_needs_an_image() -> None:
    with pytest.raises(ValidationError, match="has an image"):
        JobDefinition.model_validate({"memory": "1 GiB"})


def test_rules_of_another_form_differ_from_every_list_of_reasons() -> None:
    rules = render_strategy(3, ["Host EC2*", "Task failed*"])["evaluateOnExit"]
    assert read_reasons(rules) == ("Host EC2*", "Task failed*")
    assert read_reasons([{**rule, "action": rule["action"].capitalize()} for rule in rules]) == read_reasons(rules)
    assert read_reasons([]) == ()
    assert read_reasons([{"onExitCode": "137", "action": "RETRY"}]) == ("action RETRY, onExitCode 137",)
    assert read_reasons(rules[:1]) not in (("Host EC2*",), ())
