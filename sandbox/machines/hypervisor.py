"""The hypervisor of the offline AWS: QEMU machines, qcow2 volumes, cached stand-in images."""

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from sandbox.machines import base_disks, prerequisites
from sandbox.machines.accelerator import accelerator
from sandbox.machines.command_line import Drive, Host
from sandbox.machines.machine import Machine
from sandbox.machines.ports import Qemu, qemu_for_ssh
from sandbox.machines.registry_names import RegistryDoor
from sandbox.machines.rootfs import Report, root_fs
from sandbox.machines.volumes import VolumeStore
from sandbox.world import room
from sandbox.world.hypervisor import Disk, MachineError, MachineSpec, Metadata, MetadataOptions, StandInDisk
from sandbox.world.turns import Turns

DIRECTORY = "kiln-machines-"
CPUS_VARIABLE = "KILN_SANDBOX_CPUS"
DEFAULT_CACHE = Path.home() / ".cache" / "kiln" / "sandbox"


def remove_abandoned(temporary: Path, prefix: str = DIRECTORY) -> None:
    """Remove what sandboxes left in `temporary` that were killed before they could: disks, of a gigabyte and more."""
    for left in temporary.glob(f"{prefix}*-*"):
        owner = left.name.removeprefix(prefix).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(left, ignore_errors=True)


