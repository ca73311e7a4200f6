"""Debian packages unpacked into the cache, from the host's own sources: nothing of them is installed or started."""

from pathlib import Path

from sandbox.machines.host import as_root, made_once, may_be_root, run
from sandbox.world.hypervisor import MachineError


def unpack(cache: Path, package: str) -> Path:
    """Return the folder below `cache` with the package's files, fetched once; MachineError where apt has none."""

    def fetch(place: Path) -> None:
        download = ["sh", "-c", 'cd "$0" && apt-get -o APT::Sandbox::User=root download "$1"', str(place), package]
        try:
            run(download)
        except MachineError:
            if not may_be_root():
                raise
            run(as_root(["apt-get", "update", "-o", "DPkg::Lock::Timeout=300"]))
            run(download)
        (archive,) = place.glob(f"{package}_*.deb")
        run(["dpkg-deb", "--extract", str(archive), str(place)])
        archive.unlink()

    return made_once(cache / f"unpacked-{package}", fetch)
