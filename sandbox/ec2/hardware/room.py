"""How many more machines, and whether one more job, this computer's memory has room for.

A stand-in's limit: on AWS an instance's memory is its own.
"""

from sandbox.ec2.model.records import list_instances
from sandbox.ec2.model.registered_memory import find_counted_mib
from sandbox.world import room
from sandbox.world.world import World, current

_ON = ("pending", "running")


def count_room(instance_type: str) -> int | None:
    """Return how many more machines of the type this computer can bear; None where instances are records alone."""
    world = current()
    if world.hypervisor is None:
        return None
    free = world.hypervisor.find_free_mib(_list_promises(world)) - room.RESERVE_MIB
    return max(0, free) // room.may_touch(find_counted_mib(instance_type))


def has_room_for(instance_id: str, mib: int) -> bool:
    """Return whether a job of that hard limit would leave this computer memory, were all limits used to the full.

    True where instances are records alone. What `world.job_memory` says already of the instance comes on top.
    """
    world = current()
    if world.hypervisor is None:
        return True
    free = world.hypervisor.find_free_mib(_list_promises(world, {instance_id: mib}))
    return free >= room.RESERVE_FOR_JOBS_MIB


def explain_lack(instance_id: str, mib: int) -> str:
    """Say why a job does not start that has no room; nothing where it has."""
    if has_room_for(instance_id, mib):
        return ""
    return (
        f"The machines of the offline AWS run on this computer: a job of {mib} MiB on {instance_id} would fill its "
        "memory, and waits until other jobs have ended"
    )


def _list_promises(world: World, more: dict[str, int] | None = None) -> dict[str, int]:
    """Return MiB that machines may come to touch, by instance; `more` is what new jobs add."""
    return {
        instance.id: room.may_touch(
            find_counted_mib(instance.instance_type),
            world.job_memory(instance.id) + (more or {}).get(instance.id, 0),
        )
        for instance in list_instances()
        if instance.state in _ON
    }
