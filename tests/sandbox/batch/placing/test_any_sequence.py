"""Over any sequence of submissions, ends, losses and restarts: no machine is overfull, no job is lost or runs twice."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from sandbox.batch.model import records
from sandbox.ecs import running as ecs
from sandbox.inprocess import REGION, Sandbox
from tests.support.agent_wire import Refused
from tests.support.agents import AgentDouble

Create = Callable[..., str]
OVER = ("SUCCEEDED", "FAILED")
steps = st.one_of(
    st.tuples(st.just("submit"), st.integers(1, 9)),
    st.tuples(st.sampled_from(["cancel", "terminate", "lose", "kill", "restart", "drain"]), st.integers(0, 5)),
    st.tuples(st.just("wait"), st.sampled_from([0.1, 1.0, 7.0, 40.0, 400.0])),
)


class Play:
    """One sequence, on the account of the test."""

    def __init__(self, sandbox: Sandbox, agents: AgentDouble, ask: Create) -> None:
        self.sandbox, self.agents, self.ask = sandbox, agents, ask
        self.batch, self.ec2, self.ecs = (sandbox.client(name) for name in ("batch", "ec2", "ecs"))
        self.jobs: list[str] = []

    def act(self, step: str, number: Any) -> None:
        if step == "submit":
            self.jobs.append(self.ask(vcpus=number, memory=number * 900, retryStrategy={"attempts": 3}))
        elif step == "wait":
            self.sandbox.clock.advance(number)
        elif step in ("cancel", "terminate") and self.jobs:
            self.act_on_job(step, self.jobs[number % len(self.jobs)])
        elif self.agents.agents:
            self._act_on_machine(step, sorted(self.agents.agents)[number % len(self.agents.agents)])

    def act_on_job(self, step: str, job_id: str) -> None:
        call = self.batch.cancel_job if step == "cancel" else self.batch.terminate_job
        call(jobId=job_id, reason="asked for")

    def _act_on_machine(self, step: str, machine: str) -> None:
        if step == "lose":
            with suppress(ClientError):  # not known yet
                self.ec2.terminate_instances(InstanceIds=[machine])
        elif step == "kill":
            self.agents.kill(machine)
        elif step == "restart" and not self.agents.find(machine).alive:
            self.restart(machine)
        elif step == "drain" and self.agents.find(machine).alive:
            self.agents.find(machine).drain()

    def restart(self, machine: str) -> None:
        try:
            self.agents.restart(machine)
        except Refused:  # its machine was ended meanwhile
            self.agents.kill(machine)

    def check(self) -> None:
        table = records.of(REGION)
        for environment in table.environments.values():
            live = ecs.list_instances(REGION, environment.cluster)
            for instance in live:
                tasks = instance.live.values()
                assert sum(task.asked.vcpus for task in tasks) <= instance.registered["CPU"] // 1024
                assert sum(task.memory for task in tasks) <= instance.registered["MEMORY"]
            asked = [task for instance in live for task in instance.live.values() if task.desired_status == "RUNNING"]
            owners = Counter(table.by_task[task.arn].id for task in asked if task.arn in table.by_task)
            assert not owners or max(owners.values()) == 1
            vcpus = sum(8 for machine in table.fleet.machines.values() if machine.environment == environment.arn)
            assert vcpus < environment.resources["maxvCpus"] + 8


@settings(
    max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(sequence=st.lists(steps, max_size=20))
@example(sequence=[("submit", 7), ("wait", 40.0), ("kill", 0), ("lose", 0), ("restart", 0)])
def test_any_sequence(
    sandbox: Sandbox, agents: AgentDouble, one_queue: Callable[[], None], ask: Create, sequence: list[tuple[str, Any]]
) -> None:
    one_queue()
    agents.script("true", seconds=30)
    play = Play(sandbox, agents, ask)
    for step, number in sequence:
        play.act(step, number)
        play.check()
    for machine, agent in list(agents.agents.items()):
        if not agent.alive:
            play.restart(machine)
    sandbox.clock.advance(3000)
    play.check()
    found = [job for job_id in play.jobs for job in play.batch.describe_jobs(jobs=[job_id])["jobs"]]
    too_large = next((number for number, job in enumerate(found) if is_too_large(job)), len(found))
    assert [job["status"] for job in found[:too_large] if job["status"] not in OVER] == []
    assert all(len(job["attempts"]) <= 3 for job in found)
    for job_id in play.jobs:  # the next sequence begins with an empty queue
        play.act_on_job("terminate", job_id)
    sandbox.clock.advance(100)


def is_too_large(job: dict[str, Any]) -> bool:
    """Whether no machine has room for the job: those behind it wait for ever."""
    return bool(job["status"] == "RUNNABLE" and job["container"]["resourceRequirements"][0]["value"] == "9")


@pytest.fixture
def one_queue(made: Create, queue: Create, batch: Any) -> Callable[[], None]:
    """The environment and its queue, made once for all sequences."""
    done: list[bool] = []

    def make() -> None:
        if not done:
            made(maxvCpus=20)
            queue("one")
            done.append(True)

    return make
