"""The AWS CLI as Nextflow needs it: in a self-contained conda prefix that is mounted into every task's container.

Nextflow mounts the directory above `bin/aws` read-only at the same path into each container (`aws.batch.cliPath`), so
the prefix must bring all but glibc with it and must never be moved.
"""

import re
from shlex import quote
from typing import Annotated, Literal

from pydantic import Field, StrictBool, field_validator, model_validator

from kiln.keys.takes import Takes
from kiln.keys.texts import Sha256
from kiln.models import Model
from provision.model import shell
from provision.model.recipe import Arch, Check, Download, Family, Machine, Recipe, Step
from provision.provisioners import aws_cli_scripts as scripts

Version = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_.-]{1,40}$"), Takes("an installer's version, in quotes", '"26.3.2-3"')
]
Installer = Annotated[
    str,
    Field(pattern=r"^https?://[^\s'\"]+/[A-Za-z0-9_.+-]+$"),
    Takes("an installer's address", "https://mirror.example.org/Miniforge3-Linux-x86_64.sh"),
]
Prefix = Annotated[str, Takes("an absolute path that never moves", "/home/ec2-user/miniconda")]
Channel = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_./:-]*$"),
    Takes("a conda channel: its name or a mirror's address", "conda-forge"),
]
CondaPackage = Annotated[str, Takes("a conda package, with or without its version", "awscli=2.31.0")]
Distribution = Literal["miniforge", "miniconda"]

_URL = {
    "miniforge": "https://github.com/conda-forge/miniforge/releases/download/{version}/Miniforge3-{version}-Linux-{arch}.sh",
    "miniconda": "https://repo.anaconda.com/miniconda/Miniconda3-{version}-Linux-{arch}.sh",
}
PINNED_VERSION = {"miniforge": "26.3.2-3", "miniconda": "py313_26.5.3-1"}

# Source: the checksums that pyenv pins for the same files (plugins/python-build/share/python-build/miniforge3-26.3.2-3
# and miniconda3-3.13-26.5.3-1, as of July 2026).
_SHA256 = {
    ("miniforge", "x86_64"): "848194851a98903134187fbb4ab50efe87b003e0c0f808f97644b7524a62bf2c",
    ("miniforge", "arm64"): "2c113a69297e612b01ca0f320c22a3107a11f2ab9b573d79ac868a175945ce29",
    ("miniconda", "x86_64"): "7358a5961dc6a4941d087281cd70313728fcc68695735e18a337321bc31c7f51",
    ("miniconda", "arm64"): "4eaf1f2d83ede3ad010afa6ad19bef69893ca4667ba5996f51efb3080c08a70d",
}


