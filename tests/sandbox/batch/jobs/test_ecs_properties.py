"""Jobs whose definition has ecsProperties: one container, with a time to end in."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.batch.jobs import running as job_running
from sandbox.batch.model import records
from sandbox.ecs import running as ecs
from sandbox.inprocess import Sandbox
from tests.support.agents import AgentDouble
from tests.support.trust import trust

Create = Callable[..., str]
Job = Callable[[str], dict[str, Any]]
AMOUNTS = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]
CONTAINER: dict[str, Any] = {
    "name": "head",
    "image": "nextflow",
    "command": ["run", "Ref::pipeline"],
    "essential": True,
    "resourceRequirements": AMOUNTS,
    "mountPoints": [{"sourceVolume": "work", "containerPath": "/work"}],
    "stopTimeout": 120,
}
TASK: dict[str, Any] = {
    "containers": [CONTAINER],
    "volumes": [{"name": "work", "host": {"sourcePath": "/work"}}],
    "taskRoleArn": "arn:aws:iam::123456789012:role/head",
}


@pytest.fixture
def register(batch: Any) -> Callable[..., str]:
    def make(task: dict[str, Any] | None = None, **changes: Any) -> str:
        given = {**TASK, **(task or {})}
        given["containers"] = [{**container, **changes} for container in given["containers"]]
        return str(
            batch.register_job_definition(
                jobDefinitionName="head",
                type="container",
                parameters={"pipeline": "a"},
                ecsProperties={"taskProperties": [given]},
            )["jobDefinitionArn"]
        )

    return make


@pytest.fixture
def agents(sandbox: Sandbox) -> Iterator[AgentDouble]:
    with AgentDouble(sandbox) as double:
        yield double


def test_it_is_described_as_it_was_given(batch: Any, register: Callable[..., str]) -> None:
    [found] = batch.describe_job_definitions(jobDefinitions=[register()])["jobDefinitions"]
    assert found["ecsProperties"] == {"taskProperties": [TASK]}
    assert "containerProperties" not in found


def test_it_runs_and_has_its_time_to_end_in(
    sandbox: Sandbox, agents: AgentDouble, batch: Any, iam: Any, running: Callable[..., str], waiting: Create, job: Job,
    register: Callable[..., str], trusted: str,
) -> None:  # fmt: skip
    register({"taskRoleArn": trusted})
    agents.script("nextflow", seconds=None)
    changed = {"command": ["Ref::pipeline", "b"], "environment": [{"name": "A", "value": "1"}]}
    override = {"taskProperties": [{"containers": [{"name": "head", **changed}]}]}
    job_id = waiting(jobDefinition="head", ecsPropertiesOverride=override)
    table = records.of("us-east-1")
    environment = next(iter(table.environments.values()))
    agents.join(running(InstanceType="c5.2xlarge"), environment.cluster.rpartition("/")[2])
    with sandbox.world.lock:
        (instance,) = ecs.list_instances("us-east-1", environment.cluster)
        job_running.begin(table, table.jobs[job_id], environment, instance)
    sandbox.clock.advance(5)
    [payload] = agents.payloads
    [container] = payload["containers"]
    assert (container["name"], container["stopTimeout"], container["command"]) == ("head", 120, ["a", "b"])
    assert container["environment"]["A"] == "1"
    batch.terminate_job(jobId=job_id, reason="enough")
    sandbox.clock.advance(115)
    assert job(job_id)["status"] == "RUNNING"
    sandbox.clock.advance(10)
    found = job(job_id)
    assert (found["status"], found["container"]) == ("FAILED", {})
    [task] = found["ecsProperties"]["taskProperties"]
    [told] = task["containers"]
    [attempt] = found["attempts"]
    assert (told["exitCode"], told["command"], told["stopTimeout"]) == (137, ["a", "b"], 120)
    assert told["logStreamName"] == f"head/head/{task['taskArn'].rpartition('/')[2]}"
    assert (task["taskRoleArn"], task["volumes"]) == (trusted, TASK["volumes"])
    assert attempt["taskProperties"][0]["taskArn"] == task["taskArn"]
    assert attempt["taskProperties"][0]["containers"] == [
        {name: told[name] for name in ("name", "exitCode", "logStreamName", "networkInterfaces")}
    ]


@pytest.fixture
def trusted(iam: Any) -> str:
    made = iam.create_role(RoleName="head", AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"))
    return str(made["Role"]["Arn"])


def test_what_is_refused(batch: Any, register: Callable[..., str], submit: Create, denied: Any, refused: Any) -> None:
    with denied("stopTimeout must be at least 2"):
        register(stopTimeout=1)
    with denied("Memory is not provided."):
        register(resourceRequirements=AMOUNTS[:1])
    with denied("must be essential"):
        register(essential=False)
    for task in ({"containers": [CONTAINER, {**CONTAINER, "name": "other"}]}, {"pidMode": "task"}):
        with refused("NotImplemented"):
            register(task)
    register()
    with denied("use ecsPropertiesOverride"):
        submit(jobDefinition="head", containerOverrides={"command": ["a"]})
    with denied("use containerOverrides"):
        submit(ecsPropertiesOverride={"taskProperties": [{"containers": [{"command": ["a"]}]}]})
    with denied("container nobody does not exist"):
        override = {"taskProperties": [{"containers": [{"name": "nobody", "command": ["a"]}]}]}
        submit(jobDefinition="head", ecsPropertiesOverride=override)
