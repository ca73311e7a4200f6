"""Secrets of a container, by its task's execution role."""

from typing import Any

import pytest

from sandbox.machines.ecs_agent.wire.calls import AwsError
from tests.support.docker_double import DockerDouble
from tests.support.guest_agent import GuestAgent, container, role, task


def secret(value_from: str, provider: str, **more: str) -> dict[str, str]:
    return {"name": "TOKEN", "valueFrom": value_from, "region": "eu-west-1", "provider": provider, **more}


def run(agent: GuestAgent, *secrets: dict[str, str], **more: Any) -> dict[str, Any]:
    agent.payload(task(container(secrets=list(secrets), **more), executionRoleCredentials=role()))
    return dict(agent.stopped()["containers"][0])


@pytest.mark.parametrize(
    ("value_from", "name"),
    [
        ("token", "token"),
        ("/team/token", "/team/token"),
        ("arn:aws:ssm:eu-west-1:1:parameter/token", "token"),
        ("arn:aws:ssm:eu-west-1:1:parameter/team/token", "/team/token"),
    ],
)
def test_a_parameter_of_systems_manager(agent: GuestAgent, docker: DockerDouble, value_from: str, name: str) -> None:
    agent.aws.answers["GetParameters"] = {"Parameters": [{"Name": name, "Value": "v"}]}
    assert run(agent, secret(value_from, "ssm"))["exitCode"] == 0
    assert "TOKEN=v" in docker.one().config["Env"]
    assert agent.aws.calls[0] == ("GetParameters", {"Names": [name], "WithDecryption": True})
    assert agent.aws.by[0].key == "ASIA1"


def test_a_secret_of_secrets_manager_and_a_key_in_it(agent: GuestAgent, docker: DockerDouble) -> None:
    agent.aws.answers["GetSecretValue"] = {"SecretString": '{"user": "u", "password": "p"}'}
    arn = "arn:aws:secretsmanager:eu-west-1:1:secret:login-AbCdEf"
    whole, part = secret(arn, "asm"), {**secret(f"{arn}:password:AWSCURRENT:", "asm"), "name": "PASSWORD"}
    assert run(agent, whole, part)["exitCode"] == 0
    assert {'TOKEN={"user": "u", "password": "p"}', "PASSWORD=p"} <= set(docker.one().config["Env"])
    assert [body for operation, body in agent.aws.calls if operation == "GetSecretValue"] == [
        {"SecretId": arn},
        {"SecretId": arn, "VersionStage": "AWSCURRENT"},
    ]


def test_an_option_of_the_log_driver(agent: GuestAgent, docker: DockerDouble) -> None:
    agent.aws.answers["GetParameters"] = {"Parameters": [{"Name": "token", "Value": "v"}]}
    option = secret("token", "ssm", target="LOG_DRIVER", type="BOOTSTRAP")
    host = {"hostConfig": '{"LogConfig": {"Type": "splunk", "Config": {"a": "b"}}}'}
    assert run(agent, option, dockerConfig=host)["exitCode"] == 0
    assert docker.one().config["HostConfig"]["LogConfig"]["Config"] == {"a": "b", "TOKEN": "v"}
    assert not [line for line in docker.one().config["Env"] if line.startswith("TOKEN=")]


def test_a_secret_that_may_not_be_read(agent: GuestAgent, docker: DockerDouble) -> None:
    agent.aws.errors = [AwsError("AccessDeniedException", "no")]
    said = run(agent, secret("token", "ssm"))
    why = "fetching secret data from SSM Parameter Store in eu-west-1: AccessDeniedException: no"
    assert said["reason"] == f"ResourceInitializationError: {why}"
    assert docker.containers == {}


def test_no_execution_role(agent: GuestAgent) -> None:
    agent.payload(task(container(secrets=[secret("token", "ssm")])))
    assert agent.stopped()["containers"][0]["reason"].startswith("ResourceInitializationError: ")
