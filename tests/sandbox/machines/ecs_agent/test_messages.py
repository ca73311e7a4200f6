"""What the agent answers to ACS."""

from typing import Any

import pytest

from tests.support.docker_double import Behaviour, DockerDouble, until
from tests.support.guest_agent import CLUSTER, INSTANCE, GuestAgent, container, role, task

HEAD = {"messageId": "m1", "clusterArn": CLUSTER, "containerInstanceArn": INSTANCE}


def test_a_heartbeat_is_acknowledged(agent: GuestAgent) -> None:
    assert agent.hear("HeartbeatMessage", messageId="h1", healthy=True) == [
        ("HeartbeatAckRequest", {"messageId": "h1"})
    ]


def test_a_payload_is_acknowledged_by_its_ids(agent: GuestAgent) -> None:
    acked = {"cluster": CLUSTER, "containerInstance": INSTANCE, "messageId": "m1"}
    assert agent.payload(task()) == [("AckRequest", acked)]


@pytest.mark.parametrize("missing", ["messageId", "clusterArn", "containerInstanceArn"])
def test_a_payload_without_an_id_is_dropped(agent: GuestAgent, docker: DockerDouble, missing: str) -> None:
    assert agent.payload(task(), **{missing: ""}) == []
    assert agent.engine.tasks == {}


@pytest.mark.parametrize(
    "broken",
    [
        {"overrides": '{"environment": []}'},
        {"overrides": ""},
        {"overrides": "no JSON"},
    ],
)
def test_a_task_that_cannot_be_loaded_is_reported_and_not_acknowledged(
    agent: GuestAgent, broken: dict[str, Any]
) -> None:
    assert agent.payload(task(container(**broken))) == []
    assert agent.stopped()["reason"].startswith("UnrecogniedTaskError: Error loading task - ")


def test_an_unknown_message_is_let_pass(agent: GuestAgent) -> None:
    assert agent.hear("AttachTaskNetworkInterfacesMessage", messageId="x") == []
    assert agent.messages.answer("no JSON") == []


def test_a_manifest_asks_about_tasks_that_should_not_run(agent: GuestAgent, docker: DockerDouble) -> None:
    docker.images["kiln/test:1"] = Behaviour(lasts=True)
    right, surplus = task(), task()
    agent.payload(right, surplus)
    until(lambda: agent.statuses().count("RUNNING") == 2)
    listed = [{"taskArn": right["arn"], "taskClusterArn": CLUSTER, "desiredStatus": "RUNNING"}]
    answers = agent.hear("TaskManifestMessage", **{**HEAD, "messageId": "t1", "timeline": 5, "tasks": listed})
    assert [kind for kind, _ in answers] == ["AckRequest", "TaskStopVerificationMessage"]
    candidates = answers[1][1]["stopCandidates"]
    assert candidates == [{"taskArn": surplus["arn"], "taskClusterArn": CLUSTER, "desiredStatus": "STOPPED"}]
    assert agent.hear("TaskStopVerificationAck", messageId="other", stopTasks=candidates) == []
    assert not agent.engine.tasks[surplus["arn"]].stopping
    assert agent.hear("TaskStopVerificationAck", messageId="t1", stopTasks=candidates) == []
    assert agent.stopped()["task"] == surplus["arn"]
    assert not agent.engine.tasks[right["arn"]].stopping


@pytest.mark.parametrize(("timeline", "answered"), [(7, False), (6, False), (8, True)])
def test_a_manifest_below_what_was_seen_is_stale(agent: GuestAgent, timeline: int, answered: bool) -> None:
    agent.payload(task(), seqNum=7)
    assert bool(agent.hear("TaskManifestMessage", **{**HEAD, "timeline": timeline, "tasks": []})) is answered
    later = agent.again()
    assert later.hear("TaskManifestMessage", **{**HEAD, "timeline": timeline, "tasks": []}) == []


def test_both_roles_are_acknowledged(agent: GuestAgent) -> None:
    other = role("22222222-2222-4222-8222-222222222222")
    answers = agent.payload(task(roleCredentials=role(), executionRoleCredentials=other))
    acked = [body["credentialsId"] for kind, body in answers if kind == "IAMRoleCredentialsAckRequest"]
    assert acked == [role()["credentialsId"], other["credentialsId"]]


def test_credentials_for_no_task_of_ours_are_not_taken(agent: GuestAgent) -> None:
    message = {"messageId": "m", "taskArn": "arn:other", "roleType": "TaskApplication", "roleCredentials": role()}
    assert agent.hear("IAMRoleCredentialsMessage", **message) == []
    assert agent.credentials.get(role()["credentialsId"]) is None


@pytest.mark.parametrize(
    "tasks",
    [
        [{"arn": "arn:x/1", "containers": [{}]}],
        ["text"],
        [{"arn": "arn:x/1", "containers": "text"}],
        [task(container(memory="x"))],
    ],
)
def test_a_message_of_another_shape_is_not_acknowledged_and_ends_nothing(agent: GuestAgent, tasks: list[Any]) -> None:
    assert agent.hear("PayloadMessage", **{**HEAD, "seqNum": 1, "tasks": tasks}) == []
    assert agent.hear("HeartbeatMessage", messageId="h1", healthy=True)
