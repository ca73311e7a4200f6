"""A machine's port 22: forwards to it from this computer's addresses, and when the guest first speaks SSH there."""

import socket
import threading
from collections.abc import Callable

from sandbox.machines.qemu.qmp import Qmp
from sandbox.world.hypervisor import MachineError

BANNER_SECONDS = 20.0
_NETWORK = "net"  # the name of its network device in the command line


class SshPort:
    """`address` is the machine's public one, `port` stands for its port 22 there: closed at first."""

    def __init__(self, instance_id: str, address: str, port: int, qmp: Qmp) -> None:
        self._instance_id, self._qmp = instance_id, qmp
        self._public, self._is_open = f"tcp:{address}:{port}", False

    def set_open(self, open_: bool) -> None:
        """Open or close it at the public address; its caller sees to it that one thread does so at a time."""
        if open_ != self._is_open:
            self._open(self._public) if open_ else self._close(self._public)
            self._is_open = open_

    def await_speech(self, gone: threading.Event, speaks: Callable[[], None]) -> None:
        """Wait until the guest speaks SSH, and call `speaks`; end without it where the machine is gone first."""
        # A forward of its own: the measurement must not depend on the machine's security groups.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        try:
            self._open(f"tcp:127.0.0.1:{port}")
            patience = 1.0
            while not gone.is_set() and not _speaks_ssh(port, patience):
                # Each attempt that is given up leaves the guest a process to start in vain, and under software
                # emulation a banner may take seconds: ask less and less often.
                patience = min(patience + 0.5, BANNER_SECONDS)
                gone.wait(0.2)
            if not gone.is_set():
                speaks()
                self._close(f"tcp:127.0.0.1:{port}")
        except MachineError:
            if not gone.wait(1):
                raise

    def _open(self, forward: str) -> None:
        self._tell(f"hostfwd_add {_NETWORK} {forward}-:22")

    def _close(self, forward: str) -> None:
        self._tell(f"hostfwd_remove {_NETWORK} {forward}")

    def _tell(self, line: str) -> None:
        # The monitor answers in words; its silence means done, and "removed" is one of them.
        answer = self._qmp.monitor(line).strip()
        if answer and "removed" not in answer:
            raise MachineError(f"{self._instance_id}: {answer}")


def _speaks_ssh(port: int, seconds: float) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False
