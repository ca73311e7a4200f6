"""Docker's storage that grows by itself: a data volume at first, and EBS volumes that a daemon adds as it fills.

The program is `storage_daemon/`. On the builder its first half makes the data volume's file system, so that the
image's snapshot ships it with the images that are pulled later; the second half, which adds volumes, is switched on
when the machine is sealed, and so never works on a builder.
"""

import json
import re
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictInt, field_validator, model_validator

from cloud import ebs, volume_types
from cloud.names import KmsKey, Tags
from kiln.errors import UserError
from kiln.keys.takes import Takes
from kiln.models import GiB, Model, Percent
from provision.docker import autoscale_checks as checks
from provision.docker import autoscale_steps as steps
from provision.docker.autoscale_units import COMMAND, WATCH, write_units
from provision.docker.storage_program import list_files, write_wrapper
from provision.model import shell
from provision.model.recipe import Check, Family, File, Machine, Recipe, Step
from provision.provisioners import packages

SETTINGS = "/etc/kiln/storage.json"
OPTIONS_FILE = "/etc/sysconfig/docker-storage"  # Amazon Linux 2
DAEMON_JSON = "/etc/docker/daemon.json"
FilesystemKind = Literal["btrfs", "lvm"]
_DEFAULT: dict[Family, FilesystemKind] = {"al2": "btrfs", "al2023": "lvm"}
_DRIVER = {"btrfs": "btrfs", "lvm": "overlay2"}


