"""The seam between the offline AWS's control plane and the machines behind it.

The control plane (moto and the laws) decides *what* exists; a `Hypervisor` makes it real. Laws work without one: then
instances are records alone, which is what most tests want.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Disk:
    """One EBS volume as a machine sees it. `device_name` is the mapping's (/dev/xvda, /dev/xvdcz, /dev/sdc)."""

    volume_id: str
    device_name: str
    size_gib: int


@dataclass(frozen=True)
class MachineSpec:
    """What RunInstances asks a hypervisor for. `disks[0]` is the root. Addresses are loopback ones (127.77.x.y).

    `memory_mib` is what the guest's kernel is to count as its MemTotal. `stores_gib` are the sizes of the
    type's instance-store disks: blank whenever the machine is switched on.
    """

    instance_id: str
    memory_mib: int
    vcpus: int
    disks: tuple[Disk, ...]
    public_ip: str
    private_ip: str
    hostname: str
    stores_gib: tuple[int, ...] = ()


@dataclass(frozen=True)
class MetadataOptions:
    """How a machine's metadata service answers. `hop_limit` is how many hops its answer with a token goes, 1 to 64."""

    enabled: bool = True
    needs_token: bool = True
    hop_limit: int = 1


# The metadata of one instance, path to body, without "/latest" ("meta-data/instance-id", "user-data", "dynamic/…").
# Read at every request, so that a change of the instance shows at once.
Metadata = Callable[[], Mapping[str, bytes]]


@dataclass(frozen=True)
class StandInDisk:
    """A disk of a stand-in image: `path` is None for a blank volume."""

    device_name: str
    size_gib: int
    path: Path | None


class Hypervisor(Protocol):
    """Real disks and machines. Every method may be called from several threads; errors are `MachineError`."""

    def stand_in_disks(self, kind: str) -> tuple[StandInDisk, ...]:
        """Return the disks of a stand-in image ("al1", "al2", "al2023"), built on first use and cached."""

    def import_snapshot(self, snapshot_id: str, path: Path) -> None:
        """Make `path` (a read-only disk file) known as a snapshot; it is not copied."""

    def create_volume(self, volume_id: str, size_gib: int, snapshot_id: str | None) -> None: ...

    def grow_volume(self, volume_id: str, size_gib: int) -> None:
        """Make a volume larger that is in no running machine; its content stays."""

    def delete_volume(self, volume_id: str) -> None: ...

    def snapshot(self, volume_id: str, snapshot_id: str, progress: Callable[[int], None]) -> None:
        """Copy the volume as it is now; blocks until done; `progress` gets percent 0 to 100."""

    def delete_snapshot(self, snapshot_id: str) -> None: ...

    def find_free_mib(self, promised: Mapping[str, int]) -> int:
        """Return the MiB of this computer's memory that are left when machines touch all that they may.

        `promised` are all machines that run or will soon: instance id and the MiB that it may come to touch.
        """

    def boot(
        self,
        spec: MachineSpec,
        metadata: Metadata,
        powered_off: Callable[[], None],
        is_asked_for: Callable[[], bool] = lambda: True,
    ) -> None:
        """Start the machine and return; where too many boot already, wait first, while `is_asked_for` says so.

        `powered_off` is called (own thread) when the guest ends by itself.
        """

    def power_off(self, instance_id: str, *, force: bool = False) -> None:
        """ACPI power button (at most 60 s, then the plug), or the plug at once. Returns when the process is gone."""

    def reboot(self, instance_id: str) -> None:
        """ACPI-less RebootInstances: asks the guest, resets it if it does not obey."""

    def attach(self, instance_id: str, disk: Disk) -> None:
        """Hot-plug a volume into a running machine; raises when no slot is free."""

    def detach(self, instance_id: str, volume_id: str) -> None: ...

    def set_ssh_open(self, instance_id: str, open_: bool) -> None:
        """Whether port 22 of the machine's public address answers: follows its security groups."""

    def set_metadata_options(self, instance_id: str, options: MetadataOptions) -> None:
        """Tell a machine's metadata service, running or not yet, how to answer from now on."""

    def console(self, instance_id: str) -> str:
        """Return the serial console since the last boot, at most its last 64 KiB."""

    def timings(self, instance_id: str) -> Mapping[str, float]:
        """Seconds measured here, not by Kiln: boot_to_ssh, power_off; and for the disk copies: disk_copy."""

    def close(self) -> None:
        """Stop every machine this process started."""


class MachineError(Exception):
    """A machine or disk operation failed; the message is for the person at the sandbox."""
