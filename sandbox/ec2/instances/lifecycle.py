"""Laws of an instance's life: states that take their time, one-time Spot, the shutdown behaviour, what is left after.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html,
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingInstanceInitiatedShutdownBehavior.html,
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html
"""

from copy import copy
from typing import Any

from moto.ec2.models.instances import Instance, StateReason

from sandbox.ec2.hardware import machines
from sandbox.ec2.model.errors import refused
from sandbox.world.world import current

CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}
BY_USER = StateReason("Client.UserInitiatedShutdown: User initiated shutdown", "Client.UserInitiatedShutdown")
BY_GUEST = StateReason(
    "Client.InstanceInitiatedShutdown: Instance initiated shutdown", "Client.InstanceInitiatedShutdown"
)
INTERRUPTED = StateReason("Server.SpotInstanceTermination: Spot instance termination", "Server.SpotInstanceTermination")


def set_state(instance: Any, name: str, reason: StateReason | None = None) -> None:
    instance._state.name, instance._state.code = name, CODES[name]
    if reason:
        instance.state_reason = reason
        when = current().clock.utcnow().strftime("%Y-%m-%d %H:%M:%S GMT")
        instance._reason = f"User initiated ({when})" if reason is BY_USER else reason.message
    for hear in tuple(current().machine_listeners):
        hear(instance, name)


def is_one_time_spot(instance: Any) -> bool:
    request = instance.ec2_backend.spot_instance_requests.get(getattr(instance, "spot_instance_request_id", None))
    return request is not None and request.type == "one-time"


def launch(instance: Any) -> None:
    """pending, and running when the machine is on (without machines: by the clock)."""
    set_state(instance, "pending")
    world = current()
    world.instances[instance.id].interruption = None
    if world.hypervisor:
        machines.boot(
            world, instance, lambda: _become_running(instance), lambda why: _fail_to_run(instance, why), end_by_guest
        )
    else:
        world.later(world.delays.pending, lambda: _become_running(instance))


def start(instance: Any) -> None:
    if instance.state != "stopped":
        raise refused("IncorrectInstanceState", _state_message(instance, "started"))
    instance.start()
    instance.launch_time = current().clock.utcnow()
    instance.state_reason = StateReason()
    launch(instance)


def stop(instance: Any, force: bool = False) -> None:
    if is_one_time_spot(instance):
        message = (
            f"You can't stop the Spot Instance '{instance.id}' because it is associated with a one-time Spot Instance "
            "request. You can only stop Spot Instances associated with persistent Spot Instance requests."
        )
        raise refused("UnsupportedOperation", message)
    if instance.state in ("stopped", "stopping"):
        return
    if instance.state not in ("running", "pending"):
        raise refused("IncorrectInstanceState", _state_message(instance, "stopped"))
    take_down(instance, BY_USER, force)


def take_down(instance: Any, reason: StateReason, force: bool = False) -> None:
    """Stop a machine that is on, whoever wants it."""
    set_state(instance, "stopping", reason)
    world = current()
    if world.hypervisor:
        machines.power_off(world, instance, force, lambda: _become_stopped(instance, reason))
    else:
        world.later(world.delays.stopping, lambda: _become_stopped(instance, reason))


def terminate(instance: Any, reason: StateReason = BY_USER) -> None:
    if instance.state in ("shutting-down", "terminated"):
        return
    set_state(instance, "shutting-down", reason)
    world = current()
    if world.hypervisor:
        # Nobody will read disks that are deleted next, so their machine need not flush them.
        keeps = any(not device.delete_on_termination for device in instance.block_device_mapping.values())
        machines.power_off(world, instance, not keeps, lambda: _become_terminated(instance, reason))
    else:
        world.later(world.delays.shutting_down, lambda: _become_terminated(instance, reason))


def end_by_guest(instance: Any) -> None:
    """The machine ended by itself: stop or terminate the instance, as its shutdown behaviour says."""
    if instance.state not in ("pending", "running"):
        return
    if instance.instance_initiated_shutdown_behavior == "terminate" or is_one_time_spot(instance):
        set_state(instance, "shutting-down", BY_GUEST)
        _become_terminated(instance, BY_GUEST)
    else:
        _become_stopped(instance, BY_GUEST)


def fail(instance: Any, code: str, message: str) -> None:
    """End an instance that could not be launched; the reason is in its StateReason."""
    if instance.state != "terminated":
        _become_terminated(instance, StateReason(f"{code}: {message}", code))


def _become_running(instance: Any) -> None:
    if instance.state == "pending":
        instance.state_reason = None
        current().instances[instance.id].running_since = current().clock.now()
        set_state(instance, "running")


def _fail_to_run(instance: Any, why: str) -> None:
    fail(instance, "Server.InternalError", why)


def _become_stopped(instance: Any, reason: StateReason) -> None:
    if instance.state in ("pending", "running", "stopping"):
        Instance.stop(instance)
        set_state(instance, "stopped", reason)


def _become_terminated(instance: Any, reason: StateReason) -> None:
    """End an instance: volumes and interfaces go or stay as DeleteOnTermination says, the Spot request closes."""
    world, backend = current(), instance.ec2_backend
    gone = [device.volume_id for device in instance.block_device_mapping.values() if device.delete_on_termination]
    nics = dict(instance.nics)
    Instance.terminate(instance)
    for index, nic in nics.items():
        if not nic.delete_on_termination:
            instance.detach_eni(nic)
            instance.nics[index] = copy(nic)  # moto describes an ended instance by its interfaces too
    set_state(instance, "terminated", reason)
    request = backend.spot_instance_requests.get(getattr(instance, "spot_instance_request_id", None))
    if request:
        taken = reason is INTERRUPTED
        request.state = "open" if taken and request.type == "persistent" else "closed"
        request._status_code = f"instance-terminated-{'no-capacity' if taken else 'by-user'}"
    if world.hypervisor:
        machines.forget(world, instance.id, gone)
    world.later(world.delays.terminated_listed, lambda: _unlist(instance))


def _unlist(instance: Any) -> None:
    reservations = instance.ec2_backend.reservations
    for key in [key for key, value in reservations.items() if instance in value.instances]:
        reservations[key].instances.remove(instance)
        if not reservations[key].instances:
            del reservations[key]


def _state_message(instance: Any, verb: str) -> str:
    return f"The instance '{instance.id}' is not in a state from which it can be {verb}."
