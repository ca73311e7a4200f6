"""Which QEMU to run and which port stands for a machine's port 22."""

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sandbox.machines.host import as_root, may_be_root, run
from sandbox.machines.prerequisites import command_path
from sandbox.world.hypervisor import MachineError

QEMU = "qemu-system-x86_64"
# No machine's address, and not that of another sandbox which starts at the same moment.
TRIAL_ADDRESS = f"127.78.{os.getpid() // 256 % 256}.{os.getpid() % 256}"


@dataclass(frozen=True)
class Qemu:
    """QEMU's path and the port at which every machine's port 22 is reached on its public address."""

    path: str
    ssh_port: int


def qemu_for_ssh(cache: Path) -> Qemu:
    """Port 22 where this process may have it, if need be with a private copy of QEMU that may; else port 2222."""
    path = command_path(QEMU)
    if path is None:
        raise MachineError(f"{QEMU} is not installed")
    if can_forward(path, 22):
        return Qemu(path, 22)
    copy = _privileged_copy(Path(path), cache)
    if copy and can_forward(copy, 22):
        return Qemu(copy, 22)
    return Qemu(path, 2222)


def can_forward(qemu: str, port: int) -> bool:
    """Whether this QEMU can listen there; it says so itself."""
    network = f"user,id=net,restrict=on,hostfwd=tcp:{TRIAL_ADDRESS}:{port}-:22"
    trial = [qemu, "-nodefaults", "-display", "none", "-machine", "none", "-netdev", network, "-monitor", "stdio"]
    return subprocess.run(trial, input=b"quit\n", capture_output=True, check=False).returncode == 0


def _privileged_copy(qemu: Path, cache: Path) -> str | None:
    setcap = command_path("setcap")
    if os.geteuid() == 0 or setcap is None or not may_be_root():
        return None
    cache.mkdir(parents=True, exist_ok=True)
    copy = cache / f"{QEMU}-{int(qemu.stat().st_mtime)}"
    try:
        if not copy.exists():
            # For this user alone: the right to low ports is not handed to others on this host.
            unfinished = shutil.copyfile(qemu, cache / f".{copy.name}-{os.getpid()}")
            unfinished.chmod(0o700)
            run(as_root([setcap, "cap_net_bind_service=ep", str(unfinished)]))
            unfinished.rename(copy)
        return str(_at_home(copy, qemu))
    except (MachineError, OSError):
        return None


def _at_home(copy: Path, qemu: Path) -> Path:
    # QEMU looks for its modules and firmware beside itself: a script tells the copy where the original's are.
    accelerators = sorted(Path("/usr/lib").glob("*/qemu/accel-tcg-*.so"))
    modules = accelerators[0].parent if accelerators else Path("/usr/lib/qemu")
    firmware = " ".join(f"-L {shlex.quote(line)}" for line in run([str(qemu), "-L", "help"]).splitlines() if line)
    script = copy.with_suffix(".sh")
    script.write_text(f'#!/bin/sh\nQEMU_MODULE_DIR={modules} exec {shlex.quote(str(copy))} {firmware} "$@"\n')
    script.chmod(0o700)
    return script
