"""A guest is told its hop limit when it asks, and at every change from then on."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.machines.guest.hop_limit import HopLimit, list_devices
from sandbox.world.hypervisor import MachineError


@pytest.fixture
def line(tmp_path: Path) -> Iterator[tuple[HopLimit, socket.socket]]:
    """Our side, and QEMU's."""
    with socket.socket(socket.AF_UNIX) as qemu:
        qemu.bind(str(tmp_path / "hops"))
        qemu.listen()
        ours = HopLimit(tmp_path / "hops", 1)
        guest, _ = qemu.accept()
        guest.settimeout(10)
        with guest:
            yield ours, guest
        ours.close()


def test_a_guest_that_asks_is_told(line: tuple[HopLimit, socket.socket]) -> None:
    ours, guest = line
    ours.set(2)
    guest.sendall(b"limit?\n")
    assert guest.recv(64) == b"2\n"


def test_a_change_is_told_at_once_and_a_reboot_asks_again(line: tuple[HopLimit, socket.socket]) -> None:
    ours, guest = line
    guest.sendall(b"limit?\n")
    assert guest.recv(64) == b"1\n"
    ours.set(3)
    assert guest.recv(64) == b"3\n"
    guest.sendall(b"limit?\n")
    assert guest.recv(64) == b"3\n"


def test_a_machine_that_is_gone_is_told_nothing(line: tuple[HopLimit, socket.socket]) -> None:
    ours, guest = line
    guest.sendall(b"limit?\n")
    assert guest.recv(64) == b"1\n"
    guest.close()
    for limit in (2, 3, 4):
        ours.set(limit)


def test_without_qemu_there_is_no_line(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="did not open"):
        HopLimit(tmp_path / "hops", 1)
    assert "name=kiln.hop-limit" in " ".join(list_devices(tmp_path / "hops"))
