"""Keeps machines and disks in step with the records, when there is a hypervisor.

Each instance has a queue of its own: what is asked of one machine happens in order and never holds up an API call.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.ec2.hardware import metadata
from sandbox.ec2.model import stand_ins
from sandbox.ec2.model.instance_types import instance_stores_gib, vcpus
from sandbox.ec2.model.registered_memory import find_counted_mib
from sandbox.ec2.network.firewall import allows_ssh
from sandbox.world.hypervisor import Disk, Hypervisor, MachineError, MachineSpec, MetadataOptions
from sandbox.world.world import World

log = logging.getLogger("sandbox")
# The guests share one small machine, whatever instance type was asked for: EC2 and Batch go by the type's vCPUs.
MOST_VCPUS = 2
Ended = Callable[[Any], None]
_ON = ("pending", "running")


def boot(world: World, instance: Any, running: Callable[[], None], failed: Callable[[str], None], ended: Ended) -> None:
    """Make the instance's disks that do not exist yet, and switch it on; then `running`, or `failed` with why.

    `ended` gets the instance when its guest powers off by itself.
    """

    def work() -> None:
        try:
            for volume in _list_volumes(instance):
                make_disk(world, volume)
            switch_on(world, instance, ended)
        except MachineError as error:
            log.error("%s did not start: %s", instance.id, error)
            with world.lock:
                failed(str(error))
        else:
            _do_locked(world, running)

    world.queues.add(instance.id, work)


def switch_on(world: World, instance: Any, ended: Ended) -> None:
    """Boot the machine on the disks it has, in the caller's thread."""
    hypervisor = _hypervisor(world)
    set_metadata_options(world, instance)
    hypervisor.boot(
        make_spec(instance),
        lambda: _make_tree(world, instance),
        lambda: _queue_end(world, instance, ended),
        lambda: instance.state in _ON,
    )
    hypervisor.set_ssh_open(instance.id, allows_ssh(instance))


def set_metadata_options(world: World, instance: Any) -> None:
    """Have the machine's metadata service answer as the instance's options say, at once."""
    options = instance.metadata_options
    if world.hypervisor:
        enabled, needs_token = options.http_endpoint == "enabled", options.http_tokens == "required"
        answering = MetadataOptions(enabled, needs_token, int(options.http_put_response_hop_limit))
        world.hypervisor.set_metadata_options(instance.id, answering)


def power_off(world: World, instance: Any, force: bool, done: Callable[[], None]) -> None:
    def work() -> None:
        try:
            _hypervisor(world).power_off(instance.id, force=force)
        except MachineError as error:
            log.error("power off of %s: %s", instance.id, error)
        _do_locked(world, done)

    world.queues.add(instance.id, work)


def reboot(world: World, instance_id: str) -> None:
    world.queues.add(instance_id, lambda: _hypervisor(world).reboot(instance_id))


def unplug(world: World, instance_id: str, volume_id: str, gone: Callable[[], None], kept: Callable[[], None]) -> None:
    """Take a volume out of a running machine; then `gone`, or `kept` when the guest does not let go of it."""

    def work() -> None:
        try:
            _hypervisor(world).detach(instance_id, volume_id)
        except MachineError as error:
            log.error("%s keeps %s: %s", instance_id, volume_id, error)
            _do_locked(world, kept)
        else:
            _do_locked(world, gone)

    world.queues.add(instance_id, work)


def forget(world: World, instance_id: str, volume_ids: Sequence[str]) -> None:
    """Delete the disks of an instance that is gone."""

    def work() -> None:
        for volume_id in volume_ids:
            _hypervisor(world).delete_volume(volume_id)

    world.queues.add(instance_id, work)


def make_disk(world: World, volume: Any) -> None:
    """Create the disk behind a volume, once; its snapshot may be a stand-in's, which is built on first use."""
    if world.volumes[volume.id].has_disk:
        return
    if volume.snapshot_id:
        import_stand_in(world, volume.snapshot_id, volume.ec2_backend.region_name)
    _hypervisor(world).create_volume(volume.id, volume.size, volume.snapshot_id)
    world.volumes[volume.id].has_disk = True


def make_new_disk(world: World, volume: Any, done: Callable[[], None]) -> None:
    """The disk of a volume that CreateVolume asked for; `done` when it exists."""

    def work() -> None:
        make_disk(world, volume)
        _do_locked(world, done)

    world.queues.add("volumes", work)


def import_stand_in(world: World, snapshot_id: str, region: str) -> None:
    image = stand_ins.find_by_snapshot(snapshot_id, region)
    if image is None or snapshot_id in world.imported:
        return
    if image.kind is None:
        raise MachineError(f"{image.name} is a record for planning: the sandbox has no machine of this kind")
    root = _hypervisor(world).stand_in_disks(image.kind)[0]
    if root.path is None:
        raise MachineError(f"the stand-in {image.kind} has no root disk")
    _hypervisor(world).import_snapshot(snapshot_id, root.path)
    world.imported.add(snapshot_id)


def make_spec(instance: Any) -> MachineSpec:
    """Return the machine for an instance: its disks root first, with its type's memory and few CPUs."""
    return MachineSpec(
        instance_id=instance.id,
        memory_mib=find_counted_mib(instance.instance_type),
        vcpus=min(vcpus(instance.instance_type), MOST_VCPUS),
        disks=tuple(Disk(volume.id, volume.attachment.device, volume.size) for volume in _list_volumes(instance)),
        public_ip=instance.public_ip or "",
        private_ip=instance.private_ip,
        hostname=instance.private_dns_name,
        stores_gib=instance_stores_gib(instance.instance_type),
    )


def _list_volumes(instance: Any) -> list[Any]:
    devices = sorted(instance.block_device_mapping.items(), key=lambda item: item[0] != instance.root_device_name)
    return [instance.ec2_backend.get_volume(device.volume_id) for _, device in devices]


def _queue_end(world: World, instance: Any, ended: Ended) -> None:
    # Behind whatever is under way on this machine, such as a snapshot of its disks.
    world.queues.add(instance.id, lambda: _do_locked(world, lambda: ended(instance)))


def _make_tree(world: World, instance: Any) -> dict[str, bytes]:
    with world.lock:
        return metadata.make_tree(instance)


def _hypervisor(world: World) -> Hypervisor:
    if world.hypervisor is None:
        raise MachineError("the sandbox was started without machines")
    return world.hypervisor


def _do_locked(world: World, act: Callable[[], None]) -> None:
    with world.lock:
        act()
