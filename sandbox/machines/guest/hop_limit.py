"""The line on which a guest learns its metadata service's hop limit, a virtio-serial port.

The guest asks with a line when it begins to listen, after a reboot too, and is told at once whenever the limit changes.
A stand-in for EC2's network: the guest's own packet filter gives the answers their time to live
(overlay/common/usr/libexec/kiln-stand-in/hop-limit).
"""

import socket
import threading
from pathlib import Path

from sandbox.world.hypervisor import MachineError

PORT = "kiln.hop-limit"


def list_devices(path: Path) -> list[str]:
    """Write QEMU's words for the port, whose other end is the socket `path`."""
    return [
        *("-chardev", f"socket,id=hops,path={path},server=on,wait=off"),
        *("-device", "virtio-serial-pci", "-device", f"virtserialport,chardev=hops,name={PORT}"),
    ]


class HopLimit:
    """This side of one machine's line, from its construction until close()."""

    def __init__(self, path: Path, limit: int) -> None:
        self._limit, self._lock = limit, threading.Lock()
        self._asked = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise MachineError(f"QEMU did not open {path}: {error}") from error
        threading.Thread(target=self._answer, name=f"{path} hop limit", daemon=True).start()

    def set(self, limit: int) -> None:
        """Tell the guest, if it listens already; else it will ask."""
        with self._lock:
            self._limit = limit
            if self._asked:
                self._tell()

    def close(self) -> None:
        """End the line."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # QEMU has ended it
        finally:
            self._socket.close()

    def _answer(self) -> None:
        try:
            while self._socket.recv(64):
                with self._lock:
                    self._asked = True
                    self._tell()
        except OSError:
            return

    def _tell(self) -> None:
        try:
            self._socket.sendall(f"{self._limit}\n".encode())
        except OSError:
            return  # the machine is gone
