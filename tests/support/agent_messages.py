"""What an agent of the double does with the messages that it is sent."""

import json
from typing import TYPE_CHECKING, Any

from tests.support.agent_container import Container

if TYPE_CHECKING:
    from tests.support.agent import Agent

Body = dict[str, Any]


def take(agent: "Agent", message: Body) -> None:
    """Take a message, as it comes out of the wire."""
    body: Body = json.loads(json.dumps(message["message"]))
    _TAKE[message["type"]](agent, body)


def _take_payload(agent: "Agent", body: Body) -> None:
    assert body["messageId"]
    assert body["clusterArn"]
    assert body["containerInstanceArn"] == agent.arn
    scripts = [agent.double.find_script(container) for task in body["tasks"] for container in task["containers"]]
    if any(script.silent for script in scripts):
        return
    agent.highest = max(agent.highest, body["seqNum"])
    _acknowledge(agent, body)
    for task in body["tasks"]:
        agent.double.payloads.append(task)
        for member in ("roleCredentials", "executionRoleCredentials"):
            if task.get(member):
                _keep(agent, body, task[member])
        _run(agent, task)


def _run(agent: "Agent", task: Body) -> None:
    known = agent.containers.get(task["arn"])
    if known is None:
        # The agent reads what is a string in the payload as JSON; it takes no override but a command.
        (container,) = task["containers"]
        assert json.loads(container["overrides"]) == {}
        assert json.loads(task["overrides"]) == {}
        json.loads(container["dockerConfig"]["hostConfig"])
        assert "-" not in task["arn"].rpartition("/")[2]
        known = agent.containers[task["arn"]] = Container(agent, task, agent.double.find_script(container))
        if task["desiredStatus"] == "RUNNING":
            known.pull()
    if task["desiredStatus"] == "STOPPED":
        known.stop()


def _take_manifest(agent: "Agent", body: Body) -> None:
    if body["timeline"] <= agent.highest:
        return
    agent.highest = body["timeline"]
    _acknowledge(agent, body)
    listed = {task["taskArn"] for task in body["tasks"]}
    extra = [arn for arn, container in agent.containers.items() if not container.ended and arn not in listed]
    if extra:
        candidates = [{"taskArn": arn, "taskClusterArn": body["clusterArn"], "desiredStatus": "STOPPED"}
                      for arn in extra]  # fmt: skip
        agent.answer("TaskStopVerificationMessage", messageId=body["messageId"], stopCandidates=candidates)


def _take_stops(agent: "Agent", body: Body) -> None:
    for task in body["stopTasks"]:
        agent.containers[task["taskArn"]].stop()


def _take_credentials(agent: "Agent", body: Body) -> None:
    _keep(agent, body, body["roleCredentials"])


def _take_heartbeat(agent: "Agent", body: Body) -> None:
    agent.answer("HeartbeatAckRequest", messageId=body["messageId"])


def _keep(agent: "Agent", body: Body, credentials: Body) -> None:
    agent.credentials[credentials["credentialsId"]] = credentials
    agent.answer("IAMRoleCredentialsAckRequest", messageId=body["messageId"],
                 credentialsId=credentials["credentialsId"], expiration=credentials["expiration"])  # fmt: skip


def _acknowledge(agent: "Agent", body: Body) -> None:
    agent.answer("AckRequest", cluster=agent.cluster, containerInstance=agent.arn, messageId=body["messageId"])


_TAKE = {
    "PayloadMessage": _take_payload,
    "TaskManifestMessage": _take_manifest,
    "TaskStopVerificationAck": _take_stops,
    "IAMRoleCredentialsMessage": _take_credentials,
    "HeartbeatMessage": _take_heartbeat,
}
