"""RegisterContainerInstance: what comes back, for which machine, and what is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.ec2.model.records import list_instances
from sandbox.inprocess import Sandbox
from tests.support.agent_wire import call
from tests.support.refused import Refused

MEMORY = {"name": "MEMORY", "type": "INTEGER", "integerValue": 7690}


@pytest.fixture
def ecs(sandbox: Sandbox, cluster: str) -> Any:
    return sandbox.client("ecs")


def show(machine_id: str, **more: str) -> str:
    return json.dumps({"instanceId": machine_id, **more})


def register(ecs: Any, machine_id: str, **changes: Any) -> dict[str, Any]:
    request = {"cluster": "c", "instanceIdentityDocument": show(machine_id), "totalResources": [MEMORY]}
    answer: dict[str, Any] = ecs.register_container_instance(**(request | changes))["containerInstance"]
    return answer


def test_what_the_agent_says_comes_back(ecs: Any, running: Callable[..., str]) -> None:
    """An attribute that was sent with a value must come back with it, or the agent ends for good."""
    machine = running(InstanceType="c5.2xlarge")
    sent = [{"name": "ecs.os-family", "value": "LINUX"}, {"name": "mine", "value": "1"}, {"name": "alone"}]
    tags = [{"key": "a", "value": "b"}]
    made = register(ecs, machine, attributes=sent, tags=tags)
    attributes = {attribute["name"]: attribute.get("value") for attribute in made["attributes"]}
    assert attributes.items() >= {"ecs.os-family": "LINUX", "mine": "1", "alone": None}.items()
    assert attributes["ecs.availability-zone"].startswith("us-east-1")
    assert attributes["ecs.instance-type"] == "c5.2xlarge"
    prefix = "arn:aws:ecs:us-east-1:123456789012:container-instance/c/"
    assert made["containerInstanceArn"].startswith(prefix)
    assert len(made["containerInstanceArn"]) == len(prefix) + 32
    assert "-" not in made["containerInstanceArn"].removeprefix(prefix)
    assert (made["status"], made["agentConnected"], made["ec2InstanceId"]) == ("ACTIVE", False, machine)
    assert made["registeredResources"] == made["remainingResources"] == [MEMORY]
    arn = made["containerInstanceArn"]
    assert ecs.list_tags_for_resource(resourceArn=arn)["tags"] == tags
    (shown,) = ecs.describe_container_instances(cluster="c", containerInstances=[arn], include=["TAGS"])[
        "containerInstances"
    ]
    assert shown["tags"] == tags


def test_gpus_are_platform_devices(ecs: Any, running: Callable[..., str]) -> None:
    made = register(ecs, running(), platformDevices=[{"id": "GPU-a", "type": "GPU"}])
    assert made["registeredResources"][-1] == {"name": "GPU", "type": "STRINGSET", "stringSetValue": ["GPU-a"]}


def test_an_unknown_cluster_is_told_in_the_words_that_the_agent_looks_for(
    sandbox: Sandbox, running: Callable[..., str]
) -> None:
    """Where no cluster was set, it then makes the one that is called default."""
    ecs, machine = sandbox.client("ecs"), running()
    with pytest.raises(ClientError) as caught:
        register(ecs, machine, cluster="default")
    assert caught.value.response["Error"] == {"Code": "ClientException", "Message": "Cluster not found."}
    assert ecs.create_cluster(clusterName="default")["cluster"]["clusterName"] == "default"
    assert "/default/" in register(ecs, machine, cluster="default")["containerInstanceArn"]


def test_the_same_request_again_makes_nothing_new(sandbox: Sandbox, ecs: Any, running: Callable[..., str]) -> None:
    """The agent repeats its clientToken, which botocore does not know, when it missed the answer."""
    machine = running()
    found = next(each for each in list_instances() if each.id == machine)
    request: dict[str, Any] = {
        "cluster": "c",
        "instanceIdentityDocument": show(machine),
        "totalResources": [MEMORY],
    }

    def ask(token: str) -> str:
        answer = call(sandbox, found, "RegisterContainerInstance", clientToken=token, **request)
        return str(answer["containerInstance"]["containerInstanceArn"])

    assert ask("one") == ask("one")
    assert ask("one") != ask("two")


def test_a_restarted_agent_keeps_its_container_instance(ecs: Any, running: Callable[..., str]) -> None:
    machine = running()
    arn = register(ecs, machine)["containerInstanceArn"]
    ecs.update_container_instances_state(cluster="c", containerInstances=[arn], status="DRAINING")
    more = {**MEMORY, "integerValue": 7000}
    again = register(ecs, machine, containerInstanceArn=arn, totalResources=[more])
    assert again["containerInstanceArn"] == arn
    assert again["registeredResources"] == [more]
    assert again["status"] == "DRAINING"
    assert ecs.list_container_instances(cluster="c")["containerInstanceArns"] == [arn]


def test_what_is_no_former_registration(
    sandbox: Sandbox, ecs: Any, running: Callable[..., str], refused: Refused
) -> None:
    machine, other = running(), running()
    arn = register(ecs, machine)["containerInstanceArn"]
    with refused("ClientException"):
        register(ecs, other, containerInstanceArn=arn)
    with refused("InvalidParameterException"):
        register(ecs, machine, containerInstanceArn=arn[:-1] + "x")
    sandbox.client("ec2").stop_instances(InstanceIds=[machine])
    sandbox.clock.advance(60)
    sandbox.client("ec2").modify_instance_attribute(InstanceId=machine, InstanceType={"Value": "m6i.xlarge"})
    with pytest.raises(ClientError, match=r"Container instance type changes are not supported\."):
        register(ecs, machine, containerInstanceArn=arn)


@pytest.mark.parametrize("document", ["", "no JSON", "{}", "[]", show("i-0123456789abcdef0")])
def test_a_document_that_is_none(ecs: Any, document: str, refused: Refused) -> None:
    with refused("ClientException"):
        ecs.register_container_instance(cluster="c", instanceIdentityDocument=document)


def test_the_document_of_a_machine_that_is_gone_or_elsewhere(
    sandbox: Sandbox, ecs: Any, running: Callable[..., str], refused: Refused
) -> None:
    machine = running()
    with refused("ClientException"):
        register(ecs, machine, instanceIdentityDocument=show(machine, region="eu-west-1"))
    sandbox.client("ec2").terminate_instances(InstanceIds=[machine])
    with refused("ClientException"):
        register(ecs, machine)
