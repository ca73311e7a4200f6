"""What the sandbox needs of its host, and how to get it on Debian."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.machines.host import as_root, may_be_root, run
from sandbox.world.hypervisor import MachineError


@dataclass(frozen=True)
class Prerequisite:
    """A Debian package and the file that shows it is there: a command's name, or an absolute path."""

    package: str
    shown_by: str


# e2fsprogs is on every Debian; none of the others ships a service, so installing them starts nothing.
NEEDED = (
    Prerequisite("qemu-system-x86", "qemu-system-x86_64"),
    Prerequisite("qemu-utils", "qemu-img"),
    Prerequisite("mmdebstrap", "mmdebstrap"),
    Prerequisite("netcat-openbsd", "nc.openbsd"),
    Prerequisite("e2fsprogs", "mkfs.ext4"),
    Prerequisite("fdisk", "sfdisk"),
    Prerequisite("zstd", "zstd"),
    Prerequisite("lz4", "lz4"),
    Prerequisite("patchelf", "patchelf"),
    Prerequisite("python3.11-minimal", "/usr/bin/python3.11"),
    Prerequisite("libpython3.11-stdlib", "/usr/lib/python3.11/ssl.py"),
)
SBIN = ":/usr/local/sbin:/usr/sbin:/sbin"


def present(prerequisite: Prerequisite) -> bool:
    """Whether the command or file is on this host; /sbin counts even where PATH leaves it out."""
    if prerequisite.shown_by.startswith("/"):
        return Path(prerequisite.shown_by).exists()
    return command_path(prerequisite.shown_by) is not None


def command_path(name: str) -> str | None:
    """Where a command is, /sbin included; None when it is nowhere."""
    return shutil.which(name) or shutil.which(name, path=SBIN)


def missing() -> tuple[str, ...]:
    """The Debian packages to install, empty when all is there."""
    return tuple(needed.package for needed in NEEDED if not present(needed))


def ensure(report: Callable[[str], None], os_release: Path = Path("/etc/os-release")) -> None:
    """Install what is missing. Raises MachineError, with the command to type, where that cannot be done here."""
    packages = missing()
    if not packages:
        return
    names = " ".join(packages)
    if debian_codename(os_release) is None or shutil.which("apt-get") is None:
        raise MachineError(f"the sandbox's machines need Debian, and these of its packages: {names}")
    if not may_be_root():
        raise MachineError(
            f"the sandbox's machines need {names}\ntype: sudo apt-get install --no-install-recommends {names}"
        )
    report(f"installing {names}")
    _install(packages)
    if left := missing():
        raise MachineError(f"apt installed {names}, yet still missing: {' '.join(left)}")


def debian_codename(os_release: Path = Path("/etc/os-release")) -> str | None:
    """ "bookworm" on Debian 12; None where this is not Debian."""
    if not os_release.exists():
        return None
    lines = (line.partition("=") for line in os_release.read_text().splitlines())
    values = {key: value.strip('"') for key, _, value in lines}
    return values.get("VERSION_CODENAME") if values.get("ID") == "debian" else None


def _install(packages: tuple[str, ...]) -> None:
    # RUNLEVEL makes invoke-rc.d leave services alone, and needrestart is told to list only: no service of the
    # host is started or restarted even if a later package ships one.
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "NEEDRESTART_MODE=l"]
    lock = ["-o", "DPkg::Lock::Timeout=300"]
    install = ["apt-get", "install", "--yes", "--no-install-recommends", "--no-upgrade", *lock, *packages]
    try:
        run(as_root([*quiet, *install]))
    except MachineError:
        run(as_root([*quiet, "apt-get", "update", *lock]))
        run(as_root([*quiet, *install]))


if __name__ == "__main__":
    try:
        ensure(print)
    except MachineError as error:
        sys.exit(str(error))
