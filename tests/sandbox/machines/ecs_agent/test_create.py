"""What Docker is told of a container."""

import json
from typing import Any

import pytest

from sandbox.machines.ecs_agent.model.records import Failure, Task
from sandbox.machines.ecs_agent.tasks.create import Surroundings, container_config, docker_name
from tests.support.guest_agent import container, role, task

AROUND = Surroundings("kiln", "us-east-1", True, True, True)


def create(payload: dict[str, Any], around: Surroundings = AROUND, image: tuple[str, ...] = (), **secrets: str) -> Any:
    made = Task(payload)
    made.credentials_id = (payload.get("roleCredentials") or {}).get("credentialsId", "")
    made.execution_credentials_id = (payload.get("executionRoleCredentials") or {}).get("credentialsId", "")
    return container_config(made, made.containers[0], around, list(image), secrets)


def with_host(**host: Any) -> dict[str, Any]:
    return container(dockerConfig={"config": "{}", "hostConfig": json.dumps(host)})


def variables(config: dict[str, Any]) -> dict[str, str]:
    return dict(line.split("=", 1) for line in config["Env"])


def test_image_command_and_limits() -> None:
    config = create(task(container(command=["a", "b"], entryPoint=["e"], memory=64, cpu=256)))
    assert (config["Image"], config["Cmd"], config["Entrypoint"]) == ("kiln/test:1", ["a", "b"], ["e"])
    host = config["HostConfig"]
    assert (host["Memory"], host["CpuShares"]) == (64 * 2**20, 256)
    assert "MemorySwap" not in host


@pytest.mark.parametrize(("cpu", "shares"), [(0, 2), (1, 2), (1024, 1024), (10**6, 262144)])
def test_shares_have_limits(cpu: int, shares: int) -> None:
    assert create(task(container(cpu=cpu)))["HostConfig"]["CpuShares"] == shares


def test_an_override_of_the_command() -> None:
    assert create(task(container(overrides='{"command": ["c"]}')))["Cmd"] == ["c"]


def test_what_travels_in_strings_goes_to_docker_as_it_is() -> None:
    given = {
        **{"Ulimits": [{"Name": "nofile", "Soft": 1, "Hard": 2}], "Privileged": True, "ShmSize": 1024},
        **{"ReadonlyRootfs": True, "NetworkMode": "host", "LogConfig": {"Type": "awslogs", "Config": {"a": "b"}}},
    }
    config = create(task(container(dockerConfig={"config": '{"User": "7"}', "hostConfig": json.dumps(given)})))
    assert config["User"] == "7"
    assert {name: config["HostConfig"][name] for name in given} == given


def test_variables_of_ecs() -> None:
    found = variables(create(task(container(environment={"A": "b=c"}), roleCredentials=role())))
    assert found["A"] == "b=c"
    assert found["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] == f"/v2/credentials/{role()['credentialsId']}"
    assert found["AWS_REGION"] == found["AWS_DEFAULT_REGION"] == "us-east-1"
    own = found["ECS_CONTAINER_METADATA_URI_V4"].rpartition("/")[2]
    assert found["ECS_CONTAINER_METADATA_URI_V4"] == f"http://169.254.170.2/v4/{own}"
    assert found["ECS_CONTAINER_METADATA_URI"] == f"http://169.254.170.2/v3/{own}"
    assert found["ECS_AGENT_URI"] == f"http://169.254.170.2/api/{own}"
    assert "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" not in variables(create(task()))


def test_a_region_of_the_tasks_or_the_images_own_stays_alone() -> None:
    assert variables(create(task(container(environment={"AWS_REGION": "eu-west-1"})))).get("AWS_DEFAULT_REGION") is None
    assert "AWS_REGION" not in variables(create(task(), image=("AWS_DEFAULT_REGION=x",)))


def test_secrets_are_variables() -> None:
    assert variables(create(task(), TOKEN="t"))["TOKEN"] == "t"


def test_volumes() -> None:
    volumes = [
        {"name": "conda", "type": "host", "host": {"sourcePath": "/home/ec2-user/miniconda"}},
        {"name": "empty", "host": {}},
        {"name": "kept", "type": "docker", "dockerVolumeConfiguration": {"scope": "shared", "autoprovision": True}},
    ]
    mounts = [
        {"sourceVolume": "conda", "containerPath": "/home/ec2-user/miniconda", "readOnly": True},
        {"sourceVolume": "empty", "containerPath": "/scratch"},
        {"sourceVolume": "kept", "containerPath": "/kept", "readOnly": False},
    ]
    payload = task(container(mountPoints=mounts), volumes=volumes)
    binds = create(payload)["HostConfig"]["Binds"]
    assert binds[0] == "/home/ec2-user/miniconda:/home/ec2-user/miniconda:ro"
    assert binds[1] == f"ecs-job-1-empty-{payload['arn'][-32:][:20]}:/scratch"
    assert binds[2] == "kept:/kept"


def test_the_cgroup_is_the_tasks_own() -> None:
    payload = task()
    id_ = payload["arn"].rpartition("/")[2]
    assert create(payload)["HostConfig"]["CgroupParent"] == f"ecstasks-{id_}.slice"
    assert create(payload, AROUND._replace(cgroup_v2=False))["HostConfig"]["CgroupParent"] == f"/ecs/{id_}"
    assert "CgroupParent" not in create(payload, AROUND._replace(task_limits=False))["HostConfig"]


def test_logs_signed_by_the_execution_role() -> None:
    log = {"Type": "awslogs", "Config": {"awslogs-group": "g"}}
    given = {**with_host(LogConfig=log), "logsAuthStrategy": "ExecutionRole"}
    options = create(task(given, executionRoleCredentials=role()))["HostConfig"]["LogConfig"]["Config"]
    assert options["awslogs-credentials-endpoint"] == f"/v2/credentials/{role()['credentialsId']}"
    with pytest.raises(Failure, match="HostConfigError: No execution credentials set for the task"):
        create(task(given))


def test_a_non_blocking_log_has_a_buffer() -> None:
    log = {"Type": "json-file", "Config": {"mode": "non-blocking"}}
    assert create(task(with_host(LogConfig=log)))["HostConfig"]["LogConfig"]["Config"]["max-buffer-size"] == "10m"


def test_its_name_and_labels() -> None:
    payload = task(container(name="a_b"))
    made = Task(payload)
    name = docker_name(made, made.containers[0])
    assert name.startswith("ecs-job-1-ab-")
    assert len(name.rpartition("-")[2]) == 20
    assert create(payload)["Labels"] == {
        "com.amazonaws.ecs.cluster": "kiln",
        "com.amazonaws.ecs.container-name": "a_b",
        "com.amazonaws.ecs.task-arn": payload["arn"],
        "com.amazonaws.ecs.task-definition-family": "job",
        "com.amazonaws.ecs.task-definition-version": "1",
    }
