"""The cluster query language: which container instances a filter of ListContainerInstances names."""

import dataclasses

import pytest

from sandbox.ecs.queries.expressions import BadExpression
from sandbox.ecs.queries.matching import Facts, compile_filter

FACTS = Facts(
    agent_connected=True,
    agent_version="1.105.1",
    ec2_instance_id="i-0a",
    registered_at=1_700_000_000.0,  # 2023-11-14T22:13:20Z
    running_tasks=2,
    groups=("family:salmon", "family:head"),
    attributes={"ecs.instance-type": "c5.2xlarge", "ecs.availability-zone": "us-east-1a", "gpu": "", "disks": "10"},
)

TRUE = [
    "agentConnected == true",
    "agentConnected equals true",
    "agentConnected != false",
    "agentConnected in [true]",
    "agentConnected =~ t.*",
    "attribute:ecs.instance-type == c5.2xlarge",
    "attribute:ecs.instance-type==c5.2xlarge",
    "attribute:ecs.instance-type == 'c5.2xlarge'",
    'attribute:ecs.instance-type == "c5.2xlarge"',
    "attribute:ecs.instance-type =~ c5.*",
    "attribute:ecs.instance-type matches (c5|m5).*",
    "attribute:ecs.instance-type =~ [cm]5[.][0-9]+x?large",
    "attribute:ecs.instance-type =~ '.*\\.2xlarge'",
    "attribute:ecs.instance-type !~ xlarge",
    "attribute:ecs.instance-type not_matches m5.*",
    "attribute:ecs.instance-type in [m5.large, c5.2xlarge]",
    "attribute:ecs.availability-zone in [us-east-1a,us-east-1b]",
    "attribute:ecs.availability-zone !in [us-east-1b]",
    "attribute:ecs.availability-zone not_in ['us-east-1b']",
    "attribute:gpu exists",
    "attribute:stack !exists",
    "attribute:stack not_exists",
    "attribute:stack != production",
    "attribute:disks > 9",
    "ec2InstanceId in ['i-0a', 'i-0b']",
    "ec2InstanceId not_equals i-0b",
    "runningTasksCount == 2",
    "runningTasksCount greater_than 1",
    "runningTasksCount >= 2",
    "runningTasksCount <= 2",
    "runningTasksCount less_than 10",
    "runningTasksCount less_than_equal 10",
    "registeredAt > 2023-11-14",
    "registeredAt < 2023-11-15T00:00:00",
    "registeredAt == 2023-11-14T22:13:20Z",
    "registeredAt >= 2023-11-14T22:13:20+00:00",
    "registeredAt greater_than_equal 2023-11-14T23:13:20+01:00",
    "agentVersion > 1.14.5",
    "agentVersion == 1.105.1",
    "agentVersion < 1.105.2",
    "task:group == family:salmon",
    "not(task:group == service:production)",
    "!(task:group == database)",
    "not task:group == database",
    "agentConnected == true and runningTasksCount == 2",
    "agentConnected==true&&runningTasksCount==2",
    "agentConnected == false || ec2InstanceId == i-0a",
    "agentConnected == false and agentConnected == true or ec2InstanceId == i-0a",
    "(agentConnected == false or ec2InstanceId == i-0a) and attribute:ecs.instance-type =~ c5.*",
    "attribute:ecs.instance-type =~ (c5.*) and (agentConnected == true)",
    "  agentConnected\t== true\n",
]

FALSE = [
    "agentConnected == false",
    "agentConnected == yes",
    "attribute:ecs.instance-type == c5",
    "attribute:ecs.instance-type =~ c5",
    "attribute:stack == production",
    "attribute:stack =~ .*",
    "attribute:stack in [production]",
    "attribute:stack > 1",
    "attribute:gpu not_exists",
    "ec2InstanceId in [i-0b]",
    "runningTasksCount < 2",
    "runningTasksCount != 2",
    "registeredAt < 2018-02-13",
    "agentVersion < 1.14.5",
    "task:group == salmon",
    "not agentConnected == true and agentConnected == false",
    "agentConnected == false and (agentConnected == true or ec2InstanceId == i-0a)",
    "agentConnected == true and !(runningTasksCount > 1)",
]

BAD = [
    " ",
    "nonsense",
    "agentConnected",
    "agentConnected ==",
    "agentConnected = true",
    "agentConnected == true and",
    "agentConnected == true agentConnected == true",
    "agentConnected == true)",
    "(agentConnected == true",
    "agentConnected in true",
    "agentConnected in [true",
    "agentConnected in []",
    "agentConnected in [true,]",
    "agentConnected exists",
    "agentConnected > true",
    "ec2InstanceId < i-0a",
    "ec2InstanceId == 'i-0a",
    "runningTasksCount == many",
    "runningTasksCount =~ 1",
    "runningTasksCount in [1]",
    "registeredAt > yesterday",
    "registeredAt > 2018-13-45",
    "agentVersion > new",
    "attribute: == x",
    "attribute:x =~ [",
    "task:family == x",
    "status == ACTIVE",
    "and agentConnected == true",
]


@pytest.mark.parametrize("text", TRUE)
def test_what_holds(text: str) -> None:
    assert compile_filter(text)(FACTS)


@pytest.mark.parametrize("text", FALSE)
def test_what_does_not_hold(text: str) -> None:
    assert not compile_filter(text)(FACTS)


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(BadExpression):
        compile_filter(text)


def test_a_version_that_no_agent_has_told() -> None:
    silent = dataclasses.replace(FACTS, agent_version="")
    assert not compile_filter("agentVersion < 1.14.5")(silent)
    assert compile_filter("agentVersion != 1.14.5")(silent)
