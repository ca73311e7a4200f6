"""Registering the machine as a container instance: RegisterContainerInstance, CreateCluster for the default cluster."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from sandbox.machines.ecs_agent.model.backoff import Backoff
from sandbox.machines.ecs_agent.model.log import say
from sandbox.machines.ecs_agent.model.records import random_uuid
from sandbox.machines.ecs_agent.wire.calls import Aws, AwsError

RETRYABLE, TERMINAL = 1, 5
DEFAULT_CLUSTER = "default"
_HOUR = 3600.0
_AGAIN = {"ServerException", "LimitExceededException", "ThrottlingException"}
_TYPE_CHANGED = "Container instance type changes are not supported."


class CannotRegister(Exception):
    """The agent ends with `exit_code`: 1 to be started again, 5 to stay away."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Instance(NamedTuple):
    """The container instance: the cluster's bare name, and the availability zone that ECS knows it in."""

    cluster: str
    arn: str
    zone: str


def register(
    aws: Aws, cluster: str, arn: str, body: dict[str, Any], sleep: Callable[[float], None] = time.sleep
) -> Instance:
    """Register, or register `arn` again. An empty `cluster` is the default one, which is created where it is missing.

    Raises CannotRegister.
    """
    name = cluster or DEFAULT_CLUSTER
    asked = {"cluster": name, "clientToken": random_uuid(), **body}
    if arn:
        asked["containerInstanceArn"] = arn
    try:
        answer = _ask(aws, asked, sleep)
    except AwsError as error:
        if cluster or "Cluster not found." not in error.message:
            raise _cannot(error) from error
        answer = _create_cluster_and_ask(aws, asked, sleep)
    found = answer.get("containerInstance") or {}
    echoed = {attribute["name"]: attribute.get("value") for attribute in found.get("attributes") or ()}
    missing = [own["name"] for own in asked["attributes"] if own.get("value") not in {None, echoed.get(own["name"])}]
    if missing:
        raise CannotRegister(f"Attribute validation failed: {', '.join(missing)}", TERMINAL)
    return Instance(name, arn or str(found["containerInstanceArn"]), str(echoed.get("ecs.availability-zone") or ""))


def _create_cluster_and_ask(aws: Aws, asked: dict[str, Any], sleep: Callable[[float], None]) -> dict[str, Any]:
    try:
        asked["cluster"] = aws.ecs("CreateCluster", {"clusterName": DEFAULT_CLUSTER})["cluster"]["clusterName"]
        return _ask(aws, asked, sleep)
    except AwsError as error:
        raise _cannot(error) from error


def _ask(aws: Aws, asked: dict[str, Any], sleep: Callable[[float], None]) -> dict[str, Any]:
    waits, waited = Backoff(3, 192, 2), 0.0
    while True:
        try:
            return aws.ecs("RegisterContainerInstance", asked)
        except AwsError as error:
            say("error", "Error registering container instance", error=error)
            if error.code not in _AGAIN or waited > _HOUR:
                raise
            wait = waits.take()
            waited += wait
            sleep(wait)


def _cannot(error: AwsError) -> CannotRegister:
    terminal = error.code in {"ClientException", "InvalidParameterException"} or _TYPE_CHANGED in error.message
    if error.code == "ClientException":
        say("critical", "Instance registration attempt with client performing invalid action", error=error)
    return CannotRegister(str(error), TERMINAL if terminal else RETRYABLE)
