"""Whatever happens to agents and machines: no task is lost, none ends twice, nothing is counted wrong."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sandbox.ecs import clusters, running
from sandbox.ecs.model.records import ContainerInstance, Task, TaskAsked
from sandbox.inprocess import Sandbox
from tests.support.agents import AgentDouble

REGION = "us-east-1"
ACTS = (*["start"] * 4, "stop", "kill", "restart", "disconnect", "connect", "drain", "terminate", "wait")
SCRIPTS: dict[str, dict[str, Any]] = {
    "quick": {}, "fails": {"exit_code": 3}, "long": {"seconds": 300}, "for ever": {"seconds": None},
    "no image": {"pull_error": "CannotPullContainerError: …"}, "slow pull": {"pull_seconds": 90},
    "unsaid": {"runs_unsaid": True}, "early": {"runs_late": True},
}  # fmt: skip
Steps = list[tuple[str, int, str]]


class World:
    """Two container instances, and all tasks that were started on them."""

    def __init__(self, sandbox: Sandbox, agents: AgentDouble, launch: Callable[..., str]) -> None:
        self.sandbox, self.agents = sandbox, agents
        cluster = clusters.create_for_batch(REGION, "c")
        machines = [launch(InstanceType="c5.2xlarge") for _ in range(2)]
        sandbox.clock.advance(5)
        for machine in machines:
            agents.join(machine, "c")
        self.instances = running.list_instances(REGION, cluster)
        self.tasks: list[Task] = []
        self.stops: Counter[str] = Counter()
        running.listen(REGION, self.hear, lambda _: None)
        for part, script in SCRIPTS.items():
            agents.script(part, **script)

    def hear(self, task: Task) -> None:
        self.stops[task.arn] += task.last_status == "STOPPED"

    def act(self, name: str, number: int, part: str) -> None:
        instance = self.instances[number % 2]
        agent = self.agents.agents.get(instance.ec2_instance_id)
        if name == "terminate":
            self.sandbox.client("ec2").terminate_instances(InstanceIds=[instance.ec2_instance_id])
        with self.sandbox.world.lock:
            if name == "start" and instance.status == "ACTIVE":
                self.start(instance, part)
            elif name == "stop" and self.tasks:
                running.stop_task(self.tasks[number % len(self.tasks)], "enough")
            elif agent and name in ("kill", "disconnect", "drain") and agent.alive:
                {"kill": agent.kill, "disconnect": agent.disconnect, "drain": agent.drain}[name]()
            elif agent and name == "restart" and not agent.alive and instance.status != "INACTIVE":
                agent.start()
            elif agent and name == "connect" and agent.alive and not instance.agent_connected:
                agent.connect(lacks_credentials=False)
        self.sandbox.clock.advance(number % 40 if name == "wait" else 0.2)
        self.check()

    def start(self, instance: ContainerInstance, part: str) -> None:
        container = {"name": "default", "image": "x", "command": [part], "cpu": 1024, "memory": 256}
        asked = TaskAsked("f", 1, container, vcpus=1, type_vcpus=8)
        if running.fits(instance, asked):
            self.tasks.append(running.start_task(REGION, instance, asked))

    def check(self) -> None:
        for instance in self.instances:
            live = [t for t in self.tasks if t.instance_arn == instance.arn and t.last_status != "STOPPED"]
            assert list(instance.live.values()) == live
            left = running.count_remaining(instance)
            assert left["CPU"] == 8192 - 1024 * len(live) >= 0
            assert left["MEMORY"] == 15434 - 256 * len(live) >= 0
            assert not (live and instance.status == "INACTIVE")
        assert all(self.stops[task.arn] == (task.last_status == "STOPPED") for task in self.tasks)

    def come_to_rest(self) -> None:
        """Every agent is up again: all tasks end, those that would run for ever when they are stopped."""
        for number in (0, 1):
            self.act("restart", number, "")
            self.act("connect", number, "")
        self.sandbox.clock.advance(400)
        left = [task for task in self.tasks if task.last_status != "STOPPED"]
        assert {task.asked.container["command"][0] for task in left} <= {"for ever"}
        with self.sandbox.world.lock:
            for task in left:
                running.stop_task(task, "the end")
        self.sandbox.clock.advance(40)
        self.check()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],
)  # fmt: skip
@given(
    st.lists(
        st.tuples(st.sampled_from(ACTS), st.integers(0, 99), st.sampled_from(tuple(SCRIPTS))), min_size=10, max_size=40
    )
)
def test_any_life(sandbox: Sandbox, launch: Callable[..., str], steps: Steps) -> None:
    sandbox.reset()
    with AgentDouble(sandbox) as agents:
        world = World(sandbox, agents, launch)
        for step in steps:
            world.act(*step)
        world.come_to_rest()
        assert all(task.last_status == "STOPPED" for task in world.tasks)
