"""The agent is killed and started again: containers live on, and what happened meanwhile is told."""

from collections.abc import Callable
from typing import Any

from sandbox.machines.ecs_agent.local.endpoints import TaskEndpoints
from sandbox.machines.ecs_agent.local.server import Asked
from sandbox.machines.ecs_agent.tasks.room import Needs
from sandbox.machines.ecs_agent.wire.calls import AwsError
from tests.support.docker_double import Behaviour, DockerDouble, until
from tests.support.guest_agent import GuestAgent, role, task

Start = Callable[..., GuestAgent]


def started_twice(agent: GuestAgent, docker: DockerDouble, payload: dict[str, Any]) -> None:
    docker.images["kiln/test:1"] = Behaviour(lasts=True, exit_code=5)
    agent.payload(payload)
    agent.await_running()
    until(lambda: agent.store.tasks()[0].sent == "RUNNING")


def test_a_container_that_lives_on_is_not_reported_again(agent: GuestAgent, docker: DockerDouble) -> None:
    payload = task()
    started_twice(agent, docker, payload)
    later = agent.again()
    later.engine.restore()
    until(lambda: len([line for line in docker.asked if line.endswith("/wait")]) == 2)
    assert later.statuses() == []
    docker.one().end(5)
    assert later.stopped()["containers"][0]["exitCode"] == 5
    assert later.statuses() == ["STOPPED"]
    assert len(docker.containers) == 1


def test_what_ended_meanwhile_is_reported_with_its_code(agent: GuestAgent, docker: DockerDouble) -> None:
    payload = task()
    started_twice(agent, docker, payload)
    later = agent.again()
    docker.one().end(5)
    later.engine.restore()
    assert later.stopped()["containers"][0]["exitCode"] == 5
    until(lambda: later.store.tasks()[0].sent == "STOPPED")
    third = later.again()
    third.engine.restore()
    assert third.statuses() == []


def test_a_container_that_is_gone_is_reported(agent: GuestAgent, docker: DockerDouble) -> None:
    payload = task()
    started_twice(agent, docker, payload)
    later = agent.again()
    docker.containers.pop(docker.one().id).end(0)
    later.engine.restore()
    assert later.stopped()["containers"][0]["reason"].startswith("ContainerVanishedError: ")


def test_a_task_that_waited_for_room_still_waits(agent: GuestAgent, docker: DockerDouble) -> None:
    large = task()
    large["containers"][0]["memory"] = 60000
    agent.payload(large)
    later = agent.again()
    later.engine.restore()
    later.payload({"arn": large["arn"], "desiredStatus": "STOPPED"})
    assert later.stopped()["task"] == large["arn"]
    assert docker.containers == {}


def test_a_running_task_keeps_its_room(agent: GuestAgent, docker: DockerDouble) -> None:
    first = task()
    first["containers"][0]["memory"] = 900
    started_twice(agent, docker, first)
    later = agent.again()
    later.engine.restore()
    assert later.room.fits(Needs(0, 100, frozenset()))
    assert not later.room.fits(Needs(0, 101, frozenset()))
    docker.one().end(0)
    later.stopped()
    until(lambda: later.room.fits(Needs(0, 1000, frozenset())))


def test_a_container_that_docker_made_while_the_agent_died_is_found_by_its_name(
    agent: GuestAgent, docker: DockerDouble
) -> None:
    payload = task()
    started_twice(agent, docker, payload)
    kept = agent.store.tasks()[0]
    (made,) = kept.containers
    made.runtime_id, made.known, made.sent, kept.known, kept.sent = "", "NONE", "NONE", "NONE", "NONE"
    agent.store.save(kept)
    later = agent.again()
    later.engine.restore()
    later.await_running()
    assert later.aws.changes()[0]["containers"][0]["runtimeId"] == docker.one().id
    assert len(docker.containers) == 1


def test_credentials_come_back_by_message_alone(agent: GuestAgent, docker: DockerDouble) -> None:
    payload = task(roleCredentials=role())
    started_twice(agent, docker, payload)
    later = agent.again()
    later.engine.restore()
    endpoints = TaskEndpoints(later.engine, later.credentials, "kiln", "us-east-1a", (40, 60))
    asked = Asked(f"/v2/credentials/{role()['credentialsId']}", "", "172.17.0.2", "curl")
    assert endpoints.respond(asked)[0] == 503
    message = {"messageId": "m9", "taskArn": payload["arn"], "roleType": "TaskApplication", "roleCredentials": role()}
    (answer,) = later.hear("IAMRoleCredentialsMessage", **message)
    assert answer[1] == {
        "messageId": "m9",
        "credentialsId": role()["credentialsId"],
        "expiration": role()["expiration"],
    }
    status, document = endpoints.respond(asked)
    assert status == 200
    assert document == {
        **{"RoleArn": role()["roleArn"], "AccessKeyId": "ASIA1", "SecretAccessKey": "s", "Token": "t"},
        "Expiration": role()["expiration"],
    }
    (kept,) = (later.directory / "tasks").glob("*.json")
    assert "ASIA1" not in kept.read_text()


def test_a_report_that_ecs_dropped_is_sent_again_by_the_next_agent(agent: GuestAgent, docker: DockerDouble) -> None:
    started_twice(agent, docker, task())
    agent.aws.errors = [AwsError("InvalidParameterException", "no such task")]
    docker.one().end(5)
    agent.stopped()
    later = agent.again()
    later.engine.restore()
    assert later.stopped()["containers"][0]["exitCode"] == 5
