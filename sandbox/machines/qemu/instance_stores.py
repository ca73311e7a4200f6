"""The disks of an instance store: blank when their machine is switched on, gone with its process.

A reboot keeps what they hold, stop and start do not ("Data persistence for Amazon EC2 instance store volumes", Amazon
EC2 User Guide).
"""

import hashlib
from collections.abc import Collection
from pathlib import Path

from sandbox.machines.host import run
from sandbox.machines.qemu.command_line import SLOTS, Drive
from sandbox.world.hypervisor import Disk, MachineError, MachineSpec


def make_instance_stores(spec: MachineSpec, directory: Path, taken: Collection[int]) -> list[Drive]:
    """Blank disks in `directory`, in the last slots; MachineError where there are too few of them.

    A guest tells them by the serial of their controllers: AWS and 17 hexadecimal digits.
    """
    drives = list[Drive]()
    free = [slot for slot in reversed(range(SLOTS)) if slot not in taken]
    if len(free) < len(spec.stores_gib):
        raise MachineError(f"{spec.instance_id} has {SLOTS} slots: too few for its instance-store disks and volumes")
    for number, (gib, slot) in enumerate(zip(spec.stores_gib, free, strict=False)):
        serial = "AWS" + hashlib.sha256(f"{spec.instance_id} {number}".encode()).hexdigest()[:17].upper()
        path = directory / f"{serial}.qcow2"
        run(["qemu-img", "create", "-q", "-f", "qcow2", str(path), f"{gib}G"])
        drives.append(Drive(Disk(serial, "", gib), path, slot))
    return drives
