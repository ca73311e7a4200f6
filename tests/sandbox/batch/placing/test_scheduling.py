"""Jobs on machines: what waits makes its environment launch machines, which take it when their agents have joined."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support.agents import AgentDouble

Create = Callable[..., str]
Job = Callable[[str], dict[str, Any]]
Machines = Callable[..., list[dict[str, Any]]]


def test_a_job_runs_on_a_machine_that_is_launched_for_it(
    sandbox: Sandbox, agents: AgentDouble, made: Create, queue: Create, ask: Create, job: Job, machines: Machines,
    desired: Any,
) -> None:  # fmt: skip
    agents.script("true", seconds=30)
    made()
    queue("one")
    first = ask()
    sandbox.clock.advance(5)
    assert [each["InstanceType"] for each in machines()] == ["c5.2xlarge"]
    assert desired() == 8
    assert job(first)["status"] == "RUNNING"
    second = ask()
    sandbox.clock.advance(3)
    assert job(second)["status"] == "RUNNING"
    sandbox.clock.advance(30)
    assert (job(first)["status"], job(second)["status"]) == ("SUCCEEDED", "SUCCEEDED")
    assert len(machines()) == 1


def test_a_queue_of_higher_priority_goes_first(
    sandbox: Sandbox, agents: AgentDouble, made: Create, queue: Create, ask: Create, job: Job
) -> None:
    agents.script("true", seconds=100)
    made(maxvCpus=8)
    queue("one", name="low")
    queue("one", name="high", priority=9)
    running = ask(vcpus=8, jobQueue="low")
    sandbox.clock.advance(10)
    low, high = ask(vcpus=8, jobQueue="low"), ask(vcpus=8, jobQueue="high")
    sandbox.clock.advance(105)
    assert [job(each)["status"] for each in (running, low, high)] == ["SUCCEEDED", "RUNNABLE", "RUNNING"]


def test_a_big_head_holds_up_the_small_ones_behind_it(
    sandbox: Sandbox, batch: Any, agents: AgentDouble, made: Create, queue: Create, ask: Create, job: Job
) -> None:
    agents.script("true", seconds=100)
    made(maxvCpus=8)
    queue("one")
    ask(vcpus=4)
    big, small = ask(vcpus=8), ask(vcpus=1)
    sandbox.clock.advance(20)
    assert [job(each)["status"] for each in (big, small)] == ["RUNNABLE", "RUNNABLE"]
    batch.cancel_job(jobId=big, reason="in the way")
    sandbox.clock.advance(3)
    assert job(small)["status"] == "RUNNING"


def test_a_job_that_this_computer_has_no_room_for_waits_with_a_word(
    sandbox: Sandbox, agents: AgentDouble, made: Create, queue: Create, ask: Create, job: Job, machines: Machines,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    left = [256]
    monkeypatch.setattr("sandbox.ec2.hardware.room.has_room_for", lambda instance_id, mib: mib <= left[0])
    agents.script("true", seconds=100)
    made()
    queue("one")
    large, small = ask(memory=512), ask(memory=128)
    sandbox.clock.advance(90)
    assert [job(each)["status"] for each in (large, small)] == ["RUNNABLE", "RUNNABLE"]
    assert "a job of 512 MiB on i-" in job(large)["statusReason"]
    assert not job(small).get("statusReason")
    assert len(machines()) == 1
    left[0] = 4096
    sandbox.clock.advance(8)
    assert [job(each)["status"] for each in (large, small)] == ["RUNNING", "RUNNING"]
    assert not job(large).get("statusReason")


def test_a_lost_machine_is_made_up_for(
    sandbox: Sandbox, ec2: Any, agents: AgentDouble, made: Create, queue: Create, ask: Create, job: Job,
    machines: Machines,
) -> None:  # fmt: skip
    agents.script("true", seconds=100)
    made()
    queue("one")
    again = ask(retryStrategy={"attempts": 2})
    sandbox.clock.advance(10)
    [lost] = [machine["InstanceId"] for machine in machines()]
    ec2.terminate_instances(InstanceIds=[lost])
    sandbox.clock.advance(15)
    found = job(again)
    assert (found["status"], found["attempts"][0]["statusReason"]) == (
        "RUNNING", f"Host EC2 (instance {lost}) terminated.",
    )  # fmt: skip
    assert [machine["InstanceId"] for machine in machines()] != [lost]


def test_a_machine_that_was_stopped_is_replaced(
    sandbox: Sandbox, ec2: Any, agents: AgentDouble, made: Create, queue: Create, ask: Create, job: Job,
    machines: Machines,
) -> None:  # fmt: skip
    agents.script("true", seconds=100)
    made()
    queue("one")
    again = ask(retryStrategy={"attempts": 2})
    sandbox.clock.advance(10)
    [stopped] = [machine["InstanceId"] for machine in machines()]
    ec2.stop_instances(InstanceIds=[stopped])
    sandbox.clock.advance(15)
    assert [machine["InstanceId"] for machine in machines("terminated")] == [stopped]
    assert job(again)["status"] == "RUNNING"


def test_an_agent_that_comes_back_soon_is_waited_for(
    sandbox: Sandbox, agents: AgentDouble, made: Create, queue: Create, ask: Create, job: Job, machines: Machines
) -> None:
    made()
    queue("one")
    ask()
    sandbox.clock.advance(10)
    [machine] = [each["InstanceId"] for each in machines()]
    agents.kill(machine)
    waiting = ask()
    sandbox.clock.advance(30)
    assert (job(waiting)["status"], len(machines())) == ("RUNNABLE", 1)
    agents.restart(machine)
    sandbox.clock.advance(5)
    assert job(waiting)["status"] == "SUCCEEDED"
    agents.kill(machine)
    waiting = ask()
    sandbox.clock.advance(90)
    assert (job(waiting)["status"], len(machines())) == ("SUCCEEDED", 2)


def test_a_draining_machine_gets_nothing(
    sandbox: Sandbox, agents: AgentDouble, made: Create, queue: Create, ask: Create, job: Job, machines: Machines,
    clients: dict[str, Any], environment: Any,
) -> None:  # fmt: skip
    agents.script("true", seconds=200)
    made()
    queue("one")
    running = ask()
    sandbox.clock.advance(10)
    cluster = environment()["ecsClusterArn"]
    ecs = sandbox.client("ecs")
    arns = ecs.list_container_instances(cluster=cluster)["containerInstanceArns"]
    ecs.update_container_instances_state(cluster=cluster, containerInstances=arns, status="DRAINING")
    waiting = ask()
    sandbox.clock.advance(10)
    places = [job(each)["container"]["containerInstanceArn"] for each in (running, waiting)]
    assert places[0] == arns[0] != places[1]
    assert len(machines()) == 2


def test_an_unmanaged_environment_has_the_machines_that_others_launch(
    sandbox: Sandbox, batch: Any, agents: AgentDouble, account: Any, queue: Create, ask: Create, job: Job,
    environment: Any, running: Callable[..., str], machines: Machines,
) -> None:  # fmt: skip
    batch.create_compute_environment(computeEnvironmentName="one", type="UNMANAGED")
    sandbox.clock.advance(6)
    queue("one")
    waiting = ask(vcpus=8)
    sandbox.clock.advance(100)
    assert (job(waiting)["status"], machines()) == ("RUNNABLE", [])
    agents.script("true", seconds=50)
    agents.join(running(InstanceType="c5.2xlarge"), environment()["ecsClusterArn"].rpartition("/")[2])
    sandbox.clock.advance(5)
    assert job(waiting)["status"] == "RUNNING"
    sandbox.clock.advance(1000)
    assert (job(waiting)["status"], len(machines())) == ("SUCCEEDED", 1)


@pytest.mark.usefixtures("account")
def test_machines_that_never_join(
    sandbox: Sandbox, batch: Any, made: Create, queue: Create, ask: Create, job: Job, machines: Machines
) -> None:
    """They stay while the job waits, no more are launched, and Batch cannot tell why."""
    made(maxvCpus=64)
    queue("one")
    waiting = ask()
    sandbox.clock.advance(600)
    assert "statusReason" not in job(waiting)
    sandbox.clock.advance(400)
    assert job(waiting)["statusReason"] == "UNDETERMINED - Batch job is blocked, root cause is undetermined."
    assert len(machines()) == 1
    batch.cancel_job(jobId=waiting, reason="no agent")
    sandbox.clock.advance(310)
    assert machines() == []
