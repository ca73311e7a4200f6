"""The slots of a running machine, and the disks that come and go in them."""

from collections.abc import Sequence
from pathlib import Path

from sandbox.machines.qemu.command_line import SLOTS, Drive, blockdev, device, node, nvme
from sandbox.machines.qemu.qmp import Qmp
from sandbox.world.hypervisor import Disk, MachineError

LETS_GO_WITHIN = 60.0  # seconds


class Slots:
    """Plugs disks in and out; its caller sees to it that one thread does so at a time."""

    def __init__(self, instance_id: str, drives: Sequence[Drive], qmp: Qmp) -> None:
        self._instance_id, self._qmp = instance_id, qmp
        self._disks = {drive.slot: drive.disk for drive in drives}

    def holds(self, volume_id: str) -> bool:
        """Whether the volume is in the machine now; any thread may ask."""
        return any(disk.volume_id == volume_id for disk in tuple(self._disks.values()))

    def attach(self, path: Path, disk: Disk) -> None:
        """Hot-plug a disk; MachineError when every slot is taken."""
        free = next((slot for slot in range(SLOTS) if slot not in self._disks), None)
        if free is None:
            raise MachineError(f"{self._instance_id} has no free slot: it holds {SLOTS} volumes")
        drive = Drive(disk, path, free)
        self._qmp.command("blockdev-add", **blockdev(drive))
        try:
            self._qmp.command("device_add", **nvme(drive))
        except MachineError:
            self._qmp.command("blockdev-del", node_name=node(disk))
            raise
        self._disks[free] = disk

    def detach(self, volume_id: str) -> None:
        """Unplug a disk; MachineError when the guest does not let go of it."""
        slot, disk = next((item for item in self._disks.items() if item[1].volume_id == volume_id), (0, None))
        if disk is None:
            raise MachineError(f"{volume_id} is not attached to {self._instance_id}")
        mark = self._qmp.events_seen()
        self._qmp.command("device_del", id=device(disk))
        if not self._qmp.wait_event("DEVICE_DELETED", LETS_GO_WITHIN, mark, device=device(disk)):
            raise MachineError(f"{self._instance_id} does not let go of {volume_id}")
        self._qmp.command("blockdev-del", node_name=node(disk))
        del self._disks[slot]
