"""What containers and people may ask the agent on the machine."""

import json
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from sandbox.machines.ecs_agent.local.endpoints import TaskEndpoints, Throttle, introspect
from sandbox.machines.ecs_agent.local.server import Asked, Server
from tests.support.docker_double import Behaviour, DockerDouble
from tests.support.guest_agent import GuestAgent, container, role, task


def ask(server: Server, path: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}") as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def running(agent: GuestAgent, docker: DockerDouble) -> dict[str, Any]:
    docker.images["kiln/test:1"] = Behaviour(lasts=True)
    payload = task(container(), roleCredentials=role())
    agent.payload(payload)
    agent.await_running()
    return payload


def test_the_roles_credentials_and_a_line_of_audit(
    agent: GuestAgent, docker: DockerDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECS_AUDIT_LOGFILE", str(tmp_path / "audit.log"))
    payload = running(agent, docker)
    endpoints = TaskEndpoints(agent.engine, agent.credentials, "kiln", "us-east-1a", (40, 60))
    with closing(Server(0, endpoints.respond)) as server:
        server.start()
        status, document = ask(server, f"/v2/credentials/{role()['credentialsId']}")
        assert (status, document["AccessKeyId"], document["RoleArn"]) == (200, "ASIA1", role()["roleArn"])
        assert ask(server, "/v2/credentials/another-tasks")[0] == 400
        assert ask(server, "/v2/credentials/")[0] == 404
    first, second = (tmp_path / "audit.log").read_text().splitlines()
    assert f' 200 127.0.0.1 "/v2/credentials/{role()["credentialsId"]}"' in first
    assert first.endswith(f"{payload['arn']} GetCredentials 1")
    assert " 400 " in second


def test_metadata(agent: GuestAgent, docker: DockerDouble) -> None:
    payload = running(agent, docker)
    endpoints = TaskEndpoints(agent.engine, agent.credentials, "kiln", "us-east-1a", (40, 60))
    (line,) = [line for line in docker.one().config["Env"] if line.startswith("ECS_CONTAINER_METADATA_URI_V4=")]
    path = line.partition("169.254.170.2")[2]
    status, found = endpoints.respond(Asked(path, "", "172.17.0.2", ""))
    assert status == 200
    assert isinstance(found, dict)
    assert (found["DockerId"], found["Name"], found["Limits"]) == (docker.one().id, "main", {"CPU": 256, "Memory": 64})
    status, whole = endpoints.respond(Asked(f"{path}/task", "", "172.17.0.2", ""))
    assert isinstance(whole, dict)
    assert (whole["TaskARN"], whole["Family"], whole["Revision"]) == (payload["arn"], "job", "1")
    assert (whole["AvailabilityZone"], whole["Containers"]) == ("us-east-1a", [found])
    assert endpoints.respond(Asked("/v4/other", "", "172.17.0.2", ""))[0] == 404


def test_too_many_requests() -> None:
    throttle = Throttle(1, 3)
    assert [throttle.admits() for _ in range(5)] == [True, True, True, False, False]


def test_introspection(agent: GuestAgent, docker: DockerDouble) -> None:
    payload = running(agent, docker)
    named = ("kiln", "arn:instance", "Amazon ECS Agent - v1.105.1 (standin)")

    def look(path: str) -> Any:
        return introspect(agent.engine, *named, Asked(path, "", "127.0.0.1", ""))

    assert look("/v1/metadata") == (
        200, {"Cluster": "kiln", "ContainerInstanceArn": "arn:instance", "Version": named[2]},
    )  # fmt: skip
    (shown,) = look("/v1/tasks")[1]["Tasks"]
    assert (shown["Arn"], shown["KnownStatus"]) == (payload["arn"], "RUNNING")
    assert look("/")[0] == 404
