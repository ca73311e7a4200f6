"""The machines of one hypervisor, and what is remembered of each over stop and start."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sandbox.machines.qemu.command_line import Drive, Host
from sandbox.machines.qemu.machine import Listeners, Machine
from sandbox.machines.qemu.turns import Turns
from sandbox.world import room
from sandbox.world.hypervisor import Disk, MachineError, MachineSpec, Metadata, MetadataOptions

Prepare = Callable[[], tuple[Host, Sequence[Drive]]]
"""What a machine is started from, asked for when its turn has come."""


class Machines:
    """By instance id. Their files are in `directory`. Safe to use from several threads."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._machines: dict[str, Machine] = {}
        self._ssh_open: dict[str, bool] = {}
        self._metadata_options: dict[str, MetadataOptions] = {}
        self._timings: dict[str, dict[str, float]] = {}
        self._last_instance_of: dict[str, str] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._turns = Turns(max(2, os.cpu_count() or 2))

    def boot(
        self,
        spec: MachineSpec,
        prepare: Prepare,
        metadata: Metadata,
        powered_off: Callable[[], None],
        is_asked_for: Callable[[], bool],
    ) -> None:
        """Start the machine in its turn and return. Port 22 is as set_ssh_open left it; at first it is closed."""
        id_ = spec.instance_id
        if not self._turns.take(id_, lambda: is_asked_for() and not self._closed):
            return
        try:
            self._start(spec, prepare, metadata, powered_off)
        except BaseException:
            self._turns.end(id_)
            raise

    def _start(self, spec: MachineSpec, prepare: Prepare, metadata: Metadata, powered_off: Callable[[], None]) -> None:
        id_ = spec.instance_id
        host, drives = prepare()
        with self._lock:
            if self._closed or self.find_running(id_):
                raise MachineError(f"{id_} cannot be started: it runs already, or the sandbox is ending")
            machine = Machine(
                host,
                spec,
                drives,
                metadata,
                options=self._metadata_options.get(id_, MetadataOptions()),
                directory=self._directory / id_,
                listeners=Listeners(lambda: self._turns.end(id_), powered_off, self._timings.setdefault(id_, {})),
            )
            self._machines[id_] = machine
            self._last_instance_of.update({disk.volume_id: id_ for disk in spec.disks})
        machine.set_ssh_open(self._ssh_open.get(id_, False))

    def find_running(self, instance_id: str) -> Machine | None:
        """Find the instance's machine, if it runs."""
        machine = self._machines.get(instance_id)
        return machine if machine and machine.running else None

    def find_running_with(self, volume_id: str) -> Machine | None:
        """Find the running machine that holds the volume."""
        machine = self.find_running(self._last_instance_of.get(volume_id, ""))
        return machine if machine and machine.holds(volume_id) else None

    def get_running(self, instance_id: str) -> Machine:
        """Get the instance's machine; MachineError when it does not run."""
        machine = self.find_running(instance_id)
        if machine is None:
            raise MachineError(f"{instance_id} does not run")
        return machine

    def attach(self, instance_id: str, drive_path: Path, disk: Disk) -> None:
        """Hot-plug a volume; MachineError when no slot is free."""
        self.get_running(instance_id).attach(drive_path, disk)
        self._last_instance_of[disk.volume_id] = instance_id

    def set_ssh_open(self, instance_id: str, open_: bool) -> None:
        """Open or close a machine's port 22, now or when it starts."""
        self._ssh_open[instance_id] = open_
        if machine := self.find_running(instance_id):
            machine.set_ssh_open(open_)

    def set_metadata_options(self, instance_id: str, options: MetadataOptions) -> None:
        """Set how a machine's metadata service answers, now or when it starts."""
        with self._lock:
            self._metadata_options[instance_id] = options
            machine = self.find_running(instance_id)
        if machine:
            machine.set_metadata_options(options)

    def find_free_mib(self, promised: Mapping[str, int]) -> int:
        """Find the MiB of this computer's memory that are left when machines have touched what they were promised."""
        with self._lock:
            machines = [machine for machine in self._machines.values() if machine.running]
        held = {machine.spec.instance_id: machine.read_held_mib() for machine in machines}
        claims = [(mib, held.get(instance_id, 0)) for instance_id, mib in promised.items()]
        return room.find_free(claims, room.read_available_mib())

    def read_console(self, instance_id: str) -> str:
        """Read the serial console, also after the machine's end."""
        machine = self._machines.get(instance_id)
        return machine.console() if machine else ""

    def read_timings(self, instance_id: str) -> Mapping[str, float]:
        """Return the seconds that its machine's boot, end and disk copies took."""
        return dict(self._timings.get(instance_id, {}))

    def add_copy(self, volume_id: str, seconds: float) -> None:
        """Note how long a copy of a volume took with the timings of the instance that had it last."""
        if instance_id := self._last_instance_of.get(volume_id):
            timings = self._timings.setdefault(instance_id, {})
            timings["disk_copy"] = timings.get("disk_copy", 0.0) + seconds

    def close(self) -> None:
        """Stop every machine at once; none starts any more."""
        with self._lock:
            self._closed = True
        for machine in self._machines.values():
            machine.unplug()
