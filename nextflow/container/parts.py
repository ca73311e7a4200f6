"""What one image is built of (pure): the pins, what replaces them, the arguments of the build, and its key."""

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kiln import atomic
from kiln.errors import UserError
from nextflow.container.pins import Pin, check_pins

ROOM = Path(__file__).parents[1]
_GIVEN = "replaced/folder/"
OF_BASE = "base"
"""--nextflow base, --aws-cli base: the base image has it."""
_OWN = "the base image's own"


@dataclass(frozen=True)
class Parts:
    """`arguments` are the build's; `files` its context, by path; `replaced`: parts that are others than pinned."""

    arguments: Mapping[str, str]
    files: Mapping[str, bytes]
    replaced: Mapping[str, str]
    version: str

    @property
    def key(self) -> str:
        """SHA-256 (hex) of all that shapes the image."""
        digests = {path: hashlib.sha256(content).hexdigest() for path, content in self.files.items()}
        text = json.dumps([dict(self.arguments), digests], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def tag(self) -> str:
        """The image's tag in ECR: it says which Nextflow, and is another for another content."""
        name = "replaced" if "nextflow" in self.replaced else self.version
        return f"{name}-{self.key[:12]}"

    def pack(self) -> bytes:
        """The build's context as a tar file; equal parts give equal bytes."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar:
            for path, content in sorted(self.files.items()):
                member = tarfile.TarInfo(path)
                member.size, member.mode = len(content), 0o755 if path.endswith(".sh") else 0o644
                tar.addfile(member, io.BytesIO(content))
        return packed.getvalue()


def choose_parts(
    pins: Mapping[str, Pin], base: str = "", nextflow: str = "", aws_cli: str = "", sources: str = ""
) -> Parts:
    """Choose what the image is built of; UserError for a pin that is not complete and not replaced.

    `base` is an image's reference, `nextflow` a program, a folder with one (`read_given`) or "base", `aws_cli` "" or
    "base", `sources` Debian's package sources.
    """
    if aws_cli not in ("", OF_BASE):
        raise UserError(f"--aws-cli cannot be {aws_cli}", hint="It takes base: the base image has the AWS CLI.")
    replaced = {"base": base, "nextflow": nextflow, "aws-cli": aws_cli and _OWN}
    replaced = {name: what for name, what in replaced.items() if what}
    given: dict[str, bytes] = {}
    if nextflow == OF_BASE:
        replaced |= dict.fromkeys(("nextflow", "nf-amazon", "nf-cloudcache"), _OWN)
    elif nextflow:
        given = read_given(Path(nextflow))
        replaced |= {name: _find_plugin(name, given) for name in ("nf-amazon", "nf-cloudcache")}
    check_pins(pins, frozenset(replaced))
    files = {"Dockerfile": (ROOM / "Dockerfile").read_bytes()}
    for path in sorted([*ROOM.glob("entrypoint/*.sh"), *ROOM.glob("install/*.sh")]):
        files[path.relative_to(ROOM).as_posix()] = path.read_bytes()
    if given:
        files |= given | {"replaced/nextflow.name": f"{Path(nextflow).name}\n".encode()}
    arguments = {"BASE": base or f"{pins['base'].url}@sha256:{pins['base'].sha256}", "PACKAGE_SOURCES": sources}
    for name in ("nextflow", "nf-amazon", "nf-cloudcache", "aws-cli"):
        pin, prefix = pins[name], name.upper().replace("-", "_")
        arguments |= {f"{prefix}_VERSION": pin.version, f"{prefix}_URL": pin.url, f"{prefix}_SHA256": pin.sha256}
    arguments |= {"AWS_CLI_URL": OF_BASE} if aws_cli else {}
    arguments |= {"NEXTFLOW_URL": OF_BASE} if nextflow == OF_BASE else {}
    return Parts(arguments, files, replaced, pins["nextflow"].version)


def read_given(path: Path) -> dict[str, bytes]:
    """Read what is put in Nextflow's place: files of the build's context, by path.

    A folder holds a program `nextflow`, whatever that needs beside it, and plug-ins as plugins/NAME-VERSION/…: what is
    installed somewhere already serves, also where nothing can be downloaded. Raises UserError.
    """
    try:
        if not path.is_dir():
            return {"replaced/nextflow": atomic.read(path)}
        paths = sorted(file for file in path.rglob("*") if file.is_file())
        files = {f"{_GIVEN}{file.relative_to(path).as_posix()}": atomic.read(file) for file in paths}
    except OSError as error:
        hint = "--nextflow takes the path of a program, or of a folder with one."
        raise UserError(f"{path} cannot be read", str(error), hint) from error
    if f"{_GIVEN}nextflow" not in files:
        hint = "Put the program there under that name; plug-ins beside it as plugins/NAME-VERSION/."
        raise UserError(f"{path} is a folder without a program nextflow", hint=hint)
    return files


def _find_plugin(name: str, given: Mapping[str, bytes]) -> str:
    prefix = f"{_GIVEN}plugins/{name}-"
    versions = {path.removeprefix(prefix).partition("/")[0] for path in given if path.startswith(prefix)}
    return ", ".join(sorted(versions)) if versions else "left out"
