"""The container definition and the task that Batch makes of a job."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.batch.jobs import attempts
from sandbox.batch.model import records
from sandbox.batch.model.job import Fields
from sandbox.batch.tasks import asked, container
from sandbox.ecs.model.records import ContainerInstance, TaskAsked
from sandbox.inprocess import Sandbox

Create = Callable[..., str]
ROLE = "arn:aws:iam::123456789012:role/job"
INSTANCE = ContainerInstance("arn:i", "arn:c", "i-1", 0.0, attributes=[
    {"name": "ecs.instance-type", "value": "c5.2xlarge"}])  # fmt: skip


@pytest.fixture
def made(sandbox: Sandbox, batch: Any, made: Create, queue: Create, submit: Create) -> Callable[..., TaskAsked]:
    """What ECS is asked for a job of a definition with these containerProperties."""
    made()
    queue("one")

    def make(
        properties: Fields | None = None, name: str = "other", defined: Fields | None = None, **changes: Any
    ) -> TaskAsked:
        amounts = {} if "resourceRequirements" in (properties or {}) else {"vcpus": 2, "memory": 512}
        batch.register_job_definition(
            jobDefinitionName=name,
            type="container",
            containerProperties={"image": "busybox", **amounts, **(properties or {})},
            **(defined or {}),
        )
        job_id = submit(jobDefinition=name, **changes)
        sandbox.clock.advance(2)
        with sandbox.world.lock:
            table = records.of("us-east-1")
            job = table.jobs[job_id]
            attempts.begin(table, job, next(iter(table.environments.values())).arn, INSTANCE.arn)
            return asked.make(table, job, INSTANCE)

    return make


def environment(task: TaskAsked) -> dict[str, str]:
    return {variable["name"]: variable["value"] for variable in task.container["environment"]}


def test_a_plain_job(made: Callable[..., TaskAsked]) -> None:
    task = made({"command": ["true"]})
    assert (task.family, task.revision, task.vcpus, task.type_vcpus) == ("other", 1, 2, 8)
    assert (task.role_arn, task.execution_role_arn, task.tags, task.volumes) == ("", "", {}, [])
    assert {key: value for key, value in task.container.items() if key != "environment"} == {
        "name": "default",
        "image": "busybox",
        "essential": True,
        "command": ["true"],
        "cpu": 2048,
        "memory": 512,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": "/aws/batch/job",
                "awslogs-region": "us-east-1",
                "awslogs-stream-prefix": "other",
            },
        },
    }
    own = environment(task)
    assert own.keys() == {"AWS_BATCH_CE_NAME", "AWS_BATCH_JQ_NAME", "AWS_BATCH_JOB_ID", "AWS_BATCH_JOB_ATTEMPT"}
    assert (own["AWS_BATCH_CE_NAME"], own["AWS_BATCH_JQ_NAME"], own["AWS_BATCH_JOB_ATTEMPT"]) == ("one", "queue", "1")


PROPERTIES: Fields = {
    "command": ["cp", "Ref::a", "b"],
    "user": "nobody",
    "privileged": True,
    "readonlyRootFilesystem": True,
    "jobRoleArn": ROLE,
    "executionRoleArn": f"{ROLE}-execution",
    "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}],
    "volumes": [
        {"name": "conda", "host": {"sourcePath": "/home/ec2-user/miniconda"}},
        {"name": "files", "efsVolumeConfiguration": {"fileSystemId": "fs-01234567", "rootDirectory": "/x"}},
    ],
    "mountPoints": [{"sourceVolume": "conda", "containerPath": "/home/ec2-user/miniconda", "readOnly": True}],
    "secrets": [{"name": "KEY", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/key"}],
    "repositoryCredentials": {
        "credentialsParameter": "arn:aws:secretsmanager:us-east-1:123456789012:secret:login"
    },
    "linuxParameters": {
        "initProcessEnabled": True,
        "sharedMemorySize": 64,
        "maxSwap": 128,
        "swappiness": 10,
        "devices": [{"hostPath": "/dev/fuse"}],
        "tmpfs": [{"containerPath": "/scratch", "size": 16}],
    },
    "resourceRequirements": [
        {"type": "VCPU", "value": "4"}, {"type": "MEMORY", "value": "1024"}, {"type": "GPU", "value": "1"},
    ],
}  # fmt: skip


def test_all_that_a_definition_says(made: Callable[..., TaskAsked]) -> None:
    variables = [{"name": "A", "value": "1"}, {"name": "EMPTY"}]
    task = made(PROPERTIES, parameters={"a": "x"}, containerOverrides={"environment": variables})
    found = task.container
    assert (task.role_arn, task.execution_role_arn) == (ROLE, f"{ROLE}-execution")
    assert task.volumes == PROPERTIES["volumes"]
    same = (
        "user",
        "privileged",
        "readonlyRootFilesystem",
        "ulimits",
        "mountPoints",
        "secrets",
        "repositoryCredentials",
    )
    assert {name: found[name] for name in same} == {name: PROPERTIES[name] for name in same}
    assert found["linuxParameters"] == {
        **PROPERTIES["linuxParameters"],
        "devices": [{"hostPath": "/dev/fuse", "permissions": []}],
        "tmpfs": [{"containerPath": "/scratch", "size": 16, "mountOptions": []}],
    }
    assert found["resourceRequirements"] == [{"type": "GPU", "value": "1"}]
    assert (found["command"], found["cpu"], found["memory"]) == (["cp", "x", "b"], 4096, 1024)
    assert (environment(task)["A"], environment(task)["EMPTY"]) == ("1", "")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"logDriver": "json-file", "options": {"max-size": "10m"}},
         {"logDriver": "json-file", "options": {"max-size": "10m"}}),
        ({"logDriver": "awslogs", "options": {"awslogs-group": "mine"}},
         {"logDriver": "awslogs", "options": {"awslogs-group": "mine", "awslogs-region": "us-east-1",
                                              "awslogs-stream-prefix": "other"}}),
        ({"logDriver": "awslogs", "options": {"awslogs-stream-prefix": "run"}},
         {"logDriver": "awslogs", "options": {"awslogs-group": "/aws/batch/job", "awslogs-region": "us-east-1",
                                              "awslogs-stream-prefix": "run"}}),
    ],
)  # fmt: skip
def test_logs(made: Callable[..., TaskAsked], given: Fields, expected: Fields) -> None:
    assert made({"logConfiguration": given}).container["logConfiguration"] == expected


def test_the_stream_of_a_long_name(made: Callable[..., TaskAsked]) -> None:
    """A name has at most 128 characters here and on AWS; the law holds where older names are longer."""
    options = made(name="n" * 128).container["logConfiguration"]["options"]
    assert options["awslogs-stream-prefix"] == "n" * 128
    assert options["awslogs-group"] == container.LOG_GROUP


def test_tags_go_to_the_task_where_they_are_propagated(made: Callable[..., TaskAsked]) -> None:
    defined = {"tags": {"a": "definition", "b": "definition"}}
    assert made(defined=defined, tags={"a": "job"}).tags == {}
    assert made(defined=defined, tags={"a": "job"}, propagateTags=True).tags == {"a": "job", "b": "definition"}
    assert made(defined={**defined, "propagateTags": True}).tags == {"a": "definition", "b": "definition"}
    assert made(defined={**defined, "propagateTags": True}, propagateTags=False).tags == {}
