"""Container instances and clusters, as people see them."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.ecs.model.records import ContainerInstance, Task
from sandbox.inprocess import Sandbox
from tests.support.agents import AgentDouble
from tests.support.refused import Refused

Start = Callable[..., Task]


def describe(sandbox: Sandbox, instance: ContainerInstance) -> dict[str, Any]:
    (shown,) = sandbox.client("ecs").describe_container_instances(cluster="c", containerInstances=[instance.arn])[
        "containerInstances"
    ]
    return dict(shown)


def amounts(resources: list[dict[str, Any]]) -> dict[str, int]:
    return {resource["name"]: resource["integerValue"] for resource in resources if resource["type"] == "INTEGER"}


def test_what_is_left_for_tasks(
    sandbox: Sandbox, agents: AgentDouble, instance: ContainerInstance, start: Start
) -> None:
    agents.script("sleep", seconds=100)
    agents.script("slow", pull_seconds=1000)
    start(instance, "sleep")
    start(instance, "slow", cpu=2048, memory=1000)
    sandbox.clock.advance(1)
    shown = describe(sandbox, instance)
    assert (shown["runningTasksCount"], shown["pendingTasksCount"]) == (1, 1)
    assert amounts(shown["registeredResources"]) == {"CPU": 8192, "MEMORY": 15434}
    assert amounts(shown["remainingResources"]) == {"CPU": 8192 - 3072, "MEMORY": 15434 - 1512}
    assert shown["versionInfo"] == {
        "agentVersion": "1.105.1", "agentHash": "8dfceca6", "dockerVersion": "DockerVersion: 25.0.8",
    }  # fmt: skip
    (cluster,) = sandbox.client("ecs").describe_clusters(clusters=["c"])["clusters"]
    assert cluster["registeredContainerInstancesCount"] == cluster["runningTasksCount"] == 1
    assert cluster["pendingTasksCount"] == 1
    sandbox.clock.advance(101)
    assert amounts(describe(sandbox, instance)["remainingResources"])["CPU"] == 8192 - 2048


def test_draining(sandbox: Sandbox, instance: ContainerInstance, refused: Refused) -> None:
    ecs = sandbox.client("ecs")
    change = {"cluster": "c", "containerInstances": [instance.arn]}
    assert ecs.update_container_instances_state(status="DRAINING", **change)["failures"] == []
    assert ecs.list_container_instances(cluster="c", status="DRAINING")["containerInstanceArns"] == [instance.arn]
    assert ecs.list_container_instances(cluster="c", status="ACTIVE")["containerInstanceArns"] == []
    assert ecs.list_container_instances(cluster="c")["containerInstanceArns"] == [instance.arn]
    with refused("InvalidParameterException"):
        ecs.update_container_instances_state(status="INACTIVE", **change)
    missing = ecs.update_container_instances_state(cluster="c", containerInstances=["x"], status="ACTIVE")
    assert [failure["reason"] for failure in missing["failures"]] == ["MISSING"]


def test_deregistering(sandbox: Sandbox, agents: AgentDouble, instance: ContainerInstance, start: Start) -> None:
    ecs = sandbox.client("ecs")
    agents.script("sleep", seconds=None)
    task = start(instance, "sleep")
    sandbox.clock.advance(1)
    named = {"cluster": "c", "containerInstance": instance.arn}
    with pytest.raises(ClientError, match="InvalidParameterException"):
        ecs.deregister_container_instance(**named)
    gone = ecs.deregister_container_instance(force=True, **named)["containerInstance"]
    assert (gone["status"], gone["agentConnected"]) == ("INACTIVE", False)
    assert (task.last_status, task.reason) == ("STOPPED", "Container instance deregistration forced by user")
    assert ecs.list_container_instances(cluster="c")["containerInstanceArns"] == []
    assert describe(sandbox, instance)["status"] == "INACTIVE"


def test_clusters(sandbox: Sandbox, instance: ContainerInstance, refused: Refused) -> None:
    ecs = sandbox.client("ecs")
    assert ecs.create_cluster(clusterName="d", tags=[{"key": "a", "value": "b"}])["cluster"]["status"] == "ACTIVE"
    assert ecs.create_cluster(clusterName="d")["cluster"]["clusterArn"].endswith(":cluster/d")
    (shown,) = ecs.describe_clusters(clusters=["d"], include=["TAGS"])["clusters"]
    assert shown["tags"] == [{"key": "a", "value": "b"}]
    assert [f["reason"] for f in ecs.describe_clusters(clusters=["none"])["failures"]] == ["MISSING"]
    with refused("ClusterContainsContainerInstancesException"):
        ecs.delete_cluster(cluster="c")
    assert ecs.delete_cluster(cluster="d")["cluster"]["status"] == "INACTIVE"
    for ask in (
        lambda: ecs.delete_cluster(cluster="d"),
        lambda: ecs.list_tasks(cluster="d"),
        ecs.list_container_instances,
        lambda: ecs.describe_container_instances(cluster="d", containerInstances=["x"]),
    ):
        with refused("ClusterNotFoundException"):
            ask()
    with refused("InvalidParameterException"):
        ecs.create_cluster(clusterName="no blanks")
    with refused("InvalidParameterException"):
        ecs.list_tasks(cluster="c", desiredStatus="LOST")


def test_what_is_not_imitated(sandbox: Sandbox, cluster: str) -> None:
    ecs = sandbox.client("ecs")
    for ask in (
        lambda: ecs.run_task(cluster="c", taskDefinition="x"),
        lambda: ecs.create_service(cluster="c", serviceName="x"),
        lambda: ecs.list_tasks(cluster="c", daemonName="x"),
        lambda: ecs.create_cluster(clusterName="d", capacityProviders=["FARGATE"]),
    ):
        with pytest.raises(ClientError) as caught:
            ask()
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_lists_have_pages(sandbox: Sandbox, cluster: str, agents: AgentDouble, running: Callable[..., str]) -> None:
    for _ in range(5):
        agents.join(running(), "c")
    pages = sandbox.client("ecs").get_paginator("list_container_instances")
    found = [page["containerInstanceArns"] for page in pages.paginate(cluster="c", PaginationConfig={"PageSize": 2})]
    assert [len(arns) for arns in found] == [2, 2, 1]
    assert len({arn for arns in found for arn in arns}) == 5
