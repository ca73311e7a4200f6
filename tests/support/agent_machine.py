"""A machine's side of ECS over the wire: its role's keys, its registration, its session."""

import json
from typing import Any

import boto3

from sandbox.ec2.hardware import role_credentials
from sandbox.ec2.model.records import list_instances
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
        self.id, self.sandbox = machine_id, sandbox
        self.renew_keys()

    def renew_keys(self) -> None:
        """Ask the metadata service again."""
        self.keys = key, secret, token = find_keys(self.id)
        session = boto3.Session(key, secret, token, region_name="us-east-1")
        self.ecs: Any = session.client("ecs", endpoint_url=self.sandbox.endpoint)

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
