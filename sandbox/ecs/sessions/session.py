"""An agent's session: what it is sent in which order, and what its answers mean. A web socket carries it, or a test.

Source: the agent's own protocol (amazon-ecs-agent 1.105), as recorded. On connecting the agent is sent the payloads
that it may not have, credentials where its process has lost them, then a manifest of all that it should run. A payload
is sent again until it is acknowledged.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from sandbox.ecs.model.records import ContainerInstance, Fields, Task
from sandbox.ecs.model.tables import Records
from sandbox.ecs.payloads import credentials
from sandbox.ecs.payloads.task import make_task
from sandbox.ecs.sessions import manifest
from sandbox.world.world import current

AGAIN = 10.0  # seconds of the sandbox's clock until a message that is not acknowledged is sent again
Send = Callable[[Fields], None]


class AgentSession:
    """`send` takes a message, and must not wait for its being read; `hang_up` ends what carries the session.

    `endpoint` is the sandbox's URL as the agent's machine sees it. Everything is called under the world's lock.
    """

    def __init__(
        self, records: Records, instance: ContainerInstance, send: Send, hang_up: Callable[[], None], endpoint: str
    ) -> None:
        self._records, self._instance, self._endpoint = records, instance, endpoint
        self._send, self._hang_up = send, hang_up
        self._unacknowledged: dict[str, tuple[Fields, Task | None]] = {}
        self._manifest = ""

    def open(self, version_info: Fields, *, lacks_credentials: bool) -> None:
        """Begin: a session that the container instance had before ends. `lacks_credentials` is the agent's
        sendCredentials: its process has just started.
        """
        instance = self._instance
        former, instance.session, instance.agent_connected = instance.session, self, True
        if former:
            former.end()
        instance.version_info |= version_info
        for task in list(instance.live.values()):
            if task.last_status == "PENDING" or not task.taken or task.desired_status == "STOPPED":
                self.push(task)
            else:
                self.send_credentials(task, again=lacks_credentials)
        self._send_manifest()
        self._records.tell_instance(instance)

    def end(self) -> None:
        """End it from this side, or because what carried it is gone."""
        self._unacknowledged.clear()
        if self._instance.session is self:
            self._instance.session, self._instance.agent_connected = None, False
            self._records.tell_instance(self._instance)
        self._hang_up()

    @property
    def is_open(self) -> bool:
        return self._instance.session is self

    def push(self, task: Task) -> None:
        """Send the payload of a task, as it is desired now."""
        earlier = [key for key, (_, of_task) in self._unacknowledged.items() if of_task is task]
        for key in earlier:
            del self._unacknowledged[key]
        made = make_task(task, self._instance, self._records.region_name, self._endpoint)
        body = {"seqNum": self._count(), "tasks": [made]}
        self._send_until_acknowledged("PayloadMessage", body, task)

    def send_credentials(self, task: Task, again: bool = False) -> None:
        """Send the credentials of a task's roles: those that the agent has not acknowledged, or all `again`."""
        for kind, given in task.credentials.items():
            if again or given.acked != credentials.write_expiration(given):
                body = {"taskArn": task.arn, "taskClusterArn": task.cluster_arn, "roleType": kind,
                        "roleCredentials": credentials.render(given)}  # fmt: skip
                self._send({"type": "IAMRoleCredentialsMessage", "message": {"messageId": str(uuid4()), **body}})

    def beat(self) -> None:
        """Send a heartbeat."""
        self._send({"type": "HeartbeatMessage", "message": {"messageId": str(uuid4()), "healthy": True}})

    def receive(self, message: Fields) -> None:
        """Take a message of the agent's; one of an unknown type is let pass."""
        body: Any = message.get("message") or {}
        kind = message.get("type")
        if not self.is_open or not isinstance(body, dict):
            return
        if kind == "AckRequest":
            _, task = self._unacknowledged.pop(str(body.get("messageId")), ({}, None))
            if task:
                task.taken = True
        elif kind == "IAMRoleCredentialsAckRequest":
            self._note_credentials(body)
        elif kind == "TaskStopVerificationMessage":
            answer = manifest.verify_stops(self._instance, body.get("stopCandidates") or [])
            self._send({"type": "TaskStopVerificationAck", "message": {"messageId": self._manifest, **answer}})

    def _send_manifest(self) -> None:
        body = {"timeline": self._count(), "tasks": manifest.list_tasks(self._instance)}
        self._manifest = self._send_until_acknowledged("TaskManifestMessage", body, None)

    def _count(self) -> int:
        """Take the next number, of seqNums and timelines alike: the agent lets pass a manifest below either."""
        self._instance.sequence += 1
        return self._instance.sequence

    def _send_until_acknowledged(self, kind: str, body: Fields, task: Task | None) -> str:
        message_id = str(uuid4())
        head = {"messageId": message_id, "clusterArn": self._instance.cluster_arn,
                "containerInstanceArn": self._instance.arn, "generatedAt": manifest.write_milliseconds()}  # fmt: skip
        self._unacknowledged[message_id] = ({"type": kind, "message": head | body}, task)
        self._send_again(message_id)
        return message_id

    def _send_again(self, message_id: str) -> None:
        message, task = self._unacknowledged.get(message_id, ({}, None))
        if message and self.is_open and not (task and task.last_status == "STOPPED"):
            self._send(message)
            current().later(AGAIN, lambda: self._send_again(message_id))

    def _note_credentials(self, body: Fields) -> None:
        for task in self._instance.live.values():
            for given in task.credentials.values():
                if given.id == body.get("credentialsId"):
                    given.acked = str(body.get("expiration") or "")
