"""A stand-in for the Miniforge installer: unpacks a self-contained Python with the real awscli and boto3.

Left out to unpack quickly under software emulation: sources (compiled modules alone), tests, awscli's examples, and
botocore's operations of all services but `SERVICES`.
"""

import gzip
import hashlib
import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from sandbox.machines.host import made_once, run, run_bytes
from sandbox.world.hypervisor import MachineError

HERE = Path(__file__).parent / "conda_stand_in"
PYTHON = Path("/usr/bin/python3.11")
STDLIB = Path("/usr/lib/python3.11")
PACKAGES = ("awscli", "boto3")
SERVICES = (
    *("batch", "cloudformation", "cloudwatch", "ec2", "ecr", "ecs", "events", "iam", "kms", "logs", "s3", "s3control"),
    *("secretsmanager", "sns", "sqs", "ssm", "sts"),
)
NOT_NEEDED = (
    *("config-*", "__pycache__", "ensurepip", "idlelib", "lib2to3", "pydoc_data", "test", "tkinter", "turtledemo"),
    *("dist-packages", "EXTERNALLY-MANAGED", "LICENSE.txt", "_sysconfigdata__x86_64*"),
)
# Each of these would bring a library along that nothing here asks for.
MODULES_NOT_NEEDED = (
    "_curses*",
    "_dbm*",
    "_gdbm*",
    "_tkinter*",
    "nis*",
    "readline*",
    "_sqlite3*",
    "_test*",
    "_xxtest*",
)
GLIBC = (
    "libc.",
    "libm.",
    "libpthread.",
    "libdl.",
    "librt.",
    "libutil.",
    "libresolv.",
    "libnsl.",
    "ld-linux",
    "linux-vdso",
)
NAME = "Miniforge3-stand-in.sh"


def installer(cache: Path) -> tuple[Path, str]:
    """The installer and its SHA-256 (hex). About a minute on first use, then found in `cache`.

    Needs pip in this Python, and Debian's python3.11 on this host. MachineError when either is missing.
    """
    sources = [Path(__file__), *sorted(path for path in HERE.iterdir() if path.is_file())]
    key = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    place = made_once(cache / f"conda-{key}", _build)
    return place / NAME, (place / "sha256").read_text().strip()


def _build(place: Path) -> None:
    if not PYTHON.exists():
        raise MachineError(f"{PYTHON} is missing: apt-get install python3.11-minimal libpython3.11-stdlib")
    prefix = place / "prefix"
    library = prefix / "lib" / "python3.11"
    (prefix / "bin").mkdir(parents=True)
    shutil.copy(PYTHON, prefix / "bin" / "python3.11")
    for name in ("python", "python3"):
        (prefix / "bin" / name).symlink_to("python3.11")
    shutil.copytree(STDLIB, library, ignore=shutil.ignore_patterns(*NOT_NEEDED, *MODULES_NOT_NEEDED))
    (library / "dist-packages").symlink_to("site-packages")  # the name that Debian's site module reads
    _install_packages(library / "site-packages", prefix)
    _bundle_libraries(prefix)
    _compile(library)
    for script in ("aws", "conda"):
        shutil.copy(HERE / script, prefix / "bin" / script)
        (prefix / "bin" / script).chmod(0o755)
    digest = _pack(prefix, place / NAME)
    (place / "sha256").write_text(digest)
    shutil.rmtree(prefix)


def _install_packages(site: Path, prefix: Path) -> None:
    # Wheels for the Python in the prefix, whichever runs this.
    target = ["--python-version", "3.11", "--implementation", "cp", "--only-binary=:all:", "--target", str(site)]
    platforms = ["--platform", "manylinux2014_x86_64", "--platform", "manylinux_2_17_x86_64", "--platform", "any"]
    run([sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", *target, *platforms, *PACKAGES])
    shutil.rmtree(site / "bin", ignore_errors=True)
    shutil.rmtree(site / "awscli" / "examples", ignore_errors=True)
    for data in (site / "botocore" / "data", site / "awscli" / "botocore" / "data"):  # awscli has a copy of its own
        if data.exists():
            _trim(data)
    carried = [metadata.name.removesuffix(".dist-info").rsplit("-", 1) for metadata in site.glob("*.dist-info")]
    python = run([str(PYTHON), "-c", "import platform; print(platform.python_version())"]).strip()
    lines = [f"python {python}", *(f"{name.lower().replace('_', '-')} {version}" for name, version in carried)]
    (prefix / "carried.txt").write_text("\n".join(sorted(lines)) + "\n")


def _trim(data: Path) -> None:
    for service in [entry for entry in data.iterdir() if entry.is_dir()]:
        *older, newest = sorted(service.iterdir())
        for outdated in older:
            shutil.rmtree(outdated)
        if service.name not in SERVICES:
            _empty(newest)


def _empty(service: Path) -> None:
    # awscli wants every service's name to be known, so the description stays with its operations taken out.
    for path in list(service.iterdir()):
        if path.name in ("service-2.json", "service-2.json.gz"):
            text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            description = {**json.loads(text), "operations": {}, "shapes": {}, "documentation": ""}
            (service / "service-2.json").write_text(json.dumps(description))
        if path.name != "service-2.json":
            path.unlink()


def _bundle_libraries(prefix: Path) -> None:
    modules = list((prefix / "lib" / "python3.11" / "lib-dynload").glob("*.so"))
    for library in _needed([prefix / "bin" / "python3.11", *modules]):
        copy = shutil.copy(library, prefix / "lib" / library.name)
        run(["patchelf", "--set-rpath", "$ORIGIN", str(copy)])
    for module in modules:
        run(["patchelf", "--set-rpath", "$ORIGIN/../..", str(module)])
    run(["patchelf", "--set-rpath", "$ORIGIN/../lib", str(prefix / "bin" / "python3.11")])


def _needed(files: Iterable[Path]) -> set[Path]:
    """The shared libraries, but glibc's, that the files need (ldd lists those of libraries too)."""
    found = set()
    for file in files:
        for line in run(["ldd", str(file)]).splitlines():
            name, arrow, rest = line.strip().partition(" => ")
            if arrow and not name.startswith(GLIBC):
                found.add(Path(rest.split(" (")[0]))
    return found


def _compile(library: Path) -> None:
    # -b puts each compiled module where its source was, and Python then needs no source.
    run(
        [
            str(PYTHON),
            "-m",
            "compileall",
            "-q",
            "-b",
            "-j",
            "0",
            "-s",
            str(library.parents[1]),
            "--invalidation-mode",
            "unchecked-hash",
            str(library),
        ]
    )
    for source in library.rglob("*.py"):
        source.unlink()


def _pack(prefix: Path, target: Path) -> str:
    head = (HERE / "install.sh").read_text()
    head = head.replace("@FIRST_LINE@", str(head.count("\n") + 1))
    same = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--mode=u=rwX,go=rX"]
    archive = run_bytes(["tar", "--create", *same, f"--directory={prefix}", "."])
    payload = run_bytes(["zstd", "-q", "-10", "-T0", "-c"], stdin=archive)
    target.write_bytes(head.encode() + payload)
    return hashlib.sha256(target.read_bytes()).hexdigest()
