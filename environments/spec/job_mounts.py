"""What a job's container is given of the machine: folders, EFS, memory as a file system, devices, limits.

Sources: AWS Batch API Reference, Volume, EFSVolumeConfiguration, EFSAuthorizationConfig, Tmpfs, Device, Ulimit.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictInt, model_validator

from kiln.keys.takes import Takes
from kiln.models import MiB, Model, repeated


def _absolute(value: str) -> str:
    if not value.startswith("/") or any(character.isspace() for character in value) or len(value) > 4096:
        raise ValueError("write an absolute path without blanks, such as /scratch")
    return value


def _in_container(value: str) -> str:
    path = _absolute(value).rstrip("/")
    if not path:
        raise ValueError("nothing can be mounted at / of a container: write a folder, such as /scratch")
    return path


HostPath = Annotated[str, AfterValidator(_absolute), Takes("an absolute path", "/mnt/genomes")]
ContainerPath = Annotated[str, AfterValidator(_in_container), Takes("an absolute path in the container", "/scratch")]
_ALONE = (
    "defaults", "ro", "rw", "suid", "nosuid", "dev", "nodev", "exec", "noexec", "sync", "async", "dirsync", "remount",
    "mand", "nomand", "atime", "noatime", "diratime", "nodiratime", "bind", "rbind", "unbindable", "runbindable",
    "private", "rprivate", "shared", "rshared", "slave", "rslave", "relatime", "norelatime", "strictatime",
    "nostrictatime",
)  # fmt: skip
_WITH_VALUE = ("mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol")
_OPPOSITES = (("ro", "rw"), *((name.removeprefix("no"), name) for name in _ALONE if name.startswith("no")))


def _mount_option(value: str) -> str:
    name, sign, setting = value.partition("=")
    if name == "size":
        raise ValueError("the size has a key of its own: size")
    if sign and name in _WITH_VALUE and setting:
        return value
    if value in _WITH_VALUE:
        raise ValueError(
            f"{value} needs a value, such as {value}=1777" if value == "mode" else f"{value} needs a value"
        )
    if value not in _ALONE:
        raise ValueError(f"is no mount option of tmpfs: AWS Batch takes {', '.join((*_ALONE, *_WITH_VALUE))}")
    return value


FileSystem = Annotated[
    str, Field(pattern=r"^fs-[0-9a-f]{8,40}$"), Takes("the id of a file system of EFS", "fs-0123456789abcdef0")
]
AccessPoint = Annotated[
    str, Field(pattern=r"^fsap-[0-9a-f]{8,40}$"), Takes("the id of an access point of EFS", "fsap-0123456789abcdef0")
]


class Efs(Model):
    """A file system of Amazon EFS. With an access point or with iam, its data must be encrypted on the way."""

    file_system: FileSystem
    root: HostPath = "/"
    """Folder of the file system; an access point sets it itself."""
    access_point: AccessPoint | None = None
    encrypted: StrictBool = True
    """TLS between machine and EFS. AWS Batch's own default: false."""
    port: StrictInt | None = Field(None, ge=1, le=65535)
    """Of the encrypted connection. Default: what the mount helper chooses."""
    iam: StrictBool = False
    """EFS asks what the job role allows."""

    @model_validator(mode="after")
    def _allowed(self) -> Self:
        if self.access_point and self.root != "/":
            raise ValueError("an access point sets the folder itself: leave root out")
        lacking = [name for name in ("access_point", "port", "iam") if getattr(self, name)]
        if lacking and not self.encrypted:
            raise ValueError(f"{', '.join(lacking)} works only with encrypted: true")
        return self


class Volume(Model):
    """A folder of the machine or of EFS, mounted into the container."""

    host: HostPath | None = None
    efs: Efs | None = None
    container: ContainerPath
    read_only: StrictBool = True

    @model_validator(mode="after")
    def _has_a_source(self) -> Self:
        if (self.host is None) == (self.efs is None):
            raise ValueError("write either host (a folder of the machine) or efs (a file system of Amazon EFS)")
        return self


class Tmpfs(Model):
    """A file system in memory. What it holds counts as the container's memory."""

    container: ContainerPath
    size: Annotated[MiB, Field(ge=1)]
    options: tuple[Annotated[str, AfterValidator(_mount_option), Takes("a mount option of tmpfs", "noexec")], ...] = ()

    @model_validator(mode="after")
    def _agree(self) -> Self:
        for either, other in _OPPOSITES:
            if either in self.options and other in self.options:
                raise ValueError(f"the options {either} and {other} contradict each other")
        return self


Permission = Literal["read", "write", "mknod"]


class Device(Model):
    """A device of the machine, in the container."""

    host: HostPath
    container: HostPath | None = None
    """Default: the same path."""
    permissions: Annotated[tuple[Permission, ...], Field(min_length=1)] = ("read", "write", "mknod")

    @model_validator(mode="after")
    def _once(self) -> Self:
        if twice := repeated(self.permissions):
            raise ValueError(f"permissions has the same permission twice: {twice}")
        return self


def _limit(value: Any) -> Any:
    return -1 if value == "unlimited" else value


Limit = Annotated[
    StrictInt,
    BeforeValidator(_limit),
    Field(ge=-1),
    Takes("unlimited, or a whole number", "65536", known=("unlimited",)),
]


class Ulimit(Model):
    """A limit of the container's processes; unlimited is -1."""

    soft: Limit
    hard: Limit

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.hard != -1 and not 0 <= self.soft <= self.hard:
            raise ValueError("soft is above hard")
        return self


UlimitName = Literal[
    "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
    "rttime", "sigpending", "stack",
]  # fmt: skip
