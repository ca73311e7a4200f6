"""The hypervisor of the offline AWS: QEMU machines, qcow2 volumes, cached stand-in images."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sandbox.machines import base_disks, children, prerequisites
from sandbox.machines.qemu.accelerator import accelerator
from sandbox.machines.qemu.command_line import Drive, Host
from sandbox.machines.qemu.machines import Machines
from sandbox.machines.qemu.ports import Qemu, qemu_for_ssh
from sandbox.machines.registry_names import RegistryDoor
from sandbox.machines.rootfs import Report, root_fs
from sandbox.machines.volumes import VolumeStore
from sandbox.world.hypervisor import Disk, MachineError, MachineSpec, Metadata, MetadataOptions, StandInDisk

FOLDER = "kiln-machines-"
CPUS_VARIABLE = "KILN_SANDBOX_CPUS"


class QemuHypervisor:
    """Implements `sandbox.world.hypervisor.Hypervisor`. `cache` outlives it; everything else goes with close().

    `ssh_port` is the port of every machine's public address at which its port 22 is reached: 22, or 2222 where this
    process may not have that. `endpoint_url` is the offline AWS as the guests see it, at 169.254.169.1; `ssh_key` is
    the base64 part of a public key that may log in to every machine; `registries` is where their Docker pulls from. A
    machine has two virtual CPUs at most, or as many as KILN_SANDBOX_CPUS says: one is enough where several sandboxes
    share a host.
    """

    def __init__(
        self,
        cache: Path,
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
        self._directory = children.make_folder(FOLDER)
        self._volumes = VolumeStore(self._directory / "volumes")
        self._machines = Machines(self._directory)
        self._building = threading.Lock()

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
        self._refuse_in_use(volume_id)
        self._volumes.grow(volume_id, size_gib)

    def delete_volume(self, volume_id: str) -> None:
        """Remove the volume and its file."""
        self._refuse_in_use(volume_id)
        self._volumes.delete_volume(volume_id)

    def snapshot(self, volume_id: str, snapshot_id: str, progress: Callable[[int], None]) -> None:
        """Copy the volume. A running machine stands still meanwhile: what is copied is what a power cut would leave."""
        begun = time.monotonic()

        def copy() -> None:
            self._volumes.snapshot(volume_id, snapshot_id, progress)

        if machine := self._machines.find_running_with(volume_id):
            machine.paused(copy)
        else:
            copy()
        self._machines.add_copy(volume_id, time.monotonic() - begun)

    def delete_snapshot(self, snapshot_id: str) -> None:
        """Forget the snapshot; volumes made from it live on."""
        self._volumes.delete_snapshot(snapshot_id)

    def find_free_mib(self, promised: Mapping[str, int]) -> int:
        """MiB of this computer's memory that are left when machines have touched what they were promised."""
        return self._machines.find_free_mib(promised)

    def boot(
        self,
        spec: MachineSpec,
        metadata: Metadata,
        powered_off: Callable[[], None],
        is_asked_for: Callable[[], bool] = lambda: True,
    ) -> None:
        """Start the machine in its turn and return. Port 22 is as set_ssh_open left it; at first it is closed."""

        def prepare() -> tuple[Host, Sequence[Drive]]:
            drives = [Drive(disk, self._volumes.path(disk.volume_id), slot) for slot, disk in enumerate(spec.disks)]
            return self._host(), drives

        self._machines.boot(spec, prepare, metadata, powered_off, is_asked_for)

    def power_off(self, instance_id: str, *, force: bool = False) -> None:
        """ACPI power button (at most 60 s, then the plug), or the plug at once."""
        if machine := self._machines.find_running(instance_id):
            machine.unplug() if force else machine.power_off()

    def reboot(self, instance_id: str) -> None:
        """Asks the guest to shut down, then resets it; after 60 s without its consent."""
        self._machines.get_running(instance_id).reboot()

    def attach(self, instance_id: str, disk: Disk) -> None:
        """Hot-plug a volume; MachineError when no slot is free."""
        self._machines.attach(instance_id, self._volumes.path(disk.volume_id), disk)

    def detach(self, instance_id: str, volume_id: str) -> None:
        """Unplug a volume; MachineError when the guest does not let go of it within 60 s."""
        self._machines.get_running(instance_id).detach(volume_id)

    def set_ssh_open(self, instance_id: str, open_: bool) -> None:
        """Whether the machine's port 22 answers on its public address. Kept over stop and start; may precede boot."""
        self._machines.set_ssh_open(instance_id, open_)

    def set_metadata_options(self, instance_id: str, options: MetadataOptions) -> None:
        """How the machine's metadata service answers. Kept over stop and start; may precede boot."""
        self._machines.set_metadata_options(instance_id, options)

    def console(self, instance_id: str) -> str:
        """The serial console since the last boot, at most 64 KiB; stays readable after the machine's end."""
        return self._machines.read_console(instance_id)

    def timings(self, instance_id: str) -> Mapping[str, float]:
        """Seconds of the last boot_to_ssh, the last power_off, and all disk_copy of the instance's volumes."""
        return self._machines.read_timings(instance_id)

    def close(self) -> None:
        """Stop every machine at once and remove every file outside the cache."""
        self._machines.close()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _refuse_in_use(self, volume_id: str) -> None:
        if machine := self._machines.find_running_with(volume_id):
            raise MachineError(f"{volume_id} is in use by {machine.spec.instance_id}")

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
