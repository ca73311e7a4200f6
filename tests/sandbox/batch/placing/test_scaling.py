"""How many machines an environment has: up with its jobs, minvCpus always, down when they are idle."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support.agents import AgentDouble

Create = Callable[..., str]
Types = Callable[[], list[str]]
IDLE = 300.0


def test_minvcpus_are_held_without_a_job(sandbox: Sandbox, made: Create, types: Types, desired: Any) -> None:
    made(minvCpus=9)
    sandbox.clock.advance(5)
    assert (types(), desired()) == (["c5.2xlarge"] * 2, 9)
    sandbox.clock.advance(4000)
    assert types() == ["c5.2xlarge"] * 2


def test_what_somebody_raises_falls_by_itself(
    sandbox: Sandbox, batch: Any, agents: AgentDouble, made: Create, types: Types, desired: Any
) -> None:
    made()
    batch.update_compute_environment(computeEnvironment="one", computeResources={"minvCpus": 8, "desiredvCpus": 8})
    sandbox.clock.advance(10)
    assert (types(), desired()) == (["c5.2xlarge"], 8)
    batch.update_compute_environment(computeEnvironment="one", computeResources={"minvCpus": 0})
    sandbox.clock.advance(10)
    assert (types(), desired()) == (["c5.2xlarge"], 8)
    sandbox.clock.advance(IDLE)
    assert (types(), desired()) == ([], 0)


def test_desired_alone_is_launched_and_let_go(
    sandbox: Sandbox, batch: Any, agents: AgentDouble, made: Create, types: Types, desired: Any
) -> None:
    made()
    batch.update_compute_environment(computeEnvironment="one", computeResources={"desiredvCpus": 16})
    sandbox.clock.advance(10)
    assert (types(), desired()) == (["c5.2xlarge"] * 2, 16)
    sandbox.clock.advance(IDLE)
    assert (types(), desired()) == ([], 0)


def test_idle_machines_go(
    sandbox: Sandbox,
    agents: AgentDouble,
    made: Create,
    queue: Create,
    ask: Create,
    types: Types,
    job: Any,
    desired: Any,
) -> None:
    made()
    queue("one")
    done = ask()
    sandbox.clock.advance(30)
    assert job(done)["status"] == "SUCCEEDED"
    assert (types(), desired()) == (["c5.2xlarge"], 8)
    sandbox.clock.advance(IDLE)
    assert (types(), desired()) == ([], 0)


def test_a_scale_down_delay_counts_from_the_last_job(
    sandbox: Sandbox, agents: AgentDouble, made: Create, queue: Create, ask: Create, types: Types
) -> None:
    agents.script("true", seconds=100)
    made(scalingPolicy={"minScaleDownDelayMinutes": 20})
    queue("one")
    ask()
    sandbox.clock.advance(110)
    ask()
    sandbox.clock.advance(110)
    assert types() == ["c5.2xlarge"]
    sandbox.clock.advance(1170)
    assert types() == ["c5.2xlarge"]
    sandbox.clock.advance(40)
    assert types() == []


def test_a_cancelled_jobs_machine_goes_too(
    sandbox: Sandbox, batch: Any, made: Create, queue: Create, ask: Create, types: Types, desired: Any
) -> None:
    made()
    queue("one")
    waiting = ask()
    sandbox.clock.advance(5)
    assert types() == ["c5.2xlarge"]
    batch.cancel_job(jobId=waiting, reason="no more")
    sandbox.clock.advance(IDLE + 5)
    assert (types(), desired()) == ([], 0)


def test_jobs_share_machines_up_to_maxvcpus(
    sandbox: Sandbox, agents: AgentDouble, made: Create, queue: Create, ask: Create, types: Types, job: Any
) -> None:
    agents.script("true", seconds=50)
    made()
    queue("one")
    jobs = [ask(vcpus=4) for _ in range(6)]
    sandbox.clock.advance(10)
    assert types() == ["c5.2xlarge"] * 2
    assert [job(each)["status"] for each in jobs] == ["RUNNING"] * 4 + ["RUNNABLE"] * 2
    sandbox.clock.advance(60)
    assert [job(each)["status"] for each in jobs] == ["SUCCEEDED"] * 4 + ["RUNNING"] * 2


@pytest.mark.parametrize(("strategy", "given"), [("BEST_FIT_PROGRESSIVE", 2), ("BEST_FIT", 1)])
def test_beyond_maxvcpus_by_one_machine(
    sandbox: Sandbox, made: Create, queue: Create, ask: Create, types: Types, strategy: str, given: int, desired: Any
) -> None:
    made(maxvCpus=12, allocationStrategy=strategy)
    queue("one")
    for _ in range(3):
        ask(vcpus=8)
    sandbox.clock.advance(5)
    assert types() == ["c5.2xlarge"] * given
    assert desired() == min(12, 8 * given)


def test_the_next_environment_takes_what_the_first_cannot(
    sandbox: Sandbox, agents: AgentDouble, made: Create, queue: Create, ask: Create, job: Any
) -> None:
    agents.script("true", seconds=50)
    made("one", maxvCpus=8, allocationStrategy="BEST_FIT")
    made("two")
    queue("one", "two")
    jobs = [ask(vcpus=8) for _ in range(2)]
    sandbox.clock.advance(15)
    places = [job(each)["container"]["containerInstanceArn"].split("/")[1] for each in jobs]
    assert [place.startswith(f"AWSBatch-{name}-") for place, name in zip(places, ("one", "two"), strict=True)] == [
        True
    ] * 2


def test_a_disabled_environment_drains(
    sandbox: Sandbox, batch: Any, agents: AgentDouble, made: Create, queue: Create, ask: Create, types: Types, job: Any
) -> None:
    agents.script("true", seconds=500)
    made()
    queue("one")
    running = ask(vcpus=8)
    sandbox.clock.advance(15)
    batch.update_compute_environment(computeEnvironment="one", state="DISABLED")
    waiting = ask(vcpus=8)
    sandbox.clock.advance(400)
    assert (types(), job(running)["status"], job(waiting)["status"]) == (["c5.2xlarge"], "RUNNING", "RUNNABLE")
    sandbox.clock.advance(120 + IDLE)
    assert (types(), job(running)["status"], job(waiting)["status"]) == ([], "SUCCEEDED", "RUNNABLE")


def test_a_machine_that_registers_less_is_not_launched_again_and_again(
    sandbox: Sandbox, agents: AgentDouble, made: Create, queue: Create, ask: Create, types: Types, job: Any
) -> None:
    agents.register = {"MEMORY": 15_000}
    made(maxvCpus=64)
    queue("one")
    waiting = ask(memory=15_400)
    sandbox.clock.advance(100)
    assert types() == ["c5.2xlarge"]
    assert job(waiting)["statusReason"].startswith("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT")
