"""One QEMU process that passes for one EC2 instance, from its start to its end."""

import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.machines.children import Child
from sandbox.machines.guest.hop_limit import HopLimit
from sandbox.machines.guest.imds import Imds
from sandbox.machines.qemu.command_line import Drive, Host, qemu_command
from sandbox.machines.qemu.instance_stores import make_instance_stores
from sandbox.machines.qemu.qmp import Qmp
from sandbox.machines.qemu.slots import Slots
from sandbox.machines.qemu.ssh_port import SshPort
from sandbox.world import room
from sandbox.world.hypervisor import Disk, MachineError, MachineSpec, Metadata, MetadataOptions

CONSOLE_BYTES = 64 * 1024
OBEYS_WITHIN = 60.0


@dataclass(frozen=True)
class Listeners:
    """`booted` is called when a machine first speaks SSH or is gone, `powered_off` when its guest ends by itself; each
    in a thread of its own. `timings` get the seconds.
    """

    booted: Callable[[], None]
    powered_off: Callable[[], None]
    timings: dict[str, float]


class Machine:
    """A machine, started. Its sockets, its console and the disks of its instance store are in `directory`."""

    def __init__(
        self,
        host: Host,
        spec: MachineSpec,
        drives: Sequence[Drive],
        metadata: Metadata,
        *,
        options: MetadataOptions,
        directory: Path,
        listeners: Listeners,
    ) -> None:
        self.spec = spec
        self._directory, self._listeners = directory, listeners
        self._lock = threading.Lock()
        self._stopping = False
        self._console_start, self._last_words, self._log = 0, "", ""
        directory.mkdir(parents=True)
        drives = [*drives, *make_instance_stores(spec, directory, {drive.slot for drive in drives})]
        self._options = options
        self._imds = Imds(metadata, lambda: self._options)
        self._process = Child(qemu_command(host, spec, drives, directory, self._imds.port), directory / "log")
        self.gone = threading.Event()
        threading.Thread(target=self._watch_process, name=f"{spec.instance_id} process", daemon=True).start()
        try:
            self._qmp = Qmp(directory / "qmp", self.gone)
            self._hop_limit = HopLimit(directory / "hops", options.hop_limit)
        except MachineError as error:
            self.unplug()
            raise MachineError(f"{spec.instance_id} did not start: {self._log.strip()[-1000:] or error}") from error
        self._slots = Slots(spec.instance_id, drives, self._qmp)
        self._ssh = SshPort(spec.instance_id, spec.public_ip, host.ssh_port, self._qmp)
        self._measure_boot()

    @property
    def running(self) -> bool:
        """Whether QEMU still runs."""
        return not self.gone.is_set()

    def read_held_mib(self) -> int:
        """MiB of this computer's memory that QEMU holds; 0 when it has ended."""
        try:
            return room.read_held_mib(int((self._directory / "pid").read_text()))
        except (OSError, ValueError):
            return 0

    def holds(self, volume_id: str) -> bool:
        """Whether the volume is in the machine now."""
        return self._slots.holds(volume_id)

    def attach(self, path: Path, disk: Disk) -> None:
        """Hot-plug a disk, whose file is at `path`; MachineError when every slot is taken."""
        with self._lock:
            self._slots.attach(path, disk)

    def detach(self, volume_id: str) -> None:
        """Unplug a disk; MachineError when the guest does not let go of it."""
        with self._lock:
            self._slots.detach(volume_id)

    def set_ssh_open(self, open_: bool) -> None:
        """Open or close port 22 of the machine's public address."""
        with self._lock:
            self._ssh.set_open(open_)

    def set_metadata_options(self, options: MetadataOptions) -> None:
        """How its metadata service answers from now on."""
        self._options = options
        self._hop_limit.set(options.hop_limit)

    def power_off(self) -> None:
        """The power button; after a minute, the plug. The timings get the seconds."""
        begun = time.monotonic()
        self._stopping = True
        try:
            self._qmp.command("system_powerdown")
        except MachineError:
            self.unplug()
        if not self.gone.wait(OBEYS_WITHIN):
            self.unplug()
        self._listeners.timings["power_off"] = time.monotonic() - begun

    def unplug(self) -> None:
        """End the process at once and wait until it is gone."""
        self._stopping = True
        self._process.end()
        self.gone.wait(10)

    def reboot(self) -> None:
        """Shut the guest down and reset the machine; without its consent after a minute."""
        # The guest is asked with the power button; QEMU is told to pause instead of ending when it obeys.
        mark = self._qmp.events_seen()
        self._qmp.command("set-action", shutdown="pause")
        try:
            self._qmp.command("system_powerdown")
            self._qmp.wait_event("SHUTDOWN", OBEYS_WITHIN, mark)
            self._console_start = (self._directory / "console").stat().st_size
            self._qmp.command("system_reset")
            self._qmp.command("cont")
            self._measure_boot()
        finally:
            self._qmp.command("set-action", shutdown="poweroff")

    def paused(self, work: Callable[[], None]) -> None:
        """Do `work` while the machine stands still with its disks' files as the guest last wrote them."""
        # "stop" also drains and flushes every disk, so the files are what a power cut would leave.
        with self._lock:
            self._qmp.command("stop")
            try:
                work()
            finally:
                self._qmp.command("cont")

    def console(self) -> str:
        """What the serial console wrote since the last boot, its last 64 KiB; also after the end."""
        try:
            written = (self._directory / "console").read_bytes()[self._console_start :]
        except FileNotFoundError:
            return self._last_words
        return written[-CONSOLE_BYTES:].decode(errors="replace")

    def _watch_process(self) -> None:
        self._process.wait()
        self._last_words, self._log = self.console(), (self._directory / "log").read_text(errors="replace")
        self._imds.close()
        if hasattr(self, "_qmp"):
            self._qmp.close()
        if hasattr(self, "_hop_limit"):
            self._hop_limit.close()
        shutil.rmtree(self._directory, ignore_errors=True)
        self.gone.set()
        self._listeners.booted()
        if not self._stopping:
            self._listeners.powered_off()

    def _measure_boot(self) -> None:
        begun, timings = time.monotonic(), self._listeners.timings
        timings.pop("boot_to_ssh", None)

        def speaks() -> None:
            timings["boot_to_ssh"] = time.monotonic() - begun
            self._listeners.booted()

        name = f"{self.spec.instance_id} ssh"
        threading.Thread(target=self._ssh.await_speech, args=(self.gone, speaks), name=name, daemon=True).start()
