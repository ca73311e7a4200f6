"""The double of ECS's agents, for tests without machines: in process and without threads, by the same messages.

`with AgentDouble(sandbox) as agents:` lets an agent run on every machine that becomes running and names a cluster in
its user data (ECS_CLUSTER), as Batch writes it; `agents.join(instance_id, cluster)` on any other. What agents do
happens by the sandbox's clock: nothing happens while a message is on its way, everything soon after.
"""

import base64
import gzip
import json
import re
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

from sandbox.ec2.model.records import list_instances
from sandbox.inprocess import Sandbox
from tests.support.agent import Agent
from tests.support.agent_scripts import Script
from tests.support.agent_wire import Refused

_CLUSTER = re.compile(r"ECS_CLUSTER=[\"']?([A-Za-z0-9_-]+)")
_ATTRIBUTES = re.compile(r"ECS_INSTANCE_ATTRIBUTES=(\{[^}\n]*\})")
_DRAINS = re.compile(r"ECS_ENABLE_SPOT_INSTANCE_DRAINING=[\"']?true")


@dataclass
class AgentDouble:
    """All agents of a sandbox, by the ids of their machines.

    `version`, `attributes` and `register` (resources by name, in place of what the type has) hold for agents that
    start from then on. `payloads` are the tasks of all payloads that were taken, in their order; `draining` is
    ECS_ENABLE_SPOT_INSTANCE_DRAINING. `joins` False: no agent starts by itself; `connects` False: agents register, and
    never open a session.
    """

    sandbox: Sandbox
    version: str = "1.105.1"
    attributes: dict[str, str] = field(default_factory=dict)
    register: dict[str, int] = field(default_factory=dict)
    draining: bool = False
    joins: bool = True
    connects: bool = True
    agents: dict[str, Agent] = field(default_factory=dict)
    scripts: list[tuple[str, Script]] = field(default_factory=list)
    payloads: list[dict[str, Any]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.sandbox.world.machine_listeners.append(self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sandbox.world.machine_listeners.remove(self._hear)
        for agent in list(self.agents.values()):
            agent.kill()
        self.agents.clear()

    def script(self, part: str, **how: Any) -> None:
        """Say how containers end whose image or command holds `part`: the fields of `Script`; the newest that fits."""
        self.scripts.insert(0, (part, replace(Script(), **how)))

    def find_script(self, container: dict[str, Any]) -> Script:
        text = "\n".join([str(container["image"]), *(str(word) for word in container.get("command") or [])])
        return next((script for part, script in self.scripts if part in text), Script())

    def join(self, instance_id: str, cluster: str, **how: Any) -> Agent:
        """Start an agent on a machine, for that cluster; `how` are the fields of `Agent`."""
        machine = next(machine for machine in list_instances() if machine.id == instance_id)
        given: dict[str, Any] = {
            "version": self.version, "attributes": dict(self.attributes), "register": dict(self.register),
            "connects": self.connects, "drains": self.draining,
        }  # fmt: skip
        agent = Agent(self, machine, cluster, **(given | how))
        self.agents[instance_id] = agent
        agent.start()
        return agent

    def find(self, instance: Any) -> Agent:
        """Find an agent by its machine's id, or by a container instance."""
        return self.agents[getattr(instance, "ec2_instance_id", instance)]

    def end(self, task_arn: str, exit_code: int = 0) -> None:
        """Let the container of a task end now."""
        for agent in self.agents.values():
            if task_arn in agent.containers:
                with self.sandbox.world.lock:
                    agent.containers[task_arn].exit(exit_code)

    def kill(self, instance: Any) -> None:
        """Kill an agent; its containers live on, and end as their script says, but nobody tells."""
        self.find(instance).kill()

    def restart(self, instance: Any) -> None:
        """Start a killed agent again: it tells what has ended meanwhile, and has lost all credentials."""
        self.find(instance).start()

    def disconnect(self, instance: Any) -> None:
        """Take an agent's session away; changes are told all the same."""
        self.find(instance).disconnect()

    def notice_spot(self, instance: Any) -> None:
        """Give an agent the notice that its machine will be taken: it drains itself, where it is set to."""
        if self.find(instance).drains:
            self.find(instance).drain()

    def _hear(self, machine: Any, state: str) -> None:
        if state == "running" and machine.id not in self.agents:
            clusters = _CLUSTER.findall(read_user_data(machine))
            if clusters and self.joins:
                self.sandbox.world.later(0, lambda: self._join_running(machine, clusters[-1]))
        elif state == "running":
            self.agents[machine.id].start()
        elif machine.id in self.agents:
            self.agents[machine.id].lose_machine()
            if state == "terminated":
                del self.agents[machine.id]

    def _join_running(self, machine: Any, cluster: str) -> None:
        if machine.state == "running" and machine.id not in self.agents:
            settings = read_user_data(machine)
            own = _ATTRIBUTES.findall(settings)
            attributes = json.loads(own[-1].replace("\\", "")) if own else {}
            drains = self.draining or bool(_DRAINS.search(settings))
            try:
                self.join(machine.id, cluster, attributes=attributes | self.attributes, drains=drains)
            except Refused as error:
                if error.code != "AccessDeniedException":
                    raise
                del self.agents[machine.id]  # it has ended with code 1: systemd starts it again
                self.sandbox.world.later(10, lambda: self._join_running(machine, cluster))


def read_user_data(machine: Any) -> str:
    """Read a machine's user data, unpacked; "" where it has none."""
    try:
        data = base64.b64decode(str(machine.user_data or ""))
        data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (ValueError, OSError):
        return ""
    return data.decode("utf-8", "replace")
