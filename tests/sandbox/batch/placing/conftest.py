"""Machines of compute environments, with and without agents."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support.agents import AgentDouble


@pytest.fixture
def agents(sandbox: Sandbox) -> Iterator[AgentDouble]:
    """Agents join from every machine of an environment."""
    with AgentDouble(sandbox) as agents:
        yield agents


@pytest.fixture
def machines(ec2: Any) -> Callable[..., list[dict[str, Any]]]:
    """The EC2 instances that are not gone, or those in certain states, the oldest first."""

    def read(*states: str) -> list[dict[str, Any]]:
        reservations = ec2.describe_instances()["Reservations"]
        every = [instance for reservation in reservations for instance in reservation["Instances"]]
        chosen = [each for each in every if each["State"]["Name"] in (states or ("pending", "running"))]
        return sorted(chosen, key=lambda each: str(each["LaunchTime"]))

    return read


@pytest.fixture
def types(machines: Callable[..., list[dict[str, Any]]]) -> Callable[[], list[str]]:
    """The types of the machines that are not gone, sorted."""
    return lambda: sorted(machine["InstanceType"] for machine in machines())


@pytest.fixture
def ask(submit: Callable[..., str]) -> Callable[..., str]:
    """SubmitJob of a job that asks for this; its id."""

    def make(vcpus: int = 1, memory: int = 512, **changes: Any) -> str:
        requirements = [{"type": "VCPU", "value": str(vcpus)}, {"type": "MEMORY", "value": str(memory)}]
        return submit(containerOverrides={"resourceRequirements": requirements}, **changes)

    return make


@pytest.fixture
def desired(environment: Callable[..., dict[str, Any]]) -> Callable[..., int]:
    """desiredvCpus of an environment."""
    return lambda name="one": int(environment(name)["computeResources"]["desiredvCpus"])