class QemuHypervisor:
    """Implements `sandbox.hypervisor.Hypervisor`. `cache` outlives it; everything else goes with close().

    `ssh_port` is the port of every machine's public address at which its port 22 is reached: 22, or 2222 where this
    process may not have that. `endpoint_url` is the offline AWS as the guests see it, at 169.254.169.1; `ssh_key` is
    the base64 part of a public key that may log in to every machine; `registries` is where their Docker pulls from. A
    machine has two virtual CPUs at most, or as many as KILN_SANDBOX_CPUS says: one is enough where several sandboxes
    share a host.
    """

    def __init__(
        self,
        cache: Path = DEFAULT_CACHE,
        *,
        endpoint_url: str | None = None,
        ssh_key: str | None = None,
        registries: RegistryDoor | None = None,
        report: Report = lambda line: None,
    ) -> None:
        prerequisites.ensure(report)
        self._cache, self._report, self.endpoint_url = cache, report, endpoint_url
        self._registries = registries
        self._ssh_key, self._cpus = ssh_key, int(os.environ.get(CPUS_VARIABLE) or 2)
        self._qemu: Qemu = qemu_for_ssh(cache)
        self.ssh_port = self._qemu.ssh_port
        # Unix socket paths are short by law of the kernel, so not below a cache of unknown depth.
        remove_abandoned(Path(tempfile.gettempdir()))
        self._directory = Path(tempfile.mkdtemp(prefix=f"{DIRECTORY}{os.getpid()}-"))
        self._volumes = VolumeStore(self._directory / "volumes")
        self._machines: dict[str, Machine] = {}
        self._ssh_open: dict[str, bool] = {}
        self._metadata_options: dict[str, MetadataOptions] = {}
        self._timings: dict[str, dict[str, float]] = {}
        self._last_instance_of: dict[str, str] = {}
        self._building = threading.Lock()
        self._lock = threading.Lock()
        self._closed = False
        self._turns = Turns(max(2, os.cpu_count() or 2))

    def stand_in_disks(self, kind: str) -> tuple[StandInDisk, ...]:
        """The kind's disks, root first; about two minutes when nothing is cached."""
        with self._building:
            return base_disks.stand_in_disks(self._cache, kind, self._report)

    def import_snapshot(self, snapshot_id: str, path: Path) -> None:
        """Make a read-only disk file (qcow2 or raw) known as a snapshot."""
        self._volumes.import_snapshot(snapshot_id, path)

    def create_volume(self, volume_id: str, size_gib: int, snapshot_id: str | None) -> None:
        """A blank volume, or one with the snapshot's content."""
        self._volumes.create(volume_id, size_gib, snapshot_id)

    def grow_volume(self, volume_id: str, size_gib: int) -> None:
        """Make a volume larger that is in no running machine: QEMU's NVMe controllers keep the size they began with."""
        if machine := self._running_with(volume_id):
            raise MachineError(f"{volume_id} is in use by {machine.spec.instance_id}")
        self._volumes.grow(volume_id, size_gib)

    def delete_volume(self, volume_id: str) -> None:
        """Remove the volume and its file."""
        if machine := self._running_with(volume_id):
            raise MachineError(f"{volume_id} is in use by {machine.spec.instance_id}")
        self._volumes.delete_volume(volume_id)

    def snapshot(self, volume_id: str, snapshot_id: str, progress: Callable[[int], None]) -> None:
        """Copy the volume. A running machine stands still meanwhile: what is copied is what a power cut would leave."""
        begun = time.monotonic()

        def copy() -> None:
            self._volumes.snapshot(volume_id, snapshot_id, progress)

        if machine := self._running_with(volume_id):
            machine.paused(copy)
        else:
            copy()
        if instance_id := self._last_instance_of.get(volume_id):
            seconds = self._timings.setdefault(instance_id, {})
            seconds["disk_copy"] = seconds.get("disk_copy", 0.0) + time.monotonic() - begun

    def delete_snapshot(self, snapshot_id: str) -> None:
        """Forget the snapshot; volumes made from it live on."""
        self._volumes.delete_snapshot(snapshot_id)

    def find_free_mib(self, promised: Mapping[str, int]) -> int:
        """MiB of this computer's memory that are left when machines have touched what they were promised."""
        with self._lock:
            machines = [machine for machine in self._machines.values() if machine.running]
        held = {machine.spec.instance_id: room.read_held_mib(machine.pid) for machine in machines}
        claims = [(mib, held.get(instance_id, 0)) for instance_id, mib in promised.items()]
        return room.find_free(claims, room.read_available_mib())

    def boot(
        self,
        spec: MachineSpec,
        metadata: Metadata,
        powered_off: Callable[[], None],
        is_asked_for: Callable[[], bool] = lambda: True,
    ) -> None:
        """Start the machine in its turn and return. Port 22 stays as set_ssh_open last said; at first it is closed."""
        id_ = spec.instance_id
        if not self._turns.take(id_, lambda: is_asked_for() and not self._closed):
            return
        try:
            self._start(spec, metadata, powered_off)
        except BaseException:
            self._turns.end(id_)
            raise

    def _start(self, spec: MachineSpec, metadata: Metadata, powered_off: Callable[[], None]) -> None:
        id_ = spec.instance_id
        drives = [Drive(disk, self._volumes.path(disk.volume_id), slot) for slot, disk in enumerate(spec.disks)]
        host = self._host()
        with self._lock:
            if self._closed or ((machine := self._machines.get(id_)) and machine.running):
                raise MachineError(f"{id_} cannot be started: it runs already, or the sandbox is ending")
            timings = self._timings.setdefault(id_, {})
            machine = Machine(
                host,
                spec,
                drives,
                metadata,
                options=self._metadata_options.get(id_, MetadataOptions()),
                directory=self._directory / id_,
                timings=timings,
                booted=lambda: self._turns.end(id_),
                powered_off=powered_off,
            )
            self._machines[id_] = machine
            self._last_instance_of.update({disk.volume_id: id_ for disk in spec.disks})
        machine.set_ssh_open(self._ssh_open.get(id_, False))

    def power_off(self, instance_id: str, *, force: bool = False) -> None:
        """ACPI power button (at most 60 s, then the plug), or the plug at once."""
        machine = self._machines.get(instance_id)
        if machine is None or not machine.running:
            return
        if force:
            machine.unplug()
        else:
            machine.power_off()

    def reboot(self, instance_id: str) -> None:
        """Asks the guest to shut down, then resets it; after 60 s without its consent."""
        self._running(instance_id).reboot()

    def attach(self, instance_id: str, disk: Disk) -> None:
        """Hot-plug a volume; MachineError when no slot is free."""
        self._running(instance_id).attach(self._volumes.path(disk.volume_id), disk)
        self._last_instance_of[disk.volume_id] = instance_id

    def detach(self, instance_id: str, volume_id: str) -> None:
        """Unplug a volume; MachineError when the guest does not let go of it within 60 s."""
        self._running(instance_id).detach(volume_id)

    def set_ssh_open(self, instance_id: str, open_: bool) -> None:
        """Whether the machine's port 22 answers on its public address. Kept over stop and start; may precede boot."""
        self._ssh_open[instance_id] = open_
        if (machine := self._machines.get(instance_id)) and machine.running:
            machine.set_ssh_open(open_)

    def set_metadata_options(self, instance_id: str, options: MetadataOptions) -> None:
        """How the machine's metadata service answers. Kept over stop and start; may precede boot."""
        with self._lock:
            self._metadata_options[instance_id] = options
            machine = self._machines.get(instance_id)
        if machine and machine.running:
            machine.set_metadata_options(options)

    def console(self, instance_id: str) -> str:
        """The serial console since the last boot, at most 64 KiB; stays readable after the machine's end."""
        machine = self._machines.get(instance_id)
        return machine.console() if machine else ""

    def timings(self, instance_id: str) -> Mapping[str, float]:
        """Seconds of the last boot_to_ssh, the last power_off, and all disk_copy of the instance's volumes."""
        return dict(self._timings.get(instance_id, {}))

    def close(self) -> None:
        """Stop every machine at once and remove every file outside the cache."""
        with self._lock:
            self._closed = True
        for machine in self._machines.values():
            machine.unplug()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _host(self) -> Host:
        kernel = root_fs(self._cache, self._report).kernel
        found = accelerator(self._cache, self._qemu.path, kernel)
        return Host(
            self._qemu.path,
            kernel,
            found,
            self.ssh_port,
            self.endpoint_url,
            self._ssh_key,
            self._cpus,
            self._registries,
        )

    def _running(self, instance_id: str) -> Machine:
        machine = self._machines.get(instance_id)
        if machine is None or not machine.running:
            raise MachineError(f"{instance_id} does not run")
        return machine

    def _running_with(self, volume_id: str) -> Machine | None:
        machine = self._machines.get(self._last_instance_of.get(volume_id, ""))
        return machine if machine and machine.running and machine.holds(volume_id) else None