class Autoscale(Model):
    """Docker's storage on a data volume, to which EBS volumes are added before it is full."""

    driver: Literal["autoscale"]
    """Selects this kind of storage."""
    filesystem: FilesystemKind | None = None
    """btrfs (Docker's btrfs driver), or lvm (overlay2 on xfs). Default: btrfs on al2, lvm on al2023."""
    mount_point: Annotated[str, Takes("an absolute path of two or more folders", "/var/lib/docker")] = "/var/lib/docker"
    """Where it is mounted, absolute; Docker keeps its data there. Default: /var/lib/docker."""
    minimum_free: Percent = 20
    """Share of free space below which a volume is added, "20 %"; a fast writer has one added earlier. Default: 20 %."""
    first: GiB = 100
    """Size of the first volume that is added, GiB. Default: 100 GiB."""
    step: GiB = 100
    """By how much each following one is larger, GiB. Default: 100 GiB."""
    largest: GiB = 1000
    """Size of no volume is above this, GiB. Default: 1000 GiB."""
    ceiling: GiB = 4000
    """All volumes together, the data volume among them, GiB: what a runaway job can cost at most. Default: 4000 GiB."""
    volumes: StrictInt = Field(10, ge=1, le=11)
    """How many volumes may be added; there are device names for 11. Default: 10."""
    type: Literal["gp3", "gp2", "io1", "io2", "st1", "sc1"] = "gp3"
    """Type of the volumes that are added. Default: gp3."""
    iops: ebs.Iops | None = None
    """For gp3, io1 and io2; io1 and io2 need it. Default: AWS's own (3000 for gp3)."""
    throughput: ebs.Throughput | None = None
    """MiB/s, for gp3 alone. Default: AWS's own (125 MiB/s)."""
    encrypted: StrictBool = True
    """Whether volumes that are added are encrypted. Default: true."""
    kms_key: KmsKey | None = None
    """ARN of a KMS key; the instance's role must be allowed to use it. Default: the account's aws/ebs key."""
    tags: Tags = Field(default_factory=dict)
    """Tags of the volumes, beside Kiln's own (kiln:storage, kiln:expires, Name). Default: none."""

    @field_validator("mount_point")
    @classmethod
    def _deep_enough(cls, value: str) -> str:
        if not re.fullmatch(r"(/[A-Za-z0-9_][A-Za-z0-9_.-]*){2,}", value):
            raise ValueError("must be an absolute path of two or more folders, such as /var/lib/docker or /mnt/docker")
        return value

    @field_validator("tags")
    @classmethod
    def _own_tags(cls, value: dict[str, str]) -> dict[str, str]:
        if wrong := [key for key in value if key.startswith(("kiln:", "aws:")) or key == "Name"]:
            raise ValueError(f"Kiln and AWS set these themselves: {', '.join(wrong)}")
        return value

    @model_validator(mode="after")
    def _fits(self) -> Self:
        ebs.refuse_misfit(self, {"first": self.first, "largest": self.largest})
        if not self.first <= self.largest <= self.ceiling:
            raise ValueError("first, largest and ceiling must rise in this order")
        return self

    def kind(self, family: Family) -> FilesystemKind:
        """The file system on a family of base images."""
        return self.filesystem or _DEFAULT.get(family, "lvm")

    def refusal(self, family: Family) -> str | None:
        if family == "al1":
            return (
                "al1 has neither systemd nor a Python 3 that could run the daemon. Use driver: devicemapper with a "
                "larger data volume, or a base of al2 or al2023"
            )
        if family == "al2023" and self.filesystem == "btrfs":
            return "al2023 packages no btrfs-progs. Use filesystem: lvm, or leave filesystem out"
        return None

    def recipe(self, machine: Machine) -> Recipe:
        device, python = _needs(machine)
        kind = self.kind(machine.family)
        options = self._options(kind, machine.family, python)
        install = steps.fill_in(steps.INSTALL, kind, options)
        # What no line calls is left out: user data has 16 KiB.
        script = shell.FAIL + packages.INSTALL + shell.DOCKER + (steps.SET_DRIVER if options else "") + install
        return Recipe(
            files=self.files(machine),
            steps=(Step(f"docker storage on {device} that grows ({kind})", script, timeout=1200),),
            checks=checks.list_builder_checks(
                kind, _DRIVER[kind], self.mount_point, machine.data_gib or 1, self._aws(python)
            ),
            sealing=(Step("growing storage starts with the image", steps.SEAL.replace("@WATCH@", WATCH)),),
            starting=(Step("growing storage starts", f"systemctl enable --now {WATCH}\n"),),
        )

    def files(self, machine: Machine) -> tuple[File, ...]:
        """The program, its command, its settings and its units. Raises UserError as `recipe` does."""
        device, python = _needs(machine)
        settings = json.dumps(self.settings(machine.family, device), indent=1) + "\n"
        return (
            *list_files(self.kind(machine.family)),
            File(COMMAND, write_wrapper(python).encode(), 0o755),
            File(SETTINGS, settings.encode()),
            *(File(path, text.encode()) for path, text in write_units(self.mount_point, machine.family).items()),
        )

    def settings(self, family: Family, device: str) -> dict[str, object]:
        """What the program reads: sizes in GiB, `minimum_free` in percent. `device` is the data volume's name."""
        own = self.model_dump(exclude={"driver", "filesystem"})
        smallest = volume_types.smallest(self.type, self.iops)
        return {"filesystem": self.kind(family), "device": device, **own, "smallest": smallest}

    def image_checks(self) -> tuple[Check, ...]:
        """What must hold on a machine booted from the image alone."""
        return checks.list_image_checks()

    def _aws(self, python: str) -> str | None:
        return python.rpartition("/")[0] + "/aws" if self.encrypted else None

    def _options(self, kind: FilesystemKind, family: Family, python: str) -> str:
        """Lines that tell Docker its driver and its directory, where they are not its default already."""
        lines = f"kiln_storage_driver {OPTIONS_FILE} {_DRIVER[kind]}\n" if family == "al2" else ""
        if self.mount_point != "/var/lib/docker":
            lines += f"kiln_data_root {DAEMON_JSON} {self.mount_point} {python}\n"
        return lines


def _needs(machine: Machine) -> tuple[str, str]:
    """Device name of the data volume and path of the interpreter."""
    if machine.data_device is None:
        raise UserError(
            "docker_storage: autoscale needs a data volume",
            "The first of its volumes is part of the image.",
            "Give volumes.data with a device and a size, such as /dev/sdc and 100 GiB.",
        )
    if machine.data_device.endswith("xvdcz"):
        raise UserError(
            "docker_storage: autoscale cannot use /dev/xvdcz",
            "That is the thin pool of Amazon Linux 1's own images.",
            "Give volumes.data another device, such as /dev/sdc.",
        )
    if machine.python is None:
        raise UserError(
            "docker_storage: autoscale needs the AWS CLI's Python with boto3",
            "Its daemon is a Python program, and aws_cli is disabled or installs no boto3.",
            "Set aws_cli.enabled: true, with boto3 among aws_cli.packages.",
        )
    return machine.data_device, machine.python
