"""The disks of the stand-in images: one root file system, three kinds, each built once and cached."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from sandbox.machines import registry_names
from sandbox.machines.host import as_root, made_once, run
from sandbox.machines.packing import ecs_init
from sandbox.machines.rootfs import Report, RootFs, root_fs
from sandbox.world.hypervisor import MachineError, StandInDisk

HERE = Path(__file__).parent
OVERLAY = HERE / "overlay"
# The partition's identity in the table: how the kernel finds its root whatever order NVMe disks come up in.
ROOT_PARTUUID = "4b494c4e-0001-4000-8000-6b696c6e0001"
FIRST_BYTE = 1024 * 1024


@dataclass(frozen=True)
class Kind:
    """A stand-in image: `root_gib` of ext4 on /dev/xvda, and Docker's own second disk where there is one."""

    name: str
    root_gib: int
    docker_disk: StandInDisk | None = None


KINDS = {
    "al1": Kind("al1", 8, StandInDisk("/dev/xvdcz", 22, None)),
    "al2": Kind("al2", 30),
    "al2023": Kind("al2023", 30),
}


def kind_named(name: str) -> Kind:
    """Raises MachineError for a name that is none of al1, al2, al2023."""
    if name not in KINDS:
        raise MachineError(f"no stand-in image of kind {name!r}: there are {', '.join(KINDS)}")
    return KINDS[name]


def stand_in_disks(cache: Path, kind_name: str, report: Report) -> tuple[StandInDisk, ...]:
    """The kind's disks, root first; the root's file is a qcow2 image in `cache`. Half a minute on first use."""
    kind = kind_named(kind_name)
    base = root_fs(cache, report)

    def build(unfinished: Path) -> None:
        report(f"making the {kind.name} stand-in's root disk")
        _build(kind, base, unfinished)

    place = made_once(cache / f"{kind.name}-{_key(kind, base)}", build)
    root = StandInDisk("/dev/xvda", kind.root_gib, place / "root.qcow2")
    return (root, kind.docker_disk) if kind.docker_disk else (root,)


def _key(kind: Kind, base: RootFs) -> str:
    made_by = hashlib.sha256(f"{base.key} {kind} {registry_names.CA} {registry_names.write_hosts()}".encode())
    sources = [OVERLAY / "prepare", OVERLAY / "common", OVERLAY / kind.name, *ecs_init.SOURCES, Path(__file__)]
    for source in sources:
        for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if path.is_file() and path.suffix != ".pyc":
                made_by.update(f"{path.relative_to(HERE)} {path.stat().st_mode & 0o111} ".encode())
                made_by.update(path.read_bytes())
    if (other := ecs_init.other_agent()) is not None:
        made_by.update(other.read_bytes())
    return made_by.hexdigest()[:16]


def _build(kind: Kind, base: RootFs, place: Path) -> None:
    tree = place / "tree"
    tree.mkdir(mode=0o755)
    try:
        run(as_root(["tar", "--extract", "--numeric-owner", f"--file={base.tar}", f"--directory={tree}"]))
        _install_ecs_stand_in(tree, place)
        for overlay in (OVERLAY / "common", OVERLAY / kind.name, _name_registries(place / "registries")):
            _lay_over(overlay, tree)
        run(as_root(["cp", str(OVERLAY / "prepare"), f"{tree}/prepare"]))
        run(as_root(["chroot", str(tree), "/prepare", kind.name]), env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
        run(as_root(["rm", f"{tree}/prepare"]))
        _make_disk(kind, tree, place)
    finally:
        run(as_root(["rm", "-rf", str(tree)]))


def _name_registries(overlay: Path) -> Path:
    """Write what lets a guest know the registries, and their CA, whose certificate it has only while it runs."""
    (overlay / "etc/ssl/certs").mkdir(parents=True)
    (overlay / "etc/hosts").write_text(registry_names.write_hosts())
    for name in registry_names.NAMES:
        folder = overlay / "etc/docker/certs.d" / name
        folder.mkdir(parents=True)
        (folder / "ca.crt").symlink_to(registry_names.CA)
    # Docker asks the system's own CAs for Docker Hub.
    (overlay / "etc/ssl/certs/kiln-sandbox-registries.pem").symlink_to(registry_names.CA)
    return overlay


def _lay_over(overlay: Path, tree: Path) -> None:
    if overlay.exists():
        # Owned by root and readable whatever the umask of the clone was; execute bits are git's own.
        pack = ["tar", "--create", "--owner=0", "--group=0", "--mode=u=rwX,go=rX", f"--directory={overlay}", "."]
        archive = tree.parent / "overlay.tar"
        run([*pack, f"--file={archive}"])
        run(as_root(["tar", "--extract", "--keep-directory-symlink", f"--file={archive}", f"--directory={tree}"]))
        archive.unlink()
    run(as_root(["chmod", "0440", f"{tree}/etc/sudoers.d/10-kiln-stand-in"]))


def _install_ecs_stand_in(tree: Path, place: Path) -> None:
    package, source = place / "ecs-init.deb", place / "ecs-init"
    ecs_init.lay_out(source)
    run(["chmod", "-R", "u=rwX,go=rX", str(source)])
    run(["dpkg-deb", "--root-owner-group", "--build", str(source), str(package)])
    run(as_root(["cp", str(package), f"{tree}/ecs-init.deb"]))
    run(as_root(["chroot", str(tree), "dpkg", "--install", "/ecs-init.deb"]))
    run(as_root(["rm", f"{tree}/ecs-init.deb"]))
    # Not checked against its source at each start, which costs time under software emulation.
    compiled = ["python3", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", f"/{ecs_init.PROGRAM}"]
    run(as_root(["chroot", str(tree), *compiled]))
    package.unlink()
    shutil.rmtree(source)


def _make_disk(kind: Kind, tree: Path, place: Path) -> None:
    raw = place / "root.raw"
    with raw.open("wb") as disk:
        disk.truncate(kind.root_gib * 1024**3)
    table = f"label: gpt\nstart=1MiB, type=linux, uuid={ROOT_PARTUUID}\n"
    run(["/sbin/sfdisk", "--quiet", str(raw)], stdin=table.encode())
    # The table's copy at the end of the disk takes less than the last MiB.
    blocks = (kind.root_gib * 1024**3 - 2 * FIRST_BYTE) // 4096
    options = f"offset={FIRST_BYTE},lazy_itable_init=1,lazy_journal_init=1,nodiscard"
    make = ["/sbin/mkfs.ext4", "-q", "-F", "-L", "/", "-m", "1", "-E", options, "-d", str(tree), str(raw)]
    run(as_root([*make, str(blocks)]))
    run(["qemu-img", "convert", "-O", "qcow2", str(raw), str(place / "root.qcow2")])
    raw.unlink()
    os.chmod(place / "root.qcow2", 0o444)
