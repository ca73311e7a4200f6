"""What is done to a machine, as plain data: files, steps and checks.

A provisioner is a module of this room with a frozen `Spec` (its part of a definition) and a pure
`recipe(spec, machine) -> Recipe`. The same recipe is delivered over SSH while an AMI is built and, later, rendered
into user data at boot; nothing here knows which.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatch
from typing import Literal

from cloud.machine_images import Arch, Family

__all__ = ["Arch", "Check", "Download", "Family", "File", "Machine", "Recipe", "Step", "combine"]


@dataclass(frozen=True)
class File:
    """A file put on the machine before any step. `path` is absolute, `mode` octal, `owner` user:group.

    `minify` marks a Python program of Kiln's own, of which user data, which is small, may leave out what only readers
    need. It changes nothing that the program does, and is no part of a recipe's digest.
    """

    path: str
    content: bytes
    mode: int = 0o644
    owner: str = "root:root"
    minify: bool = False


@dataclass(frozen=True)
class Step:
    """A bash script run as root with `set -euo pipefail`.

    `timeout` is in seconds; at its end the step fails. With `reboot`, the machine restarts after the step and the
    recipe goes on behind it. `$KILN_TMP` is a directory in memory: what is written there never reaches an EBS volume.
    """

    name: str
    script: str
    timeout: int = 300
    reboot: bool = False


@dataclass(frozen=True)
class Check:
    """A bash script run as root that proves one thing: it passes when it exits with 0, and its output is the proof.

    `name` states the thing as a fact ("docker runs on overlay2"). `on` says where it holds: on the builder and on a
    machine booted from the AMI, or (hygiene) only on the latter. `timeout` is in seconds.
    """

    name: str
    script: str
    timeout: int = 120
    on: Literal["everywhere", "image"] = "everywhere"


@dataclass(frozen=True)
class Recipe:
    """Files first, then steps in order; `sealing` steps come last, after the checks, just before imaging.

    `starting` steps take the place of sealing where the recipe is delivered to a machine that is not imaged but works.
    """

    files: tuple[File, ...] = ()
    steps: tuple[Step, ...] = ()
    checks: tuple[Check, ...] = ()
    sealing: tuple[Step, ...] = ()
    starting: tuple[Step, ...] = ()

    def __add__(self, other: "Recipe") -> "Recipe":
        return Recipe(
            self.files + other.files,
            self.steps + other.steps,
            self.checks + other.checks,
            self.sealing + other.sealing,
            self.starting + other.starting,
        )

    def digest(self) -> str:
        """SHA-256 (hex) over everything in it: equal recipes have equal digests in every process."""
        plain = asdict(self)
        for file in plain["files"]:
            file["content"] = file["content"].hex()
            del file["minify"]
        return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def combine(recipes: Iterable[Recipe]) -> Recipe:
    """The recipes one behind the other."""
    return sum(recipes, Recipe())


@dataclass(frozen=True)
class Download:
    """A pinned file: its URL and the SHA-256 (hex) that its bytes must have."""

    url: str
    sha256: str

    @property
    def filename(self) -> str:
        """The last part of the URL."""
        return self.url.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Machine:
    """What a provisioner may know of the machine it writes a recipe for: decided before the machine exists.

    `data_device` is the device name of the data volume (such as /dev/xvdcz), or None where everything is on the
    root volume; sizes are in GiB. `python` is the path of an interpreter with boto3, None where none is installed.
    `downloads` maps the file name of a pinned file (a glob) to a mirror.
    """

    family: Family
    arch: Arch = "x86_64"
    user: str = "ec2-user"
    root_gib: int = 30
    data_device: str | None = None
    data_gib: int | None = None
    python: str | None = None
    downloads: Mapping[str, Download] = field(default_factory=dict)

    def resolve(self, pinned: Download) -> Download:
        """The mirror of a pinned file where one is named, else the file itself."""
        return next((mirror for name, mirror in self.downloads.items() if fnmatch(pinned.filename, name)), pinned)
