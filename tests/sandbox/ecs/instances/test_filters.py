"""ListContainerInstances with a filter, as clients send it, and ListTasks with each of its own."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from sandbox.ecs import running
from sandbox.ecs.model.records import ContainerInstance, Task
from sandbox.inprocess import Sandbox
from tests.support.agents import AgentDouble
from tests.support.refused import Refused

Start = Callable[..., Task]


@pytest.fixture
def two(
    sandbox: Sandbox, cluster: str, agents: AgentDouble, launch_machine: Callable[..., str]
) -> tuple[ContainerInstance, ContainerInstance]:
    """Two container instances: a c5.2xlarge, and an hour later an m5.large of the stack `test`."""
    agents.join(launch_machine(), "c")
    sandbox.clock.advance(3600)
    agents.join(launch_machine(InstanceType="m5.large"), "c", attributes={"stack": "test"})
    first, second = sorted(running.list_instances("us-east-1", cluster), key=lambda instance: instance.registered_at)
    return first, second


def test_a_filter_and_a_status(
    sandbox: Sandbox, agents: AgentDouble, two: tuple[ContainerInstance, ContainerInstance], start: Start
) -> None:
    ecs, (first, second) = sandbox.client("ecs"), two
    agents.script("sleep", seconds=1000)
    start(first, "sleep")
    sandbox.clock.advance(1)

    def find(text: str, **more: str) -> list[ContainerInstance]:
        arns = ecs.list_container_instances(cluster="c", filter=text, **more)["containerInstanceArns"]
        return [instance for instance in two if instance.arn in arns]

    assert find("agentConnected == true") == [first, second]
    assert find("attribute:ecs.instance-type == c5.2xlarge") == [first]
    assert find("attribute:stack exists and attribute:stack == test") == [second]
    assert find(f"ec2InstanceId in ['{second.ec2_instance_id}']") == [second]
    assert find("runningTasksCount == 1") == find("task:group == family:f") == [first]
    assert find("not(task:group == family:f)") == [second]
    assert find("agentVersion < 1.14.5") == []
    between = datetime.fromtimestamp(first.registered_at + 1800, UTC).isoformat(timespec="seconds")
    assert find(f"registeredAt < {between}") == [first]
    assert find(f"registeredAt > {between.removesuffix('+00:00')}Z") == [second]
    assert find("registeredAt < 2018-02-13") == []
    ecs.update_container_instances_state(cluster="c", containerInstances=[first.arn], status="DRAINING")
    assert find("agentConnected == true", status="DRAINING") == [first]
    assert find("attribute:stack exists", status="DRAINING") == []
    agents.find(second).kill()
    assert find("agentConnected == false") == [second]


@pytest.mark.parametrize("text", ["attribute:x =", "size == 1", "runningTasksCount == many", "(agentConnected == true"])
def test_a_bad_filter_is_refused(sandbox: Sandbox, cluster: str, refused: Refused, text: str) -> None:
    with refused("InvalidParameterException"):
        sandbox.client("ecs").list_container_instances(cluster="c", filter=text)


def test_the_filters_of_list_tasks(
    sandbox: Sandbox, agents: AgentDouble, two: tuple[ContainerInstance, ContainerInstance], start: Start,
    refused: Refused,
) -> None:  # fmt: skip
    ecs, (first, second) = sandbox.client("ecs"), two
    agents.script("sleep", seconds=1000)
    slow, quick = start(first, "sleep"), start(second)
    sandbox.clock.advance(5)

    def find(**filters: str) -> list[str]:
        return list(ecs.list_tasks(cluster="c", **filters)["taskArns"])

    assert find() == find(launchType="EC2") == find(family="f") == find(containerInstance=first.id) == [slow.arn]
    assert find(desiredStatus="STOPPED") == find(desiredStatus="STOPPED", containerInstance=second.arn) == [quick.arn]
    assert find(containerInstance=second.arn) == find(family="g") == find(startedBy="me") == []
    assert find(launchType="FARGATE") == find(desiredStatus="PENDING") == []
    with refused("ServiceNotFoundException"):
        find(serviceName="web")
    with refused("InvalidParameterException"):
        find(startedBy="me", family="f")
    with refused("InvalidParameterException"):
        find(containerInstance="none")
