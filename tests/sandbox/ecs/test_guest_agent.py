"""The program that runs on the machines, against this ECS: over the wire, with Docker's place taken by a double."""

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sandbox.ec2.hardware.metadata import make_tree
from sandbox.ec2.model.records import list_instances
from sandbox.ecs import running
from sandbox.ecs.model.records import ContainerInstance, Task
from sandbox.inprocess import Sandbox
from sandbox.machines.ecs_agent import assembly
from sandbox.machines.ecs_agent import start as program
from sandbox.machines.ecs_agent.control import acs, tcs
from sandbox.machines.ecs_agent.control.registration import CannotRegister
from sandbox.machines.ecs_agent.local import server
from sandbox.machines.ecs_agent.model.settings import SettingsError
from sandbox.machines.ecs_agent.wire.http import Address
from sandbox.machines.ecs_agent.wire.imds import Imds
from sandbox.machines.ecs_agent.wire.websocket import WebSocket
from sandbox.machines.guest import imds
from tests.support.docker_double import Behaviour, DockerDouble, until

REGION = "us-east-1"


class Started:
    """The agent of a machine, in a thread; its settings are as ecs.config would have them."""

    def __init__(self, sandbox: Sandbox, machine: Any, docker: DockerDouble, data: Path, **settings: str) -> None:
        self.metadata = imds.Imds(lambda: make_tree(machine))
        self.environment = {
            **{"ECS_CLUSTER": "c", "ECS_DATADIR": str(data), "DOCKER_HOST": f"unix://{docker.socket}"},
            **{"AWS_ENDPOINT_URL": sandbox.endpoint, "ECS_IMAGE_PULL_BEHAVIOR": "prefer-cached"},
            **{"ECS_AVAILABLE_LOGGING_DRIVERS": '["json-file","awslogs"]', **settings},
        }
        self.ended: list[BaseException] = []

    def run(self) -> None:
        """Until it ends; only its end in the first moments is an end, as its session goes on for ever."""
        try:
            program.run(self.environment, Imds(Address("127.0.0.1", self.metadata.port)))
        except (SettingsError, CannotRegister) as error:
            self.ended.append(error)

    def begin(self) -> None:
        threading.Thread(target=self.run, daemon=True).start()


@pytest.fixture
def docker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerDouble]:
    with closing(DockerDouble(tmp_path_factory.mktemp("d") / "sock")) as double:
        double.images["x"] = Behaviour()
        yield double


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ports of the agent's own that are free here: of credentials, and of introspection."""
    opened: list[int] = []

    class Anywhere(server.Server):
        def __init__(self, port: int, respond: server.Respond) -> None:
            super().__init__(0, respond)
            opened.append(self.port)

    monkeypatch.setattr(assembly, "Server", Anywhere)
    return opened


