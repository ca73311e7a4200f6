"""What the agent answers to a message of ACS: free of the web socket it came by."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sandbox.machines.ecs_agent.model.credentials import CredentialsById
from sandbox.machines.ecs_agent.model.log import say
from sandbox.machines.ecs_agent.model.store import Store
from sandbox.machines.ecs_agent.tasks.engine import Engine
from sandbox.machines.ecs_agent.tasks.payloads import find_fault
from sandbox.machines.ecs_agent.tasks.reports import Reports

Message = dict[str, Any]
_ROLES = (("roleCredentials", "TaskApplication"), ("executionRoleCredentials", "TaskExecution"))


class Messages:
    """`heard` is called after a heartbeat: the telemetry session then reports that Docker is well."""

    def __init__(
        self, engine: Engine, reports: Reports, credentials: CredentialsById, store: Store, heard: Callable[[], None]
    ) -> None:
        self._engine, self._reports, self._credentials, self._store = engine, reports, credentials, store
        self._heard = heard
        self._latest = int(store.values.get("sequence") or 0)
        self._manifest = ""
        self._handlers: dict[str, Callable[[Message], list[tuple[str, Message]]]] = {
            "HeartbeatMessage": self._heartbeat,
            "PayloadMessage": self._payload,
            "IAMRoleCredentialsMessage": self._role_credentials,
            "TaskManifestMessage": self._task_manifest,
            "TaskStopVerificationAck": self._stop_verification,
        }

    def answer(self, text: str) -> list[str]:
        """The messages to send back, in their order."""
        try:
            envelope = json.loads(text)
            kind, message = str(envelope["type"]), dict(envelope.get("message") or {})
        except (ValueError, KeyError, TypeError) as error:
            say("warn", "a message of ACS cannot be read", error=error)
            return []
        if kind not in self._handlers:
            say("warn", "a message of ACS has no handler", type=kind)
            return []
        try:
            answers = self._handlers[kind](message)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            say("error", "a message of ACS is not what it should be", type=kind, error=repr(error))
            return []
        return [json.dumps({"type": name, "message": body}) for name, body in answers]

    def _heartbeat(self, message: Message) -> list[tuple[str, Message]]:
        self._heard()
        return [("HeartbeatAckRequest", {"messageId": message.get("messageId")})]

    def _payload(self, message: Message) -> list[tuple[str, Message]]:
        if not all(message.get(name) for name in ("messageId", "clusterArn", "containerInstanceArn")):
            say("error", "a payload without its ids is dropped", id=message.get("messageId"))
            return []
        answers, loaded = [], True
        for payload in message.get("tasks") or ():
            fault = "no ARN" if not payload.get("arn") else find_fault(payload)
            if fault is not None:
                say("error", "a task cannot be loaded", task=payload.get("arn"), error=fault)
                self._reports.refuse(payload, fault)
                loaded = False
                continue
            answers += self._take_credentials(message, payload)
            self._engine.accept(payload)
        self._note_sequence(int(message.get("seqNum") or 0))
        return ([_ack(message)] if loaded else []) + answers

    def _take_credentials(self, message: Message, payload: Message) -> list[tuple[str, Message]]:
        answers = []
        for field, kind in _ROLES:
            if document := payload.get(field):
                taken = self._credentials.put(document, kind, payload["arn"])
                answers.append(_credentials_ack(message, taken.id, taken.expiration))
        return answers

    def _role_credentials(self, message: Message) -> list[tuple[str, Message]]:
        document = message.get("roleCredentials")
        if not document or not message.get("messageId") or message.get("taskArn") not in self._engine.tasks:
            say("error", "credentials for no task of this machine", task=message.get("taskArn"))
            return []
        kind = str(message.get("roleType") or "TaskApplication")
        taken = self._credentials.put(document, kind, message["taskArn"])
        return [_credentials_ack(message, taken.id, taken.expiration)]

    def _task_manifest(self, message: Message) -> list[tuple[str, Message]]:
        timeline = int(message.get("timeline") or 0)
        if timeline <= self._latest:
            say("warn", "a stale task manifest is left out", timeline=timeline, latest=self._latest)
            return []
        self._manifest = str(message.get("messageId"))
        self._note_sequence(timeline)
        right = {task["taskArn"] for task in message.get("tasks") or () if task.get("desiredStatus") != "STOPPED"}
        surplus = [task for task in self._engine.running() if task.arn not in right]
        answers = [_ack(message)]
        if surplus:
            cluster = message.get("clusterArn")
            named = [{"taskArn": task.arn, "taskClusterArn": cluster, "desiredStatus": "STOPPED"} for task in surplus]
            answers.append(
                (
                    "TaskStopVerificationMessage",
                    {"messageId": message.get("messageId"), "stopCandidates": named},
                )
            )
        return answers

    def _stop_verification(self, message: Message) -> list[tuple[str, Message]]:
        if not self._manifest or message.get("messageId") != self._manifest:
            say("error", "a stop verification of another manifest", id=message.get("messageId"))
            return []
        self._manifest = ""
        for named in message.get("stopTasks") or ():
            if (task := self._engine.tasks.get(named.get("taskArn", ""))) is not None:
                self._engine.stop(task)
        return []

    def _note_sequence(self, number: int) -> None:
        if number > self._latest:
            self._latest = number
            self._store.put(sequence=number)


def _ack(message: Message) -> tuple[str, Message]:
    named = {"cluster": message.get("clusterArn"), "containerInstance": message.get("containerInstanceArn")}
    return "AckRequest", {**named, "messageId": message.get("messageId")}


def _credentials_ack(message: Message, id_: str, expiration: str) -> tuple[str, Message]:
    named = {"messageId": message.get("messageId"), "credentialsId": id_, "expiration": expiration}
    return "IAMRoleCredentialsAckRequest", named
