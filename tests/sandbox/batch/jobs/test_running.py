"""Jobs on machines, by the double of ECS's agents: every way that an attempt ends, as DescribeJobs tells it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.batch.jobs import running as job_running
from sandbox.batch.model import records
from sandbox.ecs import running as ecs
from sandbox.ecs.model import tables
from sandbox.ecs.model.records import ContainerInstance, Task, TaskAsked
from sandbox.ecs.tasks import stopping
from sandbox.inprocess import Sandbox
from tests.support.agents import AgentDouble

Create = Callable[..., str]
Job = Callable[[str], dict[str, Any]]
Begin = Callable[[str], None]
REGION = "us-east-1"
ENDED, NOT_STARTED = "Essential container in task exited", "Task failed to start"
PULL = "CannotPullContainerError: Error response from daemon: manifest unknown: manifest unknown"
CREATE = "DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s"
MEMORY = "OutOfMemoryError: Container killed due to memory usage"


@pytest.fixture
def agents(sandbox: Sandbox) -> Iterator[AgentDouble]:
    with AgentDouble(sandbox) as double:
        yield double


@pytest.fixture
def machine(agents: AgentDouble, running: Callable[..., str]) -> ContainerInstance:
    """A machine of the compute environment, which nobody but the test uses."""
    cluster = next(iter(records.of(REGION).environments.values())).cluster
    agents.join(running(InstanceType="c5.2xlarge"), cluster.rpartition("/")[2])
    (instance,) = ecs.list_instances(REGION, cluster)
    return instance


@pytest.fixture
def begin(sandbox: Sandbox, machine: ContainerInstance) -> Begin:
    """Place a RUNNABLE job on the machine."""

    def place(job_id: str) -> None:
        with sandbox.world.lock:
            table = records.of(REGION)
            environment = next(iter(table.environments.values()))
            job_running.begin(table, table.jobs[job_id], environment, machine)

    return place


def attempt_of(job: dict[str, Any]) -> dict[str, Any]:
    [attempt] = job["attempts"]
    assert {name: job["container"].get(name) for name in ("exitCode", "reason", "taskArn", "logStreamName")} == {
        name: attempt["container"].get(name) for name in ("exitCode", "reason", "taskArn", "logStreamName")
    }
    assert job.get("startedAt") == attempt.get("startedAt")
    assert attempt["statusReason"] == job["statusReason"]
    assert isinstance(attempt["stoppedAt"], int)
    return dict(attempt)


@pytest.mark.parametrize(
    ("script", "status", "expected"),
    [
        ({}, "SUCCEEDED", {"exitCode": 0}),
        ({"exit_code": 3}, "FAILED", {"exitCode": 3}),
        ({"oom": True}, "FAILED", {"exitCode": 137, "reason": MEMORY}),
        ({"oom": "unsaid"}, "FAILED", {"exitCode": 137}),
        ({"runs_unsaid": True}, "SUCCEEDED", {"exitCode": 0}),
        ({"runs_unsaid": True, "exit_code": 1}, "FAILED", {"exitCode": 1}),
        ({"runs_late": True, "exit_code": 1}, "FAILED", {"exitCode": 1}),
        ({"reason": CREATE}, "SUCCEEDED", {"exitCode": 0, "reason": CREATE}),
    ],
)
def test_what_ran_to_its_end(
    sandbox: Sandbox, agents: AgentDouble, waiting: Create, begin: Begin, job: Job, script: dict[str, Any],
    status: str, expected: dict[str, Any],
) -> None:  # fmt: skip
    agents.script("busybox", seconds=100, pull_seconds=100, **script)
    job_id = waiting()
    begin(job_id)
    found = job(job_id)
    assert (found["status"], found.keys() & {"startedAt"}, found["attempts"]) == ("STARTING", set(), [])
    sandbox.clock.advance(101)
    found = job(job_id)
    assert found["container"].keys() & {"exitCode", "reason"} == set()
    assert found["status"] == ("STARTING" if script.get("runs_unsaid") else "RUNNING")
    sandbox.clock.advance(100)
    found = job(job_id)
    attempt = attempt_of(found)
    assert (found["status"], found["statusReason"]) == (status, ENDED)
    assert {name: attempt["container"].get(name) for name in ("exitCode", "reason")} == {"reason": None, **expected}
    task = attempt["container"]["taskArn"].rpartition("/")[2]
    assert attempt["container"]["logStreamName"] == f"work/default/{task}"
    assert attempt["startedAt"] <= attempt["stoppedAt"]


@pytest.mark.parametrize("script", [{"pull_error": PULL}, {"error": CREATE}])
def test_what_was_never_started(
    sandbox: Sandbox, agents: AgentDouble, waiting: Create, begin: Begin, job: Job, script: dict[str, str]
) -> None:
    agents.script("busybox", **script)
    job_id = waiting()
    begin(job_id)
    sandbox.clock.advance(5)
    found = job(job_id)
    attempt = attempt_of(found)
    assert (found["status"], found["statusReason"]) == ("FAILED", NOT_STARTED)
    assert attempt.keys() == {"container", "stoppedAt", "statusReason"}
    assert attempt["container"].keys() == {"containerInstanceArn", "taskArn", "reason", "networkInterfaces"}
    assert attempt["container"]["reason"] == next(iter(script.values()))


@pytest.mark.parametrize("seconds", [None, 0])
def test_a_lost_machine(
    sandbox: Sandbox, agents: AgentDouble, machine: ContainerInstance, waiting: Create, begin: Begin, job: Job,
    ec2: Any, seconds: float | None,
) -> None:  # fmt: skip
    agents.script("busybox", **({"seconds": None} if seconds is None else {"silent": True}))
    job_id = waiting(
        retryStrategy={"attempts": 2, "evaluateOnExit": [{"onStatusReason": "Host EC2*", "action": "retry"}]}
    )
    begin(job_id)
    sandbox.clock.advance(5)
    assert job(job_id)["status"] == ("RUNNING" if seconds is None else "STARTING")
    ec2.terminate_instances(InstanceIds=[machine.ec2_instance_id])
    sandbox.clock.advance(10)
    found = job(job_id)
    [attempt] = found["attempts"]
    assert (found["status"], found.get("statusReason")) == ("RUNNABLE", None)
    assert attempt["statusReason"] == f"Host EC2 (instance {machine.ec2_instance_id}) terminated."
    assert attempt["container"].keys() & {"exitCode", "reason"} == set()
    assert ("startedAt" in attempt) == (seconds is None)


@pytest.mark.parametrize(("script", "seconds", "code"), [({}, 30, 137), ({"term_exit_code": 7}, 1, 7)])
def test_a_timeout(
    sandbox: Sandbox, agents: AgentDouble, waiting: Create, begin: Begin, job: Job, script: dict[str, Any],
    seconds: int, code: int,
) -> None:  # fmt: skip
    """SIGTERM, and SIGKILL 30 seconds later for what does not heed it; never tried again."""
    agents.script("busybox", seconds=None, **script)
    job_id = waiting(timeout={"attemptDurationSeconds": 60}, retryStrategy={"attempts": 3})
    begin(job_id)
    sandbox.clock.advance(59)
    assert job(job_id)["status"] == "RUNNING"
    sandbox.clock.advance(seconds + 2)
    found = job(job_id)
    attempt = attempt_of(found)
    assert (found["status"], found["statusReason"]) == ("FAILED", "Job attempt duration exceeded timeout")
    assert attempt["container"]["exitCode"] == code
    assert 60_000 <= attempt["stoppedAt"] - attempt["startedAt"] <= 62_000 + seconds * 1000


@pytest.mark.parametrize("pulls", [0, 100])
def test_termination(
    sandbox: Sandbox, agents: AgentDouble, batch: Any, waiting: Create, begin: Begin, job: Job, pulls: int
) -> None:
    agents.script("busybox", seconds=None, pull_seconds=pulls, term_exit_code=143)
    job_id = waiting(retryStrategy={"attempts": 3})
    begin(job_id)
    sandbox.clock.advance(5)
    assert job(job_id)["status"] == ("STARTING" if pulls else "RUNNING")
    batch.cancel_job(jobId=job_id, reason="not this")
    batch.terminate_job(jobId=job_id, reason="Job killed by NF")
    sandbox.clock.advance(5)
    found = job(job_id)
    attempt = attempt_of(found)
    assert (found["status"], found["statusReason"]) == ("FAILED", "Job killed by NF")
    assert (found["isTerminated"], found["isCancelled"]) == (True, False)
    assert attempt["container"].get("exitCode") == (None if pulls else 143)


def test_the_agent_is_killed_and_comes_back(
    sandbox: Sandbox, agents: AgentDouble, machine: ContainerInstance, waiting: Create, begin: Begin, job: Job
) -> None:
    agents.script("busybox", seconds=20, exit_code=5)
    job_id = waiting()
    begin(job_id)
    sandbox.clock.advance(5)
    agents.kill(machine)
    sandbox.clock.advance(60)
    assert job(job_id)["status"] == "RUNNING"
    agents.restart(machine)
    sandbox.clock.advance(5)
    found = job(job_id)
    assert (found["status"], attempt_of(found)["container"]["exitCode"]) == ("FAILED", 5)


def test_attempts_follow_one_another(
    sandbox: Sandbox, agents: AgentDouble, waiting: Create, begin: Begin, job: Job
) -> None:
    agents.script("busybox", exit_code=1)
    job_id = waiting(retryStrategy={"attempts": 2})
    begin(job_id)
    sandbox.clock.advance(5)
    assert job(job_id)["status"] == "RUNNABLE"
    agents.script("busybox", seconds=None, pull_seconds=100)
    begin(job_id)
    found = job(job_id)
    assert (found["status"], found["container"].keys() & {"exitCode"}, len(found["attempts"])) == (
        "STARTING", set(), 1,
    )  # fmt: skip
    assert found["container"]["taskArn"] != found["attempts"][0]["container"]["taskArn"]
    sandbox.clock.advance(101)
    numbers = [payload["containers"][0]["environment"]["AWS_BATCH_JOB_ATTEMPT"] for payload in agents.payloads]
    assert numbers == ["1", "2"]
    assert job(job_id)["status"] == "RUNNING"


def test_an_agent_that_tells_of_the_end_before_the_task_is_known(
    sandbox: Sandbox, waiting: Create, begin: Begin, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = ecs.start_task

    def start_and_end(region: str, instance: ContainerInstance, asked: TaskAsked) -> Task:
        task = start(region, instance, asked)
        task.container.exit_code = 3
        stopping.finish(tables.of(region), task, ENDED, "EssentialContainerExited")
        return task

    monkeypatch.setattr(ecs, "start_task", start_and_end)
    job_id = waiting()
    begin(job_id)
    found = job(job_id)
    assert (found["status"], attempt_of(found)["container"]["exitCode"]) == ("FAILED", 3)


def test_an_array_on_a_machine(
    sandbox: Sandbox, agents: AgentDouble, batch: Any, waiting: Create, begin: Begin, job: Job
) -> None:
    array = waiting(arrayProperties={"size": 2})
    for index in range(2):
        begin(f"{array}:{index}")
    sandbox.clock.advance(5)
    assert job(array)["status"] == "SUCCEEDED"
    own = [payload["containers"][0]["environment"] for payload in agents.payloads]
    assert [each["AWS_BATCH_JOB_ARRAY_INDEX"] for each in own] == ["0", "1"]
    assert {(each["AWS_BATCH_JOB_ARRAY_SIZE"], each["AWS_BATCH_JOB_ID"]) for each in own} == {
        ("2", f"{array}:0"), ("2", f"{array}:1"),
    }  # fmt: skip


def test_the_log_is_where_the_job_says(
    sandbox: Sandbox, agents: AgentDouble, waiting: Create, begin: Begin, job: Job
) -> None:
    agents.script("busybox", log=("hello",))
    job_id = waiting()
    begin(job_id)
    sandbox.clock.advance(5)
    events = sandbox.client("logs").get_log_events(
        logGroupName="/aws/batch/job", logStreamName=job(job_id)["container"]["logStreamName"]
    )
    assert [event["message"] for event in events["events"]] == ["hello"]
