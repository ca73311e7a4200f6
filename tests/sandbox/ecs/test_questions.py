"""What the calls of ECS must be allowed: AWS's own policy for container instances does, and nothing less does."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.ecs.questions import ask
from sandbox.inprocess import Sandbox
from sandbox.world.request import Request
from tests.support.agent_machine import Machine
from tests.support.policies import allow, document

ARN = "arn:aws:ecs:us-east-1:123456789012:"


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        ("CreateCluster", {"clusterName": "c"}, ["cluster/c"]),
        ("DescribeClusters", {"clusters": ["c", f"{ARN}cluster/d"]}, ["cluster/c", "cluster/d"]),
        ("DescribeClusters", {}, ["cluster/default"]),
        ("RegisterContainerInstance", {"cluster": "c"}, ["cluster/c"]),
        ("SubmitTaskStateChange", {"cluster": "c", "task": "x"}, ["cluster/c"]),
        ("ListContainerInstances", {"cluster": f"{ARN}cluster/c"}, ["cluster/c"]),
        ("DescribeContainerInstances", {"cluster": "c", "containerInstances": ["1", f"{ARN}container-instance/c/2"]},
         ["container-instance/c/1", "container-instance/c/2"]),
        ("UpdateContainerInstancesState", {"cluster": "c", "containerInstances": ["1"]}, ["container-instance/c/1"]),
        ("Poll", {"cluster": "c", "containerInstance": f"{ARN}container-instance/c/1"}, ["container-instance/c/1"]),
        ("ListTasks", {"cluster": "c"}, ["container-instance/c/*"]),
        ("DescribeTasks", {"cluster": "c", "tasks": ["1"]}, ["task/c/1"]),
        ("StopTask", {"cluster": "c", "task": "1"}, ["task/c/1"]),
        ("ListTagsForResource", {"resourceArn": f"{ARN}task/c/1"}, ["task/c/1"]),
    ],
)  # fmt: skip
def test_the_resources(sandbox: Sandbox, operation: str, parameters: dict[str, Any], expected: list[str]) -> None:
    questions = list(ask(Request("ecs", "us-east-1", operation, "json", parameters=parameters)))
    assert {question.action for question in questions} == {f"ecs:{operation}"}
    assert [question.resource for question in questions] == [ARN + name for name in expected]
    in_cluster = [question.context.get("ecs:cluster") for question in questions if "/c/" in question.resource]
    assert set(in_cluster) <= {(f"{ARN}cluster/c",)} or operation == "ListTagsForResource"


@pytest.mark.parametrize("operation", ["DiscoverPollEndpoint", "ListClusters", "DescribeTaskDefinition"])
def test_what_has_no_resources(sandbox: Sandbox, operation: str) -> None:
    (question,) = ask(Request("ecs", "us-east-1", operation, "json", parameters={"cluster": "c"}))
    assert question.resource == "*"


def test_tags_at_the_registration_are_asked_for(sandbox: Sandbox) -> None:
    parameters = {"cluster": "c", "tags": [{"key": "a", "value": "b"}]}
    request = Request("ecs", "us-east-1", "RegisterContainerInstance", "json", parameters=parameters)
    _, tagging = ask(request)
    assert (tagging.action, tagging.resource) == ("ecs:TagResource", f"{ARN}container-instance/c/*")
    assert tagging.context["ecs:createaction"] == ("RegisterContainerInstance",)
    assert tagging.context["aws:requesttag/a"] == ("b",)


def run_through(machine: Machine) -> None:
    """Every call of an agent's life."""
    ecs = machine.ecs
    arn = machine.register(tags=[{"key": "a", "value": "b"}])
    machine.connect(arn).__exit__()
    ecs.update_container_instances_state(cluster="c", containerInstances=[arn], status="DRAINING")
    ecs.list_tags_for_resource(resourceArn=arn)
    try:
        ecs.submit_task_state_change(cluster="c", task="none", status="STOPPED")
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidParameterException":
            raise


AGENT = ("RegisterContainerInstance", "DiscoverPollEndpoint", "Poll", "UpdateContainerInstancesState",
         "SubmitTaskStateChange", "TagResource", "ListTagsForResource")  # fmt: skip


def test_awss_own_policy_suffices(sandbox: Sandbox, cluster: str, launch_machine: Callable[..., str]) -> None:
    machine = Machine(sandbox, launch_machine())
    run_through(machine)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        machine.ecs.list_clusters()


@pytest.mark.parametrize("action", AGENT)
def test_nothing_goes_without_its_right(
    sandbox: Sandbox, cluster: str, launch_machine: Callable[..., str], action: str
) -> None:
    machine = Machine(sandbox, launch_machine())
    deny = document(allow(f"ecs:{action}", Effect="Deny"))
    sandbox.client("iam").put_role_policy(RoleName="machines", PolicyName="deny", PolicyDocument=deny)
    sandbox.clock.advance(30)
    with pytest.raises(Exception, match=f"AccessDeniedException.*ecs:{action}"):
        run_through(machine)
