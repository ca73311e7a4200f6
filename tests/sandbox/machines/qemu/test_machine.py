"""QEMU's process without a guest: its processors stand still, so that nothing boots."""

import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sandbox.machines.host import run
from sandbox.machines.qemu import ports, slots
from sandbox.machines.qemu.command_line import SLOTS, Drive, Host
from sandbox.machines.qemu.machine import Listeners, Machine
from sandbox.world.hypervisor import Disk, MachineError, MachineSpec, MetadataOptions

# QEMU without the kernel, and with processors that do not run.
STANDS_STILL = f"""#!/bin/bash
kept=()
while (($#)); do
    case $1 in -kernel | -append) shift ;; *) kept+=("$1") ;; esac
    shift
done
exec {ports.QEMU} "${{kept[@]}}" -S
"""
ROOT, DATA = Disk("vol-0123456789abcdef0", "/dev/xvda", 1), Disk("vol-0123456789abcdef1", "/dev/sdb", 1)
ADDRESS = f"127.79.{os.getpid() // 256 % 256}.{os.getpid() % 256}"
SECONDS = 30


@dataclass
class Bench:
    """A folder for machines, short as sockets need it, and what the machines told their listeners."""

    folder: Path
    booted: threading.Event = field(default_factory=threading.Event)
    powered_off: threading.Event = field(default_factory=threading.Event)
    timings: dict[str, float] = field(default_factory=dict)

    def write_program(self, text: str) -> str:
        program = self.folder / "qemu"
        program.write_text(text)
        program.chmod(0o755)
        return str(program)

    def make_disk(self, disk: Disk) -> Path:
        path = self.folder / f"{disk.volume_id}.qcow2"
        run(["qemu-img", "create", "-q", "-f", "qcow2", str(path), f"{disk.size_gib}G"])
        return path

    def start(self, program: str, port: int = 2222, stores_gib: tuple[int, ...] = ()) -> Machine:
        spec = MachineSpec("i-0123456789abcdef0", 512, 1, (ROOT,), ADDRESS, "10.0.0.5", "ip-10-0-0-5", stores_gib)
        return Machine(
            Host(program, Path("/no-kernel"), "tcg", port, None),
            spec,
            [Drive(ROOT, self.make_disk(ROOT), 0)],
            dict,
            options=MetadataOptions(),
            directory=self.folder / "machine",
            listeners=Listeners(self.booted.set, self.powered_off.set, self.timings),
        )


@pytest.fixture
def bench() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="kiln-test-", ignore_cleanup_errors=True) as folder:
        yield Bench(Path(folder))


@pytest.fixture
def machine(bench: Bench) -> Iterator[Machine]:
    machine = bench.start(bench.write_program(STANDS_STILL), stores_gib=(1,))
    yield machine
    machine.unplug()


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection((ADDRESS, port), timeout=SECONDS):
        return True
    return False


def test_a_disk_comes_into_a_free_slot_and_stays_where_the_guest_does_not_let_go(
    bench: Bench, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "LETS_GO_WITHIN", 0.1)
    assert machine.holds(ROOT.volume_id)
    assert not machine.holds(DATA.volume_id)
    with pytest.raises(MachineError, match="is not attached to i-"):
        machine.detach(DATA.volume_id)
    machine.attach(bench.make_disk(DATA), DATA)
    assert machine.holds(DATA.volume_id)
    with pytest.raises(MachineError, match="does not let go of"):
        machine.detach(DATA.volume_id)
    assert machine.holds(DATA.volume_id)


def test_there_are_no_more_disks_than_slots(bench: Bench, machine: Machine) -> None:
    names = [f"/dev/sd{letter}" for letter in "bcdefghijklmn"]
    disks = [Disk(f"vol-{number:017x}", name, 1) for number, name in enumerate(names)]
    free = SLOTS - 2  # the root and the instance store have theirs
    for disk in disks[:free]:
        machine.attach(bench.make_disk(disk), disk)
    with pytest.raises(MachineError, match=f"no free slot: it holds {SLOTS} volumes"):
        machine.attach(bench.make_disk(disks[free]), disks[free])


def test_a_disk_that_qemu_refuses_takes_no_slot(bench: Bench, machine: Machine) -> None:
    path = bench.make_disk(DATA)
    machine.attach(path, DATA)
    same_name = Disk("vol-0123456789abcdef2", DATA.device_name, 1)
    with pytest.raises(MachineError, match="device_add"):
        machine.attach(bench.make_disk(same_name), same_name)
    assert not machine.holds(same_name.volume_id)
    machine.attach(bench.folder / f"{same_name.volume_id}.qcow2", Disk(same_name.volume_id, "/dev/sdc", 1))


def test_its_ssh_port_is_closed_until_it_is_opened(machine: Machine) -> None:
    assert not answers(2222)
    for open_ in (True, True, False, False):
        machine.set_ssh_open(open_)
        assert answers(2222) is open_


def test_what_it_holds_of_the_computers_memory_is_what_qemu_holds(machine: Machine) -> None:
    assert machine.read_held_mib() > 20
    machine.unplug()
    assert machine.read_held_mib() == 0


def test_unplugged_it_is_gone_with_its_files(bench: Bench, machine: Machine) -> None:
    (bench.folder / "machine" / "console").write_text("its last words")
    machine.unplug()
    assert not machine.running
    assert machine.console() == "its last words"
    assert not (bench.folder / "machine").exists()
    assert bench.booted.wait(SECONDS)  # its turn is over
    assert not bench.powered_off.is_set()
    assert "boot_to_ssh" not in bench.timings


def test_an_end_of_its_own_is_told(bench: Bench, machine: Machine) -> None:
    machine._qmp.command("quit")
    assert bench.powered_off.wait(SECONDS)
    assert not machine.running


def test_qemus_own_words_say_why_it_does_not_start(bench: Bench) -> None:
    with pytest.raises(MachineError, match=r"i-\w+ did not start: it has no network"):
        bench.start(bench.write_program("#!/bin/sh\necho it has no network; exit 1\n"))