class Spec(Model):
    """The AWS CLI (and boto3) in a conda prefix."""

    enabled: StrictBool = True
    """Whether the AWS CLI is installed. Without it Nextflow's tasks cannot reach S3. Default: true."""
    distribution: Distribution = "miniforge"
    """Installer: miniforge (conda-forge only, glibc ≥ 2.17) or miniconda (glibc ≥ 2.28). Default: miniforge."""
    version: Version | None = None
    """Version of the installer, such as 26.3.2-3. Default: the one that Kiln pins; any other needs a sha256."""
    url: Installer | None = None
    """Where the installer is fetched from; needs a sha256. Default: by distribution, version and architecture."""
    sha256: Sha256 | None = None
    """SHA-256 (hex) of the installer. Default: the one that Kiln pins for its own version."""
    prefix: Prefix = "/home/ec2-user/miniconda"
    """Directory of the installation, absolute; Nextflow mounts it. Default: /home/ec2-user/miniconda."""
    channel: Channel = "conda-forge"
    """conda channel that the packages come from: a name or the URL of a mirror. Default: conda-forge."""
    packages: tuple[CondaPackage, ...] = ("awscli", "boto3")
    """conda packages, each with an optional version (awscli=2.31.0). Default: awscli and boto3."""

    @field_validator("prefix")
    @classmethod
    def _mountable(cls, value: str) -> str:
        if not re.fullmatch(r"(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+", value):
            raise ValueError("must be an absolute path of letters, digits, '_', '-', '.' without a trailing slash")
        if value.count("/") < 2 or value == "/usr/local":
            raise ValueError(f"Nextflow would mount it over the containers' own {value}: choose a deeper folder")
        return value

    @field_validator("packages")
    @classmethod
    def _conda_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if not re.fullmatch(r"[a-z0-9_][a-z0-9_.-]*([=<>!~]{1,2}[A-Za-z0-9_.*+-]+)?", name):
                raise ValueError(f"{name!r} is not a conda package such as awscli or awscli=2.31.0")
        if "awscli" not in {re.split(r"[=<>!~]", name)[0] for name in value}:
            raise ValueError("must contain awscli")
        return value

    @model_validator(mode="after")
    def _pinned(self) -> "Spec":
        if self.sha256 is None and (self.url or self.version not in (None, PINNED_VERSION[self.distribution])):
            raise ValueError("another installer than the pinned one needs its sha256")
        if self.sha256 and not (self.url or self.version):
            raise ValueError("sha256 needs the version or the url that it belongs to")
        return self

    def installer(self, arch: Arch) -> Download:
        """The pinned installer for an architecture: its URL and SHA-256."""
        version = self.version or PINNED_VERSION[self.distribution]
        url = _URL[self.distribution].format(version=version, arch={"arm64": "aarch64"}.get(arch, arch))
        return Download(self.url or url, self.sha256 or _SHA256[self.distribution, arch])


def python(spec: Spec) -> str | None:
    """The path of an interpreter that can import boto3; None where this installs none."""
    return f"{spec.prefix}/bin/python" if spec.enabled and _has_boto3(spec) else None


def _has_boto3(spec: Spec) -> bool:
    return any(re.fullmatch(r"boto3\W?.*", name) for name in spec.packages)


def refusal(spec: Spec, family: Family) -> str | None:
    """Why the installer cannot run on a family of base images; None where it can."""
    if spec.enabled and spec.distribution == "miniconda" and spec.sha256 is None and family != "al2023":
        return f"Miniconda needs glibc 2.28 or newer, which {family} does not have. Use distribution: miniforge"
    return None


def recipe(spec: Spec, machine: Machine) -> Recipe:
    """Two steps (installer, packages) and two checks (on the host, in a container as Nextflow does)."""
    if not spec.enabled:
        return Recipe()
    download = machine.resolve(spec.installer(machine.arch))

    def fill(script: str) -> str:
        values = {
            "@INSTALLER@": shell.find_fetched(download),
            "@PREFIX@": spec.prefix,
            "@CHANNEL@": quote(spec.channel),
            "@PACKAGES@": " ".join(map(quote, spec.packages)),
            "@USER@": quote(machine.user),
            "@IMPORT@": scripts.IMPORT + (scripts.FIND_BOTO3 if _has_boto3(spec) else ""),
        }
        for name, value in values.items():
            script = script.replace(name, value)
        return script

    inside = shell.write_container_run(
        f"/bin/bash -c {quote(fill(scripts.INSIDE))}", f"--volume {spec.prefix}:{spec.prefix}:ro"
    )
    return Recipe(
        steps=(
            Step(f"{spec.distribution} {spec.prefix}", shell.fetch(download) + fill(scripts.INSTALL), timeout=1200),
            Step("aws cli", fill(scripts.PACKAGES), timeout=1800),
        ),
        checks=(
            Check("the AWS CLI answers on the host", shell.FAIL + fill(scripts.HOST), timeout=180),
            Check(
                "the AWS CLI answers through a read-only mount in a container without Python",
                shell.check_container() + inside + "\n",
                timeout=240,
            ),
        ),
    )
