"""Tasks from payload to their last report."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.docker_double import Behaviour, DockerDouble, until
from tests.support.guest_agent import GuestAgent, container, role, task

Start = Callable[..., GuestAgent]


def only(change: dict[str, Any]) -> dict[str, Any]:
    (said,) = change["containers"]
    return dict(said)


@pytest.mark.parametrize("code", [0, 3])
def test_a_task_that_ends_by_itself(agent: GuestAgent, docker: DockerDouble, code: int) -> None:
    docker.images["kiln/test:1"] = Behaviour(exit_code=code)
    payload = task()
    assert [kind for kind, _ in agent.payload(payload)] == ["AckRequest"]
    stopped = agent.stopped()
    assert agent.statuses() == ["RUNNING", "STOPPED"]
    assert stopped["cluster"] == "kiln"
    assert (stopped["task"], stopped["reason"]) == (payload["arn"], "")
    assert stopped["executionStoppedAt"] > 1_700_000_000
    made = docker.one()
    assert only(stopped) == {"containerName": "main", "status": "STOPPED", "runtimeId": made.id, "exitCode": code}
    assert not {"pullStartedAt", "pullStoppedAt"} & set(stopped)


def test_memory_is_dockers_word(agent: GuestAgent, docker: DockerDouble) -> None:
    docker.images["kiln/test:1"] = Behaviour(oom=True)
    agent.payload(task())
    said = only(agent.stopped())
    assert (said["exitCode"], said["reason"]) == (137, "OutOfMemoryError: Container killed due to memory usage")


def test_a_command_that_is_not_there(agent: GuestAgent, docker: DockerDouble) -> None:
    docker.images["kiln/test:1"] = Behaviour(start_error='exec: "/bin/nosuch": no such file or directory')
    agent.payload(task())
    said = only(agent.stopped())
    why = 'CannotStartContainerError: Error response from daemon: exec: "/bin/nosuch": no such file or directory'
    assert said["reason"] == why
    assert "exitCode" not in said
    assert agent.statuses() == ["STOPPED"]


def test_a_container_that_cannot_be_created(agent: GuestAgent, docker: DockerDouble) -> None:
    docker.images["kiln/test:1"] = Behaviour(create_error="Minimum memory limit allowed is 6MB")
    agent.payload(task(container(memory=2)))
    said = only(agent.stopped())
    why = "CannotCreateContainerError: Error response from daemon: Minimum memory limit allowed is 6MB"
    assert said == {"containerName": "main", "status": "STOPPED", "reason": why}


@pytest.mark.parametrize(
    ("hostConfig", "why"),
    [
        ("{", "Unable to decode given host config: "),
        ("[]", "Unable to decode given host config: "),
    ],
)
def test_a_host_config_that_is_no_json(agent: GuestAgent, hostConfig: str, why: str) -> None:  # noqa: N803
    assert [kind for kind, _ in agent.payload(task(container(dockerConfig={"hostConfig": hostConfig})))] == [
        "AckRequest"
    ]
    assert only(agent.stopped())["reason"].startswith(f"HostConfigError: {why}")


def test_an_unknown_volume(agent: GuestAgent) -> None:
    agent.payload(task(container(mountPoints=[{"sourceVolume": "nope", "containerPath": "/x"}])))
    assert only(agent.stopped())["reason"] == "HostConfigError: Invalid volume referenced: nope"


@pytest.mark.parametrize(
    ("settings", "more", "seconds"),
    [({}, {}, 30), ({"ECS_CONTAINER_STOP_TIMEOUT": "5s"}, {}, 5), ({}, {"stopTimeout": 2}, 2)],
)
def test_a_task_is_stopped(
    start: Start, docker: DockerDouble, settings: dict[str, str], more: dict[str, Any], seconds: int
) -> None:
    docker.images["kiln/test:1"] = Behaviour(lasts=True, deaf=True)
    agent = start(**settings)
    payload = task(container(**more))
    agent.payload(payload)
    agent.await_running()
    agent.payload({"arn": payload["arn"], "desiredStatus": "STOPPED"})
    said = only(agent.stopped())
    assert said["exitCode"] == 137
    assert "reason" not in said
    assert docker.one().stop_seconds == [seconds]


def test_a_stop_before_anything_was_known_is_reported_at_once(agent: GuestAgent, docker: DockerDouble) -> None:
    agent.payload(task(desiredStatus="STOPPED"))
    assert only(agent.stopped()) == {"containerName": "main", "status": "STOPPED"}
    assert docker.containers == {}


def test_the_same_payload_again_runs_nothing_twice(agent: GuestAgent, docker: DockerDouble) -> None:
    docker.images["kiln/test:1"] = Behaviour(lasts=True)
    payload = task()
    agent.payload(payload)
    agent.await_running()
    assert [kind for kind, _ in agent.payload(payload)] == ["AckRequest"]
    assert len(docker.containers) == 1


def test_what_does_not_fit_waits_and_holds_up_all_behind_it(agent: GuestAgent, docker: DockerDouble) -> None:
    docker.images["kiln/test:1"] = Behaviour(lasts=True)
    first, large, small = (task(container(memory=memory)) for memory in (900, 60000, 10))
    agent.payload(first, large, small)
    agent.await_running()
    assert [made.config["HostConfig"]["Memory"] for made in docker.containers.values()] == [900 * 2**20]
    agent.payload({"arn": large["arn"], "desiredStatus": "STOPPED"})
    until(lambda: agent.statuses().count("RUNNING") == 2)
    assert [change["task"] for change in agent.aws.changes()].count(large["arn"]) == 1
    assert len(docker.containers) == 2


def test_the_task_ends_with_its_essential_container(agent: GuestAgent, docker: DockerDouble) -> None:
    docker.images["helper:1"] = Behaviour(lasts=True, exit_code=7)
    docker.images["kiln/test:1"] = Behaviour(lasts=True)
    agent.payload(task(container(), container("helper:1", "helper", essential=False)))
    agent.await_running()
    main = next(made for made in docker.containers.values() if made.config["Image"] == "kiln/test:1")
    main.end(0)
    said = {each["containerName"]: each["exitCode"] for each in agent.stopped()["containers"]}
    assert said == {"main": 0, "helper": 7}


def test_order_among_containers(agent: GuestAgent, docker: DockerDouble) -> None:
    docker.images["first:1"] = Behaviour(exit_code=0)
    docker.images["bad:1"] = Behaviour(exit_code=1)
    success = [{"containerName": "first", "condition": "SUCCESS"}]
    agent.payload(task(container(dependsOn=success), container("first:1", "first", essential=False)))
    agent.stopped()
    assert [made.config["Image"] for made in docker.containers.values()] == ["first:1", "kiln/test:1"]
    agent.payload(task(container(dependsOn=success), container("bad:1", "first", essential=False)))
    until(lambda: agent.statuses().count("STOPPED") == 2)
    assert len(docker.containers) == 3


def test_ports_are_reported(agent: GuestAgent, docker: DockerDouble) -> None:
    docker.images["kiln/test:1"] = Behaviour(lasts=True, ports={"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "32768"}]})
    agent.payload(task(container(portMappings=[{"containerPort": 80, "hostPort": 0}])))
    agent.await_running()
    bound = {"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": 32768, "protocol": "tcp"}
    assert only(agent.aws.changes()[0])["networkBindings"] == [bound]


def test_credentials_go_when_the_task_ends(agent: GuestAgent, docker: DockerDouble) -> None:
    docker.images["kiln/test:1"] = Behaviour(lasts=True)
    answers = agent.payload(task(roleCredentials=role()))
    acked = {"messageId": "m1", "credentialsId": role()["credentialsId"], "expiration": role()["expiration"]}
    assert ("IAMRoleCredentialsAckRequest", acked) in answers
    agent.await_running()
    assert agent.credentials.get(role()["credentialsId"])
    docker.one().end(0)
    agent.stopped()
    assert agent.credentials.get(role()["credentialsId"]) is None


def test_a_definition_that_nobody_foresaw_ends_its_task(agent: GuestAgent) -> None:
    agent.payload(task(container(portMappings=[{"containerPort": "many"}])))
    assert only(agent.stopped())["reason"].startswith("CannotCreateContainerError: ValueError")