@pytest.fixture
def hang_up(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """End the sessions of all agents, whose threads then sleep for ever."""
    opened: list[WebSocket] = []
    over = threading.Event()

    def open_socket(*asked: Any) -> WebSocket:
        if over.is_set():
            threading.Event().wait()
        opened.append(open_really(*asked))
        return opened[-1]

    def end() -> None:
        over.set()
        for each in opened:
            each.end()

    open_really = acs.open_socket
    monkeypatch.setattr(acs, "open_socket", open_socket)
    monkeypatch.setattr(tcs.Tcs, "run", lambda _: None)
    return end


@pytest.fixture
def begin(
    sandbox: Sandbox, cluster: str, launch_machine: Callable[..., str], docker: DockerDouble, tmp_path: Path,
    ports: list[int], hang_up: Callable[[], None],
) -> Iterator[Callable[..., Started]]:  # fmt: skip
    begun: list[Started] = []

    def begin_agent(**settings: str) -> Started:
        machine_id = launch_machine()
        machine = next(machine for machine in list_instances() if machine.id == machine_id)
        begun.append(Started(sandbox, machine, docker, tmp_path, **settings))
        begun[-1].begin()
        return begun[-1]

    yield begin_agent
    hang_up()
    for agent in begun:
        agent.metadata.close()


def connected(cluster: str) -> ContainerInstance:
    def find() -> ContainerInstance | None:
        return next((i for i in running.list_instances(REGION, cluster) if i.agent_connected), None)

    until(find)
    found = find()
    assert found
    return found


def test_it_registers_what_the_machine_has(begin: Callable[..., Started], cluster: str, sandbox: Sandbox) -> None:
    begin(ECS_RESERVED_MEMORY="32", ECS_INSTANCE_ATTRIBUTES='{"team": "a"}', ECS_CONTAINER_INSTANCE_TAGS='{"k": "v"}')
    instance = connected(cluster)
    assert instance.version_info["agentVersion"] == "1.105.1"
    assert instance.version_info["dockerVersion"].endswith("20.10.24+dfsg1")
    ecs = sandbox.client("ecs")
    (shown,) = ecs.describe_container_instances(cluster="c", containerInstances=[instance.arn], include=["TAGS"])[
        "containerInstances"
    ]
    resources = {resource["name"]: resource for resource in shown["registeredResources"]}
    total = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal"))
    assert resources["MEMORY"]["integerValue"] == int(total.split()[1]) // 1024 - 32
    assert resources["PORTS"]["stringSetValue"] == ["22", "2375", "2376", "51678", "51679"]
    attributes = {attribute["name"]: attribute.get("value") for attribute in shown["attributes"]}
    assert attributes["team"] == "a"
    assert {"com.amazonaws.ecs.capability.logging-driver.awslogs", "ecs.capability.container-ordering"} <= set(
        attributes
    )
    assert shown["tags"] == [{"key": "k", "value": "v"}]


def test_a_task_runs(
    begin: Callable[..., Started], cluster: str, docker: DockerDouble, start: Callable[..., Task]
) -> None:
    docker.images["x"] = Behaviour(lasts=True, exit_code=3)
    begin()
    task = start(connected(cluster), "exit 3", environment=[{"name": "A", "value": "b"}])
    until(lambda: task.last_status == "RUNNING")
    made = docker.one()
    assert made.config["Cmd"] == ["sh", "-c", "exit 3"]
    assert {"A=b", "AWS_REGION=us-east-1", "AWS_EXECUTION_ENV=AWS_ECS_EC2"} <= set(made.config["Env"])
    assert made.name.startswith("ecs-f-1-default-")
    assert made.config["Labels"]["com.amazonaws.ecs.cluster"] == "c"
    made.end(3)
    until(lambda: task.last_status == "STOPPED")
    assert (task.container.exit_code, task.container.runtime_id) == (3, made.id)


def test_a_task_is_stopped(
    begin: Callable[..., Started], cluster: str, docker: DockerDouble, start: Callable[..., Task], sandbox: Sandbox
) -> None:
    docker.images["x"] = Behaviour(lasts=True, deaf=True)
    begin()
    task = start(connected(cluster))
    until(lambda: task.last_status == "RUNNING")
    sandbox.client("ecs").stop_task(cluster="c", task=task.arn, reason="enough")
    until(lambda: task.last_status == "STOPPED")
    assert task.container.exit_code == 137
    assert docker.one().stop_seconds == [30]


def test_a_task_has_its_roles_credentials(
    begin: Callable[..., Started], cluster: str, docker: DockerDouble, start: Callable[..., Task], sandbox: Sandbox,
    ports: list[int],
) -> None:  # fmt: skip
    docker.images["x"] = Behaviour(lasts=True)
    trust = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = sandbox.client("iam").create_role(RoleName="job", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    sandbox.clock.advance(30)
    begin()
    task = start(connected(cluster), role_arn=role)
    until(lambda: task.last_status == "RUNNING")
    (path,) = [line.split("=")[1] for line in docker.one().config["Env"] if line.startswith("AWS_CONTAINER_CREDEN")]
    with urllib.request.urlopen(f"http://127.0.0.1:{ports[0]}{path}") as answer:
        found = json.load(answer)
    assert found["RoleArn"] == role
    assert found["AccessKeyId"].startswith("ASIA")


def test_an_unknown_cluster_ends_it_for_good(begin: Callable[..., Started]) -> None:
    agent = begin(ECS_CLUSTER="nowhere")
    until(lambda: agent.ended)
    assert agent.ended[0].exit_code == 5  # type: ignore[attr-defined]


def test_the_default_cluster_is_made_where_none_is_named(begin: Callable[..., Started], sandbox: Sandbox) -> None:
    agent = begin(ECS_CLUSTER="")
    arn = f"arn:aws:ecs:{REGION}:123456789012:cluster/default"
    until(lambda: agent.ended or running.list_instances(REGION, arn))
    assert sandbox.client("ecs").describe_clusters(clusters=["default"])["clusters"][0]["status"] == "ACTIVE"
