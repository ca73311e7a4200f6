"""Docker's overlay2 on the machine's own NVMe disks (instance store: c5d, m5d, i4i …), which come and go with it.

They are part of no image and of no block device mapping: a unit looks for them at each boot, before Docker. A disk is
told by the serial of its controller, which AWS sets: "AWS…" for an instance store, "vol…" for an EBS volume (Amazon EBS
volumes and NVMe, Amazon EBS User Guide; `nvme list` on a machine with both).
"""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import field_validator

from kiln.keys.takes import Takes
from kiln.models import GiB, Model
from provision.docker.before_docker import FOLDER, write_unit
from provision.docker.overlay2 import check_space
from provision.model import shell
from provision.model.recipe import Check, Family, File, Machine, Recipe, Step
from provision.provisioners import packages

COMMAND = "/usr/local/sbin/kiln-instance-store"
UNIT = "kiln-instance-store.service"
STORE = "/instance-store"
_UNIT = write_unit("Docker's directory on the instance store", f"{COMMAND} prepare")

# Several disks are one volume, striped. lvm2 and xfsprogs have one name on Amazon Linux and Debian.
_INSTALL = f"""
missing=''
for command in vgcreate mkfs.xfs; do command -v "$command" >/dev/null 2>&1 || missing=yes; done
[ -z "$missing" ] || kiln_install lvm2 xfsprogs
systemctl stop ecs 2>/dev/null || true
systemctl stop docker.socket 2>/dev/null || true  # else a client would start Docker again
kiln_service stop docker
systemctl daemon-reload
systemctl enable {UNIT}
if ! systemctl start {UNIT}; then
  journalctl --unit {UNIT} --lines 25 --no-pager >&2 || true
  kiln_fail "Docker's directory could not be put on the instance store"
fi
kiln_docker_back start 120
"""

_CHECK_UNIT = f"""
for unit in {UNIT} docker.service; do
  state=$(systemctl is-enabled "$unit" 2>&1) || kiln_fail "$unit does not start at boot: $state"
  echo "$unit is $state"
done
systemctl show docker --property Requires | grep -w {UNIT} || kiln_fail "Docker starts without its disks"
"""


class InstanceStore(Model):
    """Docker's overlay2 driver on the machine's NVMe instance-store disks, all of them striped into one."""

    driver: Literal["instance-store"]
    """Selects this kind of storage."""
    scratch: Annotated[str, Takes("an absolute path of a folder of its own", "/scratch")] | None = None
    """A folder on the same disks that any job may write to (mode 1777), for job definitions' host volumes. Default:
    none."""
    minimum_free: GiB = 2
    """Room that must be left for jobs, GiB; a machine with less fails its check. Default: 2 GiB."""

    @field_validator("scratch")
    @classmethod
    def _own_folder(cls, value: str | None) -> str | None:
        if value is None:
            return None
        system = re.match(r"/(bin|boot|dev|etc|home|lib\w*|proc|root|run|sbin|sys|usr|var)(/|$)", value)
        if system or not re.fullmatch(r"(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+", value) or value.startswith(STORE):
            raise ValueError("must be an absolute path of a folder of its own, such as /scratch or /mnt/scratch")
        return value

    def refusal(self, family: Family) -> str | None:
        if family != "al1":
            return None
        return (
            "al1 has no systemd that could order this before Docker. Use driver: devicemapper with a data volume, or a "
            "base of al2 or al2023"
        )

    def recipe(self, machine: Machine) -> Recipe:
        script = shell.FAIL + packages.INSTALL + shell.DOCKER + _INSTALL
        return Recipe(
            files=(File(COMMAND, self._program(), 0o755), File(f"{FOLDER}/{UNIT}", _UNIT.encode())),
            steps=(Step("docker overlay2 on the instance store", script, timeout=600),),
            checks=(
                check_space(self.minimum_free),
                Check("docker lies on the instance store, where the machine has one", f"{COMMAND} check\n"),
                Check("docker waits for the instance store", shell.FAIL + _CHECK_UNIT),
            ),
        )

    def _program(self) -> bytes:
        text = Path(__file__).with_name("instance-store.sh").read_text()
        return text.replace("@SCRATCH@", self.scratch or "").encode()
