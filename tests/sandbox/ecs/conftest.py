"""A cluster with machines, and what agents need to speak to ECS."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.ecs import clusters, running
from sandbox.ecs.model.records import ContainerInstance, Task, TaskAsked
from sandbox.inprocess import Sandbox
from tests.support.agents import AgentDouble
from tests.support.trust import EC2

REGION = "us-east-1"


@pytest.fixture
def agents(sandbox: Sandbox) -> Iterator[AgentDouble]:
    with AgentDouble(sandbox) as agents:
        yield agents


@pytest.fixture
def launch_machine(sandbox: Sandbox, running: Callable[..., str]) -> Callable[..., str]:
    """A running machine with an instance profile whose role has AWS's policy for container instances."""
    iam = sandbox.client("iam")
    iam.create_role(RoleName="machines", AssumeRolePolicyDocument=EC2)
    arn = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
    iam.attach_role_policy(RoleName="machines", PolicyArn=arn)
    iam.create_instance_profile(InstanceProfileName="machines")
    iam.add_role_to_instance_profile(InstanceProfileName="machines", RoleName="machines")
    sandbox.clock.advance(30)

    def launch(**changes: Any) -> str:
        return running(**({"InstanceType": "c5.2xlarge", "IamInstanceProfile": {"Name": "machines"}} | changes))

    return launch


@pytest.fixture
def cluster(sandbox: Sandbox) -> str:
    return clusters.create_for_batch(REGION, "c")


@pytest.fixture
def instance(cluster: str, agents: AgentDouble, launch_machine: Callable[..., str]) -> ContainerInstance:
    """A container instance with an agent of the double."""
    agents.join(launch_machine(), "c")
    (found,) = running.list_instances(REGION, cluster)
    return found


@pytest.fixture
def start(sandbox: Sandbox) -> Callable[..., Task]:
    """Start a task on a container instance: a command, and fields of the container definition."""

    def start_task(instance: ContainerInstance, command: str = "true", **changes: Any) -> Task:
        container = {"name": "default", "image": "x", "command": ["sh", "-c", command], "cpu": 1024, "memory": 512}
        asked = {key: changes.pop(key) for key in ("role_arn", "execution_role_arn", "volumes") if key in changes}
        task = TaskAsked("f", 1, container | changes, vcpus=1, type_vcpus=8, **asked)
        with sandbox.world.lock:
            return running.start_task(REGION, instance, task)

    return start_task
