"""Container instances: what the agent says is kept, and it is connected while its session is open."""

from collections.abc import Callable
from typing import Any

from sandbox.inprocess import Sandbox
from tests.support.agents import AgentDouble


def test_a_container_instance(sandbox: Sandbox, ec2: Any, running: Callable[..., str]) -> None:
    ecs, instance = sandbox.client("ecs"), running()
    ecs.create_cluster(clusterName="c")
    with AgentDouble(sandbox, version="1.98.0") as agents:
        arn = agents.join(instance, "c", register={"MEMORY": 7690}).arn

        def described() -> Any:
            (found,) = ecs.describe_container_instances(cluster="c", containerInstances=[arn])["containerInstances"]
            return found

        assert described()["agentConnected"]
        assert described()["versionInfo"]["agentVersion"] == "1.98.0"
        registered = {resource["name"]: resource["integerValue"] for resource in described()["registeredResources"]}
        assert registered == {"CPU": 2048, "MEMORY": 7690}
        ec2.stop_instances(InstanceIds=[instance])
        sandbox.clock.advance(60)
        assert not described()["agentConnected"]
        assert described()["status"] == "ACTIVE"
        ec2.start_instances(InstanceIds=[instance])
        sandbox.clock.advance(60)
        assert described()["agentConnected"]
        ec2.terminate_instances(InstanceIds=[instance])
        sandbox.clock.advance(60)
        assert described()["status"] == "INACTIVE"
        assert ecs.list_container_instances(cluster="c")["containerInstanceArns"] == []
