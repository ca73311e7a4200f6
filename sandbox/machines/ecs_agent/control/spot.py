"""Draining on a Spot interruption notice, where ECS_ENABLE_SPOT_INSTANCE_DRAINING says so."""

from __future__ import annotations

import json
import time

from sandbox.machines.ecs_agent.control.registration import Instance
from sandbox.machines.ecs_agent.model.log import say
from sandbox.machines.ecs_agent.wire.calls import Aws, AwsError
from sandbox.machines.ecs_agent.wire.imds import Imds

_ACTIONS = {"hibernate", "terminate", "stop"}


def watch(imds: Imds, aws: Aws, instance: Instance) -> None:
    """Look every second until the notice is there and ECS knows that the instance drains."""
    while not drain_on_notice(imds, aws, instance):
        time.sleep(1)


def drain_on_notice(imds: Imds, aws: Aws, instance: Instance) -> bool:
    """Whether there was a notice, and UpdateContainerInstancesState was accepted."""
    try:
        notice = imds.get("meta-data/spot/instance-action")
        if notice is None or json.loads(notice).get("action") not in _ACTIONS:
            return False
        say("info", "a Spot interruption is announced, the instance drains", notice=notice)
        body = {"cluster": instance.cluster, "containerInstances": [instance.arn], "status": "DRAINING"}
        aws.ecs("UpdateContainerInstancesState", body)
        return True
    except (OSError, ValueError, AttributeError, AwsError) as error:
        say("error", "the instance does not drain", error=error)
        return False
