"""One agent of the double: it registers, opens its session, takes payloads, and lets containers run."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sandbox.door import handshakes
from sandbox.ec2.model.instance_types import gpus, vcpus
from sandbox.ec2.model.registered_memory import find_registered_mib
from sandbox.ecs.model import tables
from sandbox.ecs.sessions import handshake
from sandbox.ecs.sessions.session import AgentSession
from tests.support import agent_messages
from tests.support.agent_container import Container
from tests.support.agent_wire import Refused, call, make_environ

if TYPE_CHECKING:
    from tests.support.agents import AgentDouble

ATTRIBUTES = ("com.amazonaws.ecs.capability.task-iam-role", "com.amazonaws.ecs.capability.logging-driver.awslogs")


@dataclass
class Agent:
    """An agent on a machine; `containers` are by their task's ARN, and outlive the agent's own end.

    `connects` False: it registers, and never opens a session. `drains`: it drains itself at the notice of its end.
    """

    double: "AgentDouble"
    machine: Any
    cluster: str
    version: str = "1.105.1"
    attributes: dict[str, str] = field(default_factory=dict)
    register: dict[str, int] = field(default_factory=dict)
    connects: bool = True
    drains: bool = False
    arn: str = ""
    alive: bool = False
    containers: dict[str, Container] = field(default_factory=dict)
    credentials: dict[str, dict[str, Any]] = field(default_factory=dict)
    untold: list[dict[str, Any]] = field(default_factory=list)
    highest: int = 0
    _session: AgentSession | None = None
    _connection: int = 0
    _starts: int = 0

    def start(self) -> None:
        """As the agent's process starts: register, tell what has ended meanwhile, open a session."""
        with self.double.sandbox.world.lock:
            self.alive, self.credentials = True, {}
            self._starts += 1
            self._register()
            untold, self.untold = self.untold, []
            for change in untold:
                self.call("SubmitTaskStateChange", **change)
            if self.connects:
                self.connect()

    def _register(self) -> None:
        has = {"CPU": vcpus(self.machine.instance_type) * 1024,
               "MEMORY": find_registered_mib(self.machine.instance_type)} | self.register  # fmt: skip
        document = {"instanceId": self.machine.id, "region": self.machine.region_name}
        devices = [{"id": f"GPU-{number}", "type": "GPU"} for number in range(gpus(self.machine.instance_type))]
        attributes = [{"name": name} for name in ATTRIBUTES]
        attributes += [{"name": name, "value": value} for name, value in self.attributes.items()]
        answer = self.call(
            "RegisterContainerInstance", cluster=self.cluster, clientToken=f"{self.machine.id}-{self._starts}",
            instanceIdentityDocument=json.dumps(document), instanceIdentityDocumentSignature="c2ln",
            totalResources=[{"name": name, "type": "INTEGER", "integerValue": value} for name, value in has.items()],
            attributes=attributes, **({"platformDevices": devices} if devices else {}),
            **({"containerInstanceArn": self.arn} if self.arn else {}),
        )  # fmt: skip
        self.arn = answer["containerInstance"]["containerInstanceArn"]
        came_back = {a["name"]: a.get("value") for a in answer["containerInstance"]["attributes"]}
        assert all(came_back.get(name) == value for name, value in self.attributes.items()), "attributes not echoed"

    def connect(self, lacks_credentials: bool = True) -> None:
        """Open a session; `Refused` where the handshake is."""
        world = self.double.sandbox.world
        path = self.call("DiscoverPollEndpoint", cluster=self.cluster, containerInstance=self.arn)["endpoint"]
        path = "/" + path.partition("//")[2].partition("/")[2] + "ws"
        query = {
            "agentHash": "8dfceca6", "agentVersion": self.version, "clusterArn": self.cluster,
            "containerInstanceArn": self.arn, "dockerVersion": "DockerVersion: 25.0.8", "protocolVersion": "2",
            "sendCredentials": str(lacks_credentials).lower(), "seqNum": str(self.highest or 1),
        }  # fmt: skip
        environ = make_environ(self.double.sandbox, self.machine, "GET", path, query=urlencode(query),
                               HTTP_UPGRADE="websocket")  # fmt: skip
        with world.lock:
            asked = handshakes.read(world, environ)
            refusal = handshakes.check(world, asked)
            if refusal:
                raise Refused(refusal.code, refusal.message)
            self._connection += 1
            connection = self._connection
            self._session = handshake.begin(
                tables.of(asked.request.region), asked.query, asked.caller,
                lambda message: self._hear(message, connection), lambda: None,
            )  # fmt: skip

    def disconnect(self) -> None:
        if self._session:
            session, self._session = self._session, None
            with self.double.sandbox.world.lock:
                session.end()

    def kill(self) -> None:
        self.alive = False
        self.disconnect()

    def lose_machine(self) -> None:
        """The machine is off, and every container with it."""
        self.kill()
        for container in self.containers.values():
            container.lose()

    def drain(self) -> None:
        """As at the notice that the machine will be taken."""
        self.call("UpdateContainerInstancesState", cluster=self.cluster, containerInstances=[self.arn],
                  status="DRAINING")  # fmt: skip

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        return call(self.double.sandbox, self.machine, operation, **parameters)

    def tell(self, **change: Any) -> None:
        """SubmitTaskStateChange: now, or for an end at the next start. Nobody repeats what was running."""
        if self.alive:
            self.call("SubmitTaskStateChange", cluster=self.cluster, reason="", **change)
        elif change["status"] == "STOPPED":
            self.untold.append({"cluster": self.cluster, "reason": "", **change})

    def answer(self, kind: str, **body: Any) -> None:
        """Send a message over the session, if it is still open."""
        if self._session:
            self._session.receive({"type": kind, "message": body})

    def _hear(self, message: dict[str, Any], connection: int) -> None:
        def take() -> None:
            if self.alive and self._session and connection == self._connection:
                agent_messages.take(self, message)

        self.double.sandbox.world.later(0, take)
