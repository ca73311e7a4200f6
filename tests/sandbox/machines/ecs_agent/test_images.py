"""Where a container's image comes from, by pull behaviour and by registry."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.machines.ecs_agent.wire.calls import AwsError
from tests.support.docker_double import Behaviour, DockerDouble
from tests.support.guest_agent import GuestAgent, container, role, task

Start = Callable[..., GuestAgent]
ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/tool:1"


def pulls(docker: DockerDouble) -> int:
    return len([line for line in docker.asked if line.startswith("POST /images/create")])


def run(agent: GuestAgent, **more: Any) -> dict[str, Any]:
    agent.payload(task(container(**more)))
    return dict(agent.stopped()["containers"][0])


def test_prefer_cached_asks_no_registry_for_what_is_there(agent: GuestAgent, docker: DockerDouble) -> None:
    assert run(agent)["exitCode"] == 0
    assert not [line for line in docker.asked if "distribution" in line]


@pytest.mark.parametrize("behavior", ["prefer-cached", "default", "once", "always", "nonsense"])
def test_what_is_not_there_is_pulled_by_its_digest(start: Start, docker: DockerDouble, behavior: str) -> None:
    docker.registry["far/tool:1"] = Behaviour(exit_code=4)
    agent = start(ECS_IMAGE_PULL_BEHAVIOR=behavior)
    said = run(agent, image="far/tool:1")
    assert (said["exitCode"], said["imageDigest"]) == (4, "sha256:" + "1" * 64)
    assert any("far%2Ftool%40sha256" in line for line in docker.asked)
    change = agent.stopped()
    assert change["pullStartedAt"] <= change["pullStoppedAt"]


def test_default_runs_a_local_image_that_no_registry_has_and_keeps_the_reason(
    start: Start, docker: DockerDouble
) -> None:
    said = run(start(ECS_IMAGE_PULL_BEHAVIOR="default"))
    assert said["exitCode"] == 0
    why = "CannotPullImageManifestError: Error response from daemon: manifest unknown: manifest unknown"
    assert said["reason"] == why
    assert len([line for line in docker.asked if "distribution" in line]) == 9
    assert pulls(docker) == 5


@pytest.mark.parametrize("behavior", ["always", "once"])
def test_always_and_once_do_not(start: Start, docker: DockerDouble, behavior: str) -> None:
    said = run(start(ECS_IMAGE_PULL_BEHAVIOR=behavior))
    assert "exitCode" not in said
    assert said["reason"].startswith("CannotPullImageManifestError: ")
    assert docker.containers == {}


def test_an_image_that_is_nowhere(agent: GuestAgent, docker: DockerDouble) -> None:
    docker.refused = "denied"
    said = run(agent, image="far/nothing:1")
    assert said["reason"] == "CannotPullImageManifestError: Error response from daemon: denied"
    assert "runtimeId" not in said


def test_once_pulls_once(start: Start, docker: DockerDouble) -> None:
    docker.registry["far/tool:1"] = Behaviour()
    agent = start(ECS_IMAGE_PULL_BEHAVIOR="once")
    run(agent, image="far/tool:1")
    agent.payload(task(container(image="far/tool:1")))
    later = agent.again()
    later.payload(task(container(image="far/tool:1")))
    later.stopped()
    assert pulls(docker) == 1


def test_always_pulls_always(start: Start, docker: DockerDouble) -> None:
    docker.registry["far/tool:1"] = Behaviour()
    agent = start(ECS_IMAGE_PULL_BEHAVIOR="always")
    run(agent, image="far/tool:1")
    later = agent.again()
    run(later, image="far/tool:1")
    assert pulls(docker) == 2


def ecr(**more: Any) -> dict[str, Any]:
    return {"type": "ecr", "ecrAuthData": {"region": "us-east-1", "registryId": "123456789012", **more}}


def test_ecr_is_asked_for_a_token_once(start: Start, docker: DockerDouble) -> None:
    docker.registry[ECR] = Behaviour()
    agent = start()
    token = base64.b64encode(b"AWS:secret").decode()
    data = {"authorizationToken": token, "expiresAt": 4e9, "proxyEndpoint": f"https://{ECR.split('/', maxsplit=1)[0]}"}
    agent.aws.answers["GetAuthorizationToken"] = {"authorizationData": [data]}
    assert run(agent, image=ECR, registryAuthentication=ecr())["exitCode"] == 0
    logins = [json.loads(base64.urlsafe_b64decode(login)) for login in docker.logins]
    right = {"username": "AWS", "password": "secret", "serveraddress": ECR.split("/", maxsplit=1)[0]}
    assert logins == [right, right]
    asked = [body for operation, body in agent.aws.calls if operation == "GetAuthorizationToken"]
    assert asked == [{"registryIds": ["123456789012"]}]


def test_ecr_says_no(start: Start, docker: DockerDouble) -> None:
    agent = start()
    agent.aws.errors = [AwsError("AccessDeniedException", "not authorized")] * 2
    said = run(agent, image=ECR, registryAuthentication=ecr())
    assert said["reason"] == "CannotPullECRContainerError: AccessDeniedException: not authorized"


def test_ecr_by_the_execution_role(start: Start, docker: DockerDouble) -> None:
    docker.registry[ECR] = Behaviour()
    agent = start()
    token = base64.b64encode(b"AWS:secret").decode()
    agent.aws.answers["GetAuthorizationToken"] = {"authorizationData": [{"authorizationToken": token}]}
    given = container(image=ECR, registryAuthentication=ecr(useExecutionRole=True))
    agent.payload(task(given, executionRoleCredentials=role()))
    assert agent.stopped()["containers"][0]["exitCode"] == 0
    asked = [
        by for (operation, _), by in zip(agent.aws.calls, agent.aws.by, strict=True) if operation.startswith("Get")
    ]
    assert [by.key for by in asked] == ["ASIA1"]


def test_a_registrys_login_from_a_secret(start: Start, docker: DockerDouble) -> None:
    docker.registry["reg.example/tool:1"] = Behaviour()
    agent = start()
    agent.aws.answers["GetSecretValue"] = {"SecretString": '{"username": "u", "password": "p"}'}
    data = {"credentialsParameter": "arn:aws:secretsmanager:us-east-1:1:secret:s", "region": "us-east-1"}
    given = container(image="reg.example/tool:1", registryAuthentication={"type": "asm", "asmAuthData": data})
    agent.payload(task(given, executionRoleCredentials=role()))
    agent.stopped()
    assert json.loads(base64.urlsafe_b64decode(docker.logins[0])) == {"username": "u", "password": "p"}


def test_a_registrys_login_from_the_settings(start: Start, docker: DockerDouble) -> None:
    docker.registry["reg.example/tool:1"] = Behaviour()
    login = {"username": "u", "password": "p"}
    given = {"ECS_ENGINE_AUTH_TYPE": "docker", "ECS_ENGINE_AUTH_DATA": json.dumps({"https://reg.example": login})}
    run(start(**given), image="reg.example/tool:1")
    assert json.loads(base64.urlsafe_b64decode(docker.logins[0])) == login
