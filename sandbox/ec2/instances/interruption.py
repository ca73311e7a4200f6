"""Law: EC2 takes a Spot Instance back: a notice in its metadata, and two minutes later the interruption itself.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html,
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-request-status.html (marked-for-termination and what follows),
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html. When AWS does so is nothing that an account
can ask for: `invoke sandbox.interrupt` does here. A machine that hibernates is stopped; of those that stop, AWS starts
none again here.
"""

from typing import Any

from moto.ec2.models.instances import StateReason

from sandbox.ec2.instances import lifecycle
from sandbox.ec2.model.records import list_instances
from sandbox.world.facts import Interruption
from sandbox.world.world import current

NOTICE_SECONDS = 120.0
STOPPED = StateReason("Server.SpotInstanceShutdown: Spot instance shutdown", "Server.SpotInstanceShutdown")
# Action → the request's status code while the machine is marked.
_MARKS = {"terminate": "marked-for-termination", "stop": "marked-for-stop", "hibernate": "marked-for-stop"}


class NotInterruptedError(ValueError):
    """An instance that AWS would not take back; the message is for the person at the sandbox."""


def interrupt(instance_id: str) -> dict[str, Any]:
    """Give a running Spot Instance its notice: {"instance", "action", "time"}, in seconds since the epoch.

    Raises NotInterruptedError. A second call changes nothing.
    """
    world = current()
    with world.lock:
        instance = _find(instance_id)
        facts, request = world.instances[instance_id], _find_request(instance)
        if facts.interruption is None:
            action = str(request.instance_interruption_behaviour or "terminate")
            facts.interruption = notice = Interruption(action, world.clock.now() + NOTICE_SECONDS)
            request._status_code = _MARKS[action]
            world.later(NOTICE_SECONDS, lambda: _take(instance, notice))
        return {"instance": instance_id, "action": facts.interruption.action, "time": facts.interruption.time}


def _find(instance_id: str) -> Any:
    instance = next((instance for instance in list_instances() if instance.id == instance_id), None)
    if instance is None:
        raise NotInterruptedError(f"there is no instance {instance_id}; invoke sandbox.status lists them")
    if _find_request(instance) is None:
        raise NotInterruptedError(f"{instance_id} is an On-Demand Instance: AWS takes back Spot Instances alone")
    if instance.state != "running":
        raise NotInterruptedError(f"{instance_id} is {instance.state}: only a running instance is interrupted")
    return instance


def _find_request(instance: Any) -> Any:
    return instance.ec2_backend.spot_instance_requests.get(getattr(instance, "spot_instance_request_id", None))


def _take(instance: Any, notice: Interruption) -> None:
    """Stop or terminate it, where nobody did before."""
    if current().instances[instance.id].interruption is not notice or instance.state != "running":
        return
    if notice.action == "terminate":
        lifecycle.terminate(instance, lifecycle.INTERRUPTED)
    else:
        request = _find_request(instance)
        request.state, request._status_code = "disabled", "instance-stopped-no-capacity"
        lifecycle.take_down(instance, STOPPED)
