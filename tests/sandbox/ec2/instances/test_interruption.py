"""A Spot Instance is taken back two minutes after its notice; nothing else is."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.command import state
from sandbox.ec2.hardware import metadata
from sandbox.ec2.instances.interruption import NotInterruptedError
from sandbox.ec2.model.records import list_instances
from sandbox.inprocess import Sandbox

SPOT: dict[str, Any] = {"InstanceMarketOptions": {"MarketType": "spot"}}
STOPS: dict[str, Any] = {
    "InstanceMarketOptions": {
        "MarketType": "spot",
        "SpotOptions": {"SpotInstanceType": "persistent", "InstanceInterruptionBehavior": "stop"},
    }
}


def tree(instance_id: str) -> dict[str, str]:
    instance = next(instance for instance in list_instances() if instance.id == instance_id)
    leaves = metadata.make_tree(instance)
    return {name: value.decode() for name, value in leaves.items() if name.startswith("meta-data/spot/")}


def request_of(ec2: Any, instance: dict[str, Any]) -> tuple[str, str]:
    asked = ec2.describe_spot_instance_requests(SpotInstanceRequestIds=[instance["SpotInstanceRequestId"]])
    (request,) = asked["SpotInstanceRequests"]
    return request["State"], request["Status"]["Code"]


def test_the_notice_comes_two_minutes_before_the_end(
    sandbox: Sandbox, ec2: Any, running: Callable[..., str], describe: Any
) -> None:
    instance_id = running(**SPOT)
    assert tree(instance_id) == {}
    told = sandbox.interrupt(instance_id)
    assert told["time"] == pytest.approx(sandbox.clock.now() + 120, abs=5)
    notice = tree(instance_id)
    action = json.loads(notice["meta-data/spot/instance-action"])
    assert action == {"action": "terminate", "time": notice["meta-data/spot/termination-time"]}
    assert request_of(ec2, describe(instance_id)) == ("active", "marked-for-termination")
    sandbox.clock.advance(110)
    assert describe(instance_id)["State"]["Name"] == "running"
    sandbox.clock.advance(15)
    taken = describe(instance_id)
    assert (taken["State"]["Name"], taken["StateReason"]["Code"]) == ("terminated", "Server.SpotInstanceTermination")
    assert taken["StateTransitionReason"].startswith("Server.SpotInstanceTermination")
    assert request_of(ec2, taken) == ("closed", "instance-terminated-no-capacity")


def test_a_second_notice_changes_nothing(sandbox: Sandbox, running: Callable[..., str]) -> None:
    instance_id = running(**SPOT)
    told = sandbox.interrupt(instance_id)
    sandbox.clock.advance(60)
    assert sandbox.interrupt(instance_id) == told


def test_a_machine_that_stops_is_stopped_and_may_start_again_without_its_notice(
    sandbox: Sandbox, ec2: Any, running: Callable[..., str], describe: Any
) -> None:
    instance_id = running(**STOPS)
    assert sandbox.interrupt(instance_id)["action"] == "stop"
    assert set(tree(instance_id)) == {"meta-data/spot/instance-action"}
    sandbox.clock.advance(125)
    taken = describe(instance_id)
    assert (taken["State"]["Name"], taken["StateReason"]["Code"]) == ("stopped", "Server.SpotInstanceShutdown")
    assert request_of(ec2, taken) == ("disabled", "instance-stopped-no-capacity")
    ec2.start_instances(InstanceIds=[instance_id])
    sandbox.clock.advance(300)
    assert describe(instance_id)["State"]["Name"] == "running"
    assert tree(instance_id) == {}


def test_a_user_may_be_faster(sandbox: Sandbox, ec2: Any, running: Callable[..., str], describe: Any) -> None:
    instance_id = running(**SPOT)
    sandbox.interrupt(instance_id)
    ec2.terminate_instances(InstanceIds=[instance_id])
    sandbox.clock.advance(125)
    taken = describe(instance_id)
    assert taken["StateReason"]["Code"] == "Client.UserInitiatedShutdown"
    assert request_of(ec2, taken) == ("closed", "instance-terminated-by-user")


def test_a_machine_that_its_user_stopped_stays_so(
    sandbox: Sandbox, ec2: Any, running: Callable[..., str], describe: Any
) -> None:
    instance_id = running(**STOPS)
    sandbox.interrupt(instance_id)
    ec2.stop_instances(InstanceIds=[instance_id])
    sandbox.clock.advance(125)
    left = describe(instance_id)
    assert (left["State"]["Name"], left["StateReason"]["Code"]) == ("stopped", "Client.UserInitiatedShutdown")


def test_only_running_spot_instances_are_taken_back(
    sandbox: Sandbox, ec2: Any, running: Callable[..., str], launch: Callable[..., str]
) -> None:
    with pytest.raises(NotInterruptedError, match="there is no instance i-0123456789abcdef0"):
        sandbox.interrupt("i-0123456789abcdef0")
    with pytest.raises(NotInterruptedError, match="is an On-Demand Instance"):
        sandbox.interrupt(running())
    pending = launch(**SPOT)
    with pytest.raises(NotInterruptedError, match="is pending: only a running"):
        sandbox.interrupt(pending)


def test_the_command_s_route_says_why_not(sandbox: Sandbox, running: Callable[..., str]) -> None:
    with pytest.raises(ValueError, match=r"^there is no instance i-1; invoke sandbox\.status"):
        state.post(sandbox.endpoint, "interruptions", {"instance_id": "i-1"})
    instance_id = running(**SPOT)
    told = state.post(sandbox.endpoint, "interruptions", {"instance_id": instance_id})
    assert (told["instance"], told["action"]) == (instance_id, "terminate")
