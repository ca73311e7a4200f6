"""One QEMU process that passes for one EC2 instance, from its start to its end."""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sandbox.machines.command_line import SLOTS, Drive, Host, blockdev, device, node, nvme, qemu_command
from sandbox.machines.guest.hop_limit import HopLimit
from sandbox.machines.imds import Imds
from sandbox.machines.qmp import Qmp
from sandbox.machines.volumes import make_instance_stores
from sandbox.world.hypervisor import Disk, MachineError, MachineSpec, Metadata, MetadataOptions

CONSOLE_BYTES = 64 * 1024
OBEYS_WITHIN = 60.0
BANNER_SECONDS = 20.0
# Ends QEMU when this process does, however it ends: then the pipe on standard input closes. (A parent-death signal
# would not do: the kernel sends it when the starting *thread* ends, and clears it for a file with capabilities.)
GUARD = (
    'exec 3<&0 </dev/null; "$@" 3<&- & machine=$!; { read -r _; kill -KILL $machine; } <&3 & guard=$!; '
    "wait $machine; code=$?; kill $guard 2>/dev/null; exit $code"
)


class Machine:
    """A machine, started. `booted` is called when it first speaks SSH or is gone, `powered_off` when its guest ends by
    itself; each in a thread of its own.
    """

    def __init__(
        self,
        host: Host,
        spec: MachineSpec,
        drives: Sequence[Drive],
        metadata: Metadata,
        *,
        options: MetadataOptions,
        directory: Path,
        timings: dict[str, float],
        booted: Callable[[], None],
        powered_off: Callable[[], None],
    ) -> None:
        self.spec = spec
        self._host, self._directory, self._timings = host, directory, timings
        self._booted, self._powered_off = booted, powered_off
        self._slots = {drive.slot: drive.disk for drive in drives}
        self._lock = threading.Lock()
        self._stopping = self._ssh_open = False
        self._console_start, self._last_words = 0, ""
        directory.mkdir(parents=True)
        drives = [*drives, *make_instance_stores(spec, directory, {drive.slot for drive in drives})]
        self._slots |= {drive.slot: drive.disk for drive in drives}
        self._options = options
        self._imds = Imds(metadata, lambda: self._options)
        command = qemu_command(host, spec, drives, directory, self._imds.port)
        with (directory / "log").open("wb") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", GUARD, "machine", *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.gone = threading.Event()
        threading.Thread(target=self._watch_process, name=f"{spec.instance_id} process", daemon=True).start()
        try:
            self._qmp = Qmp(directory / "qmp")
            self._hop_limit = HopLimit(directory / "hops", options.hop_limit)
        except MachineError as error:
            said = (directory / "log").read_text(errors="replace") if directory.exists() else self._last_words
            self.unplug()
            raise MachineError(f"{spec.instance_id} did not start: {said.strip()[-1000:] or error}") from error
        self._measure_boot()

    @property
    def pid(self) -> int:
        """Of QEMU's process."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether QEMU still runs."""
        return not self.gone.is_set()

    def holds(self, volume_id: str) -> bool:
        """Whether the volume is in the machine now."""
        return any(disk.volume_id == volume_id for disk in tuple(self._slots.values()))

    def attach(self, drive_path: Path, disk: Disk) -> None:
        """Hot-plug a disk; MachineError when every slot is taken."""
        with self._lock:
            free = next((slot for slot in range(SLOTS) if slot not in self._slots), None)
            if free is None:
                raise MachineError(f"{self.spec.instance_id} has no free slot: it holds {SLOTS} volumes")
            drive = Drive(disk, drive_path, free)
            self._qmp.command("blockdev-add", **blockdev(drive))
            try:
                self._qmp.command("device_add", **nvme(drive))
            except MachineError:
                self._qmp.command("blockdev-del", node_name=node(disk))
                raise
            self._slots[free] = disk

    def detach(self, volume_id: str) -> None:
        """Unplug a disk; MachineError when the guest does not let go of it."""
        with self._lock:
            slot, disk = next((item for item in self._slots.items() if item[1].volume_id == volume_id), (0, None))
            if disk is None:
                raise MachineError(f"{volume_id} is not attached to {self.spec.instance_id}")
            mark = self._qmp.events_seen()
            self._qmp.command("device_del", id=device(disk))
            if not self._qmp.wait_event("DEVICE_DELETED", OBEYS_WITHIN, mark, device=device(disk)):
                raise MachineError(f"{self.spec.instance_id} does not let go of {volume_id}")
            self._qmp.command("blockdev-del", node_name=node(disk))
            del self._slots[slot]

    def set_ssh_open(self, open_: bool) -> None:
        """Open or close port 22 of the machine's public address."""
        with self._lock:
            if open_ == self._ssh_open:
                return
            forward = f"tcp:{self.spec.public_ip}:{self._host.ssh_port}"
            self._forward(f"hostfwd_add net {forward}-:22" if open_ else f"hostfwd_remove net {forward}")
            self._ssh_open = open_

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
        self._timings["power_off"] = time.monotonic() - begun

    def unplug(self) -> None:
        """End the process at once and wait until it is gone."""
        self._stopping = True
        if self._process.stdin:
            self._process.stdin.close()  # the guard's pipe
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
        """What the serial console said since the last boot, its last 64 KiB; also after the end."""
        path = self._directory / "console"
        try:
            said = path.read_bytes()[self._console_start :]
        except FileNotFoundError:
            return self._last_words
        return said[-CONSOLE_BYTES:].decode(errors="replace")

    def _forward(self, line: str) -> None:
        # The monitor answers in words; its silence means done, and "removed" is one of them.
        said = self._qmp.monitor(line).strip()
        if said and "removed" not in said:
            raise MachineError(f"{self.spec.instance_id}: {said}")

    def _watch_process(self) -> None:
        self._process.wait()
        self._last_words = self.console()
        self._imds.close()
        if hasattr(self, "_qmp"):
            self._qmp.close()
        if hasattr(self, "_hop_limit"):
            self._hop_limit.close()
        shutil.rmtree(self._directory, ignore_errors=True)
        self.gone.set()
        self._booted()
        if not self._stopping:
            self._powered_off()

    def _measure_boot(self) -> None:
        begun = time.monotonic()
        self._timings.pop("boot_to_ssh", None)
        name = f"{self.spec.instance_id} ssh"
        threading.Thread(target=self._watch_ssh, args=(begun,), name=name, daemon=True).start()

    def _watch_ssh(self, begun: float) -> None:
        # A forward of its own: the measurement must not depend on the machine's security groups.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        try:
            self._forward(f"hostfwd_add net tcp:127.0.0.1:{port}-:22")
            patience = 1.0
            while not self.gone.is_set() and not _speaks_ssh(port, patience):
                # Each attempt that is given up leaves the guest a process to start in vain, and under software
                # emulation a banner may take seconds: ask less and less often.
                patience = min(patience + 0.5, BANNER_SECONDS)
                self.gone.wait(0.2)
            if not self.gone.is_set():
                self._timings["boot_to_ssh"] = time.monotonic() - begun
                self._booted()
                self._forward(f"hostfwd_remove net tcp:127.0.0.1:{port}")
        except MachineError:
            if not self.gone.wait(1):
                raise


def _speaks_ssh(port: int, seconds: float) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False
