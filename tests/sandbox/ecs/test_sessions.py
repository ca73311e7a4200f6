"""An agent's web sockets over the wire: its handshakes, its messages, and each refusal."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from sandbox.ec2.hardware import role_credentials
from sandbox.ec2.model.records import list_instances
from sandbox.ecs import running
from sandbox.ecs.model.records import ContainerInstance, Task
from sandbox.inprocess import Sandbox
from tests.support.agent_socket import AgentSocket

Keys = tuple[str, str, str | None]


def find_keys(machine_id: str) -> Keys:
    """The keys that a machine's metadata service gives it."""
    machine = next(machine for machine in list_instances() if machine.id == machine_id)
    leaves = role_credentials.list_leaves(machine)
    found = next(body for path, body in leaves.items() if path.startswith("security-credentials/"))
    return found["AccessKeyId"], found["SecretAccessKey"], found["Token"]


class Machine:
    """What an agent does before its session is open."""

    def __init__(self, sandbox: Sandbox, machine_id: str) -> None:
        self.id, self.keys, self.sandbox = machine_id, find_keys(machine_id), sandbox
        key, secret, token = self.keys
        session = boto3.Session(key, secret, token, region_name="us-east-1")
        self.ecs = session.client("ecs", endpoint_url=sandbox.endpoint)

    def register(self, **changes: Any) -> str:
        request = {
            "cluster": "c", "instanceIdentityDocument": json.dumps({"instanceId": self.id}),
            "totalResources": [{"name": "CPU", "type": "INTEGER", "integerValue": 2048},
                               {"name": "MEMORY", "type": "INTEGER", "integerValue": 15434}],
        }  # fmt: skip
        answer = self.ecs.register_container_instance(**(request | changes))
        return str(answer["containerInstance"]["containerInstanceArn"])

    def connect(self, arn: str, keys: Keys | None = None, send_credentials: bool = True) -> AgentSocket:
        endpoint = self.ecs.discover_poll_endpoint(cluster="c", containerInstance=arn)["endpoint"]
        return AgentSocket(endpoint, make_query(arn, send_credentials), keys or self.keys)


def make_query(arn: str, send_credentials: bool = True) -> dict[str, str]:
    return {
        "agentHash": "8dfceca6", "agentVersion": "1.105.1", "clusterArn": "c", "containerInstanceArn": arn,
        "dockerVersion": "DockerVersion: 20.10.24+dfsg1", "protocolVersion": "2",
        "sendCredentials": str(send_credentials).lower(), "seqNum": "1",
    }  # fmt: skip


@pytest.fixture
def machine(sandbox: Sandbox, cluster: str, launch_machine: Callable[..., str]) -> Machine:
    return Machine(sandbox, launch_machine())


def find_instance(sandbox: Sandbox, cluster: str) -> ContainerInstance:
    return running.list_instances("us-east-1", cluster)[-1]


def test_a_task_over_the_wire(sandbox: Sandbox, cluster: str, machine: Machine, start: Callable[..., Task]) -> None:
    arn = machine.register()
    described = machine.sandbox.client("ecs").describe_container_instances
    with machine.connect(arn) as session:
        manifest = session.receive_type("TaskManifestMessage")
        assert manifest["tasks"] == []
        session.send("AckRequest", cluster="c", containerInstance=arn, messageId=manifest["messageId"])
        (shown,) = described(cluster="c", containerInstances=[arn])["containerInstances"]
        assert shown["agentConnected"]
        assert shown["versionInfo"] == {
            "agentVersion": "1.105.1",
            "agentHash": "8dfceca6",
            "dockerVersion": "DockerVersion: 20.10.24+dfsg1",
        }
        task = start(find_instance(sandbox, cluster))
        payload = session.receive_type("PayloadMessage")
        assert payload["seqNum"] > manifest["timeline"]
        (sent,) = payload["tasks"]
        assert sent["arn"] == task.arn
        assert sent["containers"][0]["environment"]["AWS_ENDPOINT_URL"] == sandbox.endpoint
        session.send("AckRequest", cluster="c", containerInstance=arn, messageId=payload["messageId"])
        change: dict[str, Any] = {"containerName": "default", "runtimeId": "5" * 64, "status": "RUNNING"}
        machine.ecs.submit_task_state_change(cluster="c", task=task.arn, status="RUNNING", containers=[change])
        assert task.taken
        assert task.last_status == "RUNNING"
        change |= {"status": "STOPPED", "exitCode": 3}
        machine.ecs.submit_task_state_change(cluster="c", task=task.arn, status="STOPPED", containers=[change])
    assert (task.last_status, task.container.exit_code) == ("STOPPED", 3)
    assert task.reason == "Essential container in task exited"
