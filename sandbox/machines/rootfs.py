"""The root file system that every stand-in image is made from, and the kernel that boots it."""

import hashlib
import os
import shutil
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.machines.apt_sources import debian_sources
from sandbox.machines.host import as_root, made_once, run, run_bytes
from sandbox.machines.prerequisites import debian_codename
from sandbox.world.hypervisor import MachineError

PACKAGES = (
    *("systemd-sysv", "udev", "dbus", "openssh-server", "cloud-init", "cloud-guest-utils"),
    *("docker.io", "iptables", "btrfs-progs", "lvm2", "thin-provisioning-tools", "xfsprogs", "e2fsprogs", "nvme-cli"),
    *(
        "fdisk",
        "kmod",
        "sudo",
        "iproute2",
        "netbase",
        "procps",
        "libnss-myhostname",
        "ca-certificates",
        "curl",
        "bzip2",
        "xz-utils",
        "zstd",
    ),
)
KERNEL = "linux-image-cloud-amd64"
# The kernel's package is unpacked, not installed: it would pull in initramfs-tools and build an image that a
# machine booted with -kernel never reads.
UNPACK_KERNEL = f"""set -e
chroot "$1" apt-get install --yes --download-only --no-install-recommends {KERNEL}
dpkg-deb --fsys-tarfile "$1"/var/cache/apt/archives/linux-image-[0-9]*.deb | tar -x --keep-directory-symlink -C "$1"
chroot "$1" apt-get clean
rm -f "$1"/boot/System.map-*
for modules in "$1"/lib/modules/*; do chroot "$1" depmod "${{modules##*/}}"; done
"""
LEFT_OUT = ("/usr/share/man/*", "/usr/share/doc/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/lintian/*")
Report = Callable[[str], None]


@dataclass(frozen=True)
class RootFs:
    """A tar of the root file system and the kernel (unpacked, an ELF file) that it was built with."""

    tar: Path
    kernel: Path
    key: str


def root_fs(cache: Path, report: Report) -> RootFs:
    """Build it, or find it in `cache` under the hash of its recipe. About two minutes on two cores."""
    codename = debian_codename()
    if codename is None:
        raise MachineError("the machines' disk is built from Debian's packages, and this host is not Debian")
    recipe = "\n".join((codename, *PACKAGES, UNPACK_KERNEL, *LEFT_OUT))
    key = hashlib.sha256(recipe.encode()).hexdigest()[:16]

    def build(unfinished: Path) -> None:
        report("building the machines' root file system from this host's Debian sources (about two minutes)")
        _build(unfinished, codename)

    place = made_once(cache / f"rootfs-{key}", build)
    return RootFs(place / "root.tar", place / "vmlinux", key)


def _build(place: Path, codename: str) -> None:
    tar = place / "root.tar"
    options = [f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT]
    command = [
        *("mmdebstrap", "--variant=apt", "--format=tar", f"--include={','.join(PACKAGES)}"),
        *("--aptopt=Acquire::Languages none", "--aptopt=Acquire::Retries 3", "--dpkgopt=force-unsafe-io"),
        *options,
        f"--customize-hook={UNPACK_KERNEL}",
        *(codename, str(tar), "-"),
    ]
    # mmdebstrap unpacks into TMPDIR; the cache's own disk surely has the room.
    work = place / "tmp"
    work.mkdir(mode=0o755)
    run(as_root(["env", f"TMPDIR={work}", *command]), stdin=debian_sources(codename).encode())
    run(as_root(["chown", "-R", f"{os.geteuid()}:{os.getegid()}", str(place)]))
    shutil.rmtree(work)
    run(["tar", "--extract", f"--file={tar}", f"--directory={place}", "--wildcards", "./boot/vmlinuz-*"])
    (kernel,) = (place / "boot").glob("vmlinuz-*")
    _unpack_kernel(kernel, place / "vmlinux")
    shutil.rmtree(place / "boot")


def _unpack_kernel(packed: Path, kernel: Path) -> None:
    # The kernel would unpack itself at every boot, slowly. Where the packed part lies is told by the boot protocol's
    # header (Documentation/x86/boot.rst): setup_sects, payload_offset, payload_length.
    image = packed.read_bytes()
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (image[0x1F1] + 1) * 512 + offset
    # The last four bytes are the unpacked size, not part of the stream.
    kernel.write_bytes(run_bytes(["lz4", "-d", "-c"], stdin=image[start : start + length - 4]))
