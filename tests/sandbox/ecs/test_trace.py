"""A life of AWS's own agent (1.105.1), replayed as it was recorded: its calls to the letter, its messages, its order.

The values that the control plane gives out (ARNs, ids) are those of the sandbox; everything else is the agent's.
"""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sandbox.ecs import running
from sandbox.ecs.model.records import Task
from sandbox.inprocess import Sandbox
from tests.support.agent_machine import Machine
from tests.support.agent_socket import AgentSocket
from tests.support.from_template import until

TARGET = "AmazonEC2ContainerServiceV20141113"
AGENT = "Amazon ECS Agent - v1.105.1 (8dfceca6) (linux; LINUX) (+http://aws.amazon.com/ecs/)"
NAMES = (
    "com.amazonaws.ecs.capability.privileged-container", "com.amazonaws.ecs.capability.docker-remote-api.1.17",
    "com.amazonaws.ecs.capability.logging-driver.awslogs", "com.amazonaws.ecs.capability.task-iam-role",
    "ecs.capability.secrets.ssm.environment-variables", "ecs.capability.execution-role-ecr-pull",
    "ecs.capability.full-sync", "ecs.capability.container-ordering", "ecs.capability.task-cpu-mem-limit",
)  # fmt: skip
VALUES = {"ecs.os-type": "linux", "ecs.os-family": "LINUX", "ecs.os-type-detailed": "LINUX"}
RUNTIME = "578385b0" * 8


class Replay:
    """The agent's HTTP, byte for byte but for its signature."""

    def __init__(self, machine: Machine) -> None:
        self.machine, self.endpoint = machine, machine.sandbox.endpoint

    def call(self, operation: str, body: dict[str, Any], attempts: int = 3) -> dict[str, Any]:
        headers = {
            "X-Amz-Target": f"{TARGET}.{operation}", "Content-Type": "application/x-amz-json-1.1",
            "User-Agent": AGENT, "Amz-Sdk-Request": f"attempt=1; max={attempts}",
        }  # fmt: skip
        asked = AWSRequest("POST", f"{self.endpoint}/", data=json.dumps(body).encode(), headers=headers)
        SigV4Auth(Credentials(*self.machine.keys), "ecs", "us-east-1").add_auth(asked)
        request = Request(asked.url, asked.data, dict(asked.headers.items()), method="POST")
        with urlopen(request, timeout=20) as answer:
            found: dict[str, Any] = json.loads(answer.read())
            return found

    def register(self, token: str, **more: Any) -> dict[str, Any]:
        resources = [
            {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": 15434},
            {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22", "2375", "2376", "51678", "51679"]},
            {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": []},
        ]
        attributes = [*({"name": n} for n in NAMES), *({"name": n, "value": v} for n, v in VALUES.items())]
        document = json.dumps({"instanceId": self.machine.id, "region": "us-east-1"})
        body = {
            "cluster": "c", "clientToken": token, "instanceIdentityDocument": document,
            "instanceIdentityDocumentSignature": "c2ln", "totalResources": resources, "attributes": attributes,
        }  # fmt: skip
        found: dict[str, Any] = self.call("RegisterContainerInstance", body | more)["containerInstance"]
        return found

    def open(self, arn: str, send_credentials: str, sequence: int) -> AgentSocket:
        endpoints = self.call("DiscoverPollEndpoint", {"cluster": "c", "containerInstance": arn, "zoneId": ""})
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/acs/", endpoints["endpoint"])
        assert endpoints["telemetryEndpoint"] == endpoints["endpoint"].replace("acs", "tcs")
        query = {
            "agentHash": "8dfceca6", "agentVersion": "1.105.1", "clusterArn": "c", "containerInstanceArn": arn,
            "dockerVersion": "DockerVersion: 20.10.24+dfsg1", "protocolVersion": "2",
            "sendCredentials": send_credentials, "seqNum": str(sequence),
        }  # fmt: skip
        return AgentSocket(endpoints["endpoint"], query, self.machine.keys)


@pytest.fixture
def agent(sandbox: Sandbox, cluster: str, launch_machine: Callable[..., str]) -> Replay:
    return Replay(Machine(sandbox, launch_machine()))


def test_a_task_and_a_restart_in_the_middle_of_the_next(
    sandbox: Sandbox, cluster: str, agent: Replay, start: Callable[..., Task]
) -> None:
    made = agent.register("4b4cfe0d-0000-4000-8000-000000000000")
    arn, came_back = made["containerInstanceArn"], {a["name"]: a.get("value") for a in made["attributes"]}
    assert came_back.items() >= (VALUES | dict.fromkeys(NAMES)).items()
    assert came_back["ecs.availability-zone"]
    (instance,) = running.list_instances("us-east-1", cluster)
    acknowledged = {"cluster": "c", "containerInstance": arn}
    with agent.open(arn, "true", 1) as session:
        manifest = session.receive_type("TaskManifestMessage")
        assert manifest.keys() == {
            "messageId",
            "clusterArn",
            "containerInstanceArn",
            "generatedAt",
            "timeline",
            "tasks",
        }
        session.send("AckRequest", messageId=manifest["messageId"], **acknowledged)
        first, second = start(instance, "true"), start(instance, "sleep 100")
        for task in (first, second):
            payload = session.receive_type("PayloadMessage")
            assert all(payload[name] for name in ("messageId", "clusterArn", "containerInstanceArn"))
            assert payload["tasks"][0]["arn"] == task.arn
            session.send("AckRequest", messageId=payload["messageId"], **acknowledged)
        until(lambda: second.taken, "the acknowledgement")
        agent.call("SubmitTaskStateChange", change(first, "RUNNING"), 298)
        agent.call("SubmitTaskStateChange", change(second, "RUNNING"), 298)
        answer = agent.call("SubmitTaskStateChange", change(first, "STOPPED", exitCode=0), 298)
        assert answer == {"acknowledgment": "ACK"}
        assert (first.last_status, second.last_status) == ("STOPPED", "RUNNING")
    # Killed, and started again: what has ended meanwhile comes before there is any session.
    again = agent.register("4b4cfe0d-0000-4000-8000-000000000001", containerInstanceArn=arn)
    assert again["containerInstanceArn"] == arn
    agent.call("SubmitTaskStateChange", change(second, "STOPPED", exitCode=3), 298)
    agent.call("SubmitTaskStateChange", change(first, "STOPPED", exitCode=0), 298)  # its own STOPPED once more
    assert (second.last_status, second.container.exit_code) == ("STOPPED", 3)
    with agent.open(arn, "true", payload["seqNum"]) as session:
        manifest = session.receive_type("TaskManifestMessage")
        assert (manifest["tasks"], manifest["timeline"] > payload["seqNum"]) == ([], True)
        session.send("AckRequest", messageId=manifest["messageId"], **acknowledged)
        agent.call("UpdateContainerInstancesState",
                   {"cluster": "c", "containerInstances": [arn], "status": "DRAINING"})  # fmt: skip
    assert instance.status == "DRAINING"


def change(task: Task, status: str, **more: Any) -> dict[str, Any]:
    container = {"containerName": "default", "runtimeId": RUNTIME, "status": status, **more}
    ended = {"executionStoppedAt": 1795828308.309} if status == "STOPPED" else {}
    return {"cluster": "c", "task": task.arn, "status": status, "reason": "", "containers": [container], **ended}
