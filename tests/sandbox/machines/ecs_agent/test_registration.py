"""Registering: what is sent, what of an answer ends the agent, and how long it waits before it asks again."""

from typing import Any

import pytest

from sandbox.machines.ecs_agent import start
from sandbox.machines.ecs_agent.control.attributes import attributes_of, host_memory_mib, resources_of
from sandbox.machines.ecs_agent.control.registration import CannotRegister, register
from sandbox.machines.ecs_agent.model.settings import SettingsError, read
from sandbox.machines.ecs_agent.model.store import Store
from sandbox.machines.ecs_agent.wire.calls import AwsError
from tests.support.guest_agent import CallsOfAws

ARN = "arn:aws:ecs:us-east-1:123456789012:container-instance/kiln/0"


def answer(*more: dict[str, str]) -> dict[str, Any]:
    return {"containerInstance": {"containerInstanceArn": ARN, "attributes": [{"name": "own", "value": "1"}, *more]}}


def ask(aws: CallsOfAws, cluster: str = "kiln", arn: str = "", waits: list[float] | None = None) -> Any:
    body = {"attributes": [{"name": "own", "value": "1"}, {"name": "plain"}]}
    slept = [] if waits is None else waits
    return register(aws, cluster, arn, body, slept.append)  # type: ignore[arg-type]


def test_the_zone_comes_with_the_answer() -> None:
    aws = CallsOfAws()
    aws.answers["RegisterContainerInstance"] = answer({"name": "ecs.availability-zone", "value": "us-east-1b"})
    assert ask(aws) == ("kiln", ARN, "us-east-1b")
    ((operation, body),) = aws.calls
    assert operation == "RegisterContainerInstance"
    assert len(body["clientToken"]) == 36
    assert "containerInstanceArn" not in body


def test_again_under_the_old_arn() -> None:
    aws = CallsOfAws()
    aws.answers["RegisterContainerInstance"] = answer()
    assert ask(aws, arn="arn:old").arn == "arn:old"
    assert aws.calls[0][1]["containerInstanceArn"] == "arn:old"


def test_an_attribute_that_does_not_come_back() -> None:
    aws = CallsOfAws()
    aws.answers["RegisterContainerInstance"] = {"containerInstance": {"containerInstanceArn": ARN, "attributes": []}}
    with pytest.raises(CannotRegister, match="Attribute validation failed: own") as error:
        ask(aws)
    assert error.value.exit_code == 5


def test_the_default_cluster_is_created() -> None:
    aws = CallsOfAws()
    aws.errors = [AwsError("ClientException", "Cluster not found.", 400)]
    aws.answers = {"RegisterContainerInstance": answer(), "CreateCluster": {"cluster": {"clusterName": "default"}}}
    assert ask(aws, cluster="").cluster == "default"
    assert [operation for operation, _ in aws.calls] == [
        *("RegisterContainerInstance", "CreateCluster", "RegisterContainerInstance"),
    ]
    assert aws.calls[0][1]["clientToken"] == aws.calls[2][1]["clientToken"]


@pytest.mark.parametrize(
    ("code", "message", "exit_code"),
    [
        ("ClientException", "Cluster not found.", 5),
        ("InvalidParameterException", "no", 5),
        ("AccessDeniedException", "no", 1),
        ("RequestError", "no connection", 1),
        ("NoCredentialProviders", "none", 1),
        ("SomeException", "Container instance type changes are not supported.", 5),
    ],
)
def test_refusals(code: str, message: str, exit_code: int) -> None:
    aws = CallsOfAws()
    aws.errors = [AwsError(code, message, 400)]
    with pytest.raises(CannotRegister) as error:
        ask(aws)
    assert error.value.exit_code == exit_code
    assert len(aws.calls) == 1


def test_what_passes_is_waited_for() -> None:
    aws, waits = CallsOfAws(), list[float]()
    aws.errors = [AwsError("ThrottlingException", "slow", 400)] * 8
    aws.answers["RegisterContainerInstance"] = answer()
    assert ask(aws, waits=waits).arn == ARN
    least = [3, 6, 12, 24, 48, 96, 192, 192]
    assert all(low <= wait <= min(low * 1.2, 192) for low, wait in zip(least, waits, strict=True))


def test_what_the_host_has() -> None:
    settings = read({"ECS_RESERVED_MEMORY": "32", "ECS_RESERVED_PORTS": "[22, 8080]"})
    assert resources_of(settings, 2, 24105) == [
        {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": 24073},
        {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22", "8080"]},
        {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": []},
    ]
    with pytest.raises(SettingsError, match="Unable to fetch host resources") as error:
        resources_of(settings, 2, 31)
    assert error.value.exit_code == 1


def test_memory_is_the_kernels_in_whole_mib(tmp_path: Any) -> None:
    (tmp_path / "meminfo").write_text("MemTotal:       24684084 kB\nMemFree: 1 kB\n")
    assert host_memory_mib(str(tmp_path / "meminfo")) == 24105


def test_own_attributes_go_with_the_first_registration_only() -> None:
    settings = read({"ECS_INSTANCE_ATTRIBUTES": '{"team": "a"}', "ECS_AVAILABLE_LOGGING_DRIVERS": '["syslog"]'})
    first = {found["name"]: found.get("value") for found in attributes_of(settings, again=False)}
    assert first["team"] == "a"
    assert first["ecs.os-type"] == "linux"
    assert "team" not in {found["name"] for found in attributes_of(settings, again=True)}
    drivers = {name.rpartition(".")[2] for name in first if ".logging-driver." in name}
    assert drivers == {"syslog", "awsfirelens"}
    assert "com.amazonaws.ecs.capability.task-iam-role" not in first


def test_another_instances_state_is_forgotten(tmp_path: Any) -> None:
    Store(str(tmp_path)).put(cluster="kiln", arn=ARN, instance="i-1")
    same, other = Store(str(tmp_path)), Store(str(tmp_path))
    start.take_up_state(same, "kiln", "i-1")
    assert same.values["arn"] == ARN
    start.take_up_state(other, "kiln", "i-2")
    assert other.values == {}


def test_another_clusters_state_ends_it_for_good(tmp_path: Any) -> None:
    Store(str(tmp_path)).put(cluster="kiln", arn=ARN, instance="i-1")
    with pytest.raises(
        CannotRegister, match="saved cluster 'kiln' does not match configured cluster 'default'"
    ) as error:
        start.take_up_state(Store(str(tmp_path)), "", "i-1")
    assert error.value.exit_code == 5


def test_state_that_ecs_init_left_is_of_no_cluster(tmp_path: Any) -> None:
    (tmp_path / "agent.db").write_text('{"instance": "i-1"}')
    store = Store(str(tmp_path))
    start.take_up_state(store, "kiln", "i-1")
    assert not store.values.get("arn")
