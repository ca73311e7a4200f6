"""Docker's overlay2 on the root volume or on a data volume: a container may use all the room there is."""

from typing import Literal

from kiln.errors import UserError
from kiln.models import GiB, Model
from provision.docker import data_volume
from provision.model import shell, volumes
from provision.model.recipe import Check, Family, Machine, Recipe, Step

DOCKER_DIR = "/var/lib/docker"

_CHECK_SPACE = (
    shell.FAIL
    + r"""
kiln_check_space() {  # MINIMUM in KiB; Docker's driver, then df of its directory, on stdin
  local driver free
  read -r driver
  free=$(awk 'END { print $4 }')
  echo "driver $driver, $free KiB free"
  [ "$driver" = overlay2 ] || kiln_fail "Docker runs on $driver, not on overlay2"
  [ "$free" -ge "$1" ] || kiln_fail "only $free KiB are free, expected at least $1 KiB"
}
"""
)

# The file system of a container on overlay2 is the host's own: what is free there is free to a job. Docker's directory
# is asked of Docker, since data-root may have moved it.
_SPACE = r"""
kiln_docker_answers 120
info=$(kiln_docker_api /info)
dir=$(kiln_docker_told DockerRootDir <<<"$info")
{ kiln_docker_told Driver <<<"$info"; df -P -k "$dir"; } | kiln_check_space @KIB@
"""


class Overlay2(Model):
    """Docker's overlay2 driver, the default of Amazon Linux 2 and 2023."""

    driver: Literal["overlay2"]
    """Selects this kind of storage."""
    volume: Literal["root", "data"] = "root"
    """Where Docker's directory lies: on the root volume, or on the data volume, mounted there. Default: root."""
    minimum_free: GiB = 2
    """Room that must be left for jobs on that volume, GiB; a machine with less fails its check. Default: 2 GiB."""

    def refusal(self, family: Family) -> str | None:
        """Say why a family of base images cannot have it, and what to use there; None where it can."""
        if family != "al1":
            return None
        return (
            "al1's Docker 20.10 is set up on an LVM thin pool by docker-storage-setup. Use driver: devicemapper with a "
            "basesize, or a base of al2023, whose Docker runs on overlay2"
        )

    def recipe(self, machine: Machine) -> Recipe:
        """Grow or mount the volume, and check driver and room; raises UserError without the data volume it needs."""
        place = _root(machine) if self.volume == "root" else _data(machine)
        return place + Recipe(checks=(check_space(self.minimum_free),))


def check_space(gib: int) -> Check:
    """Docker runs on overlay2, and at least so many GiB are free where its directory is."""
    script = shell.DOCKER + _CHECK_SPACE + _SPACE.replace("@KIB@", str(gib * 2**20))
    return Check(f"docker runs on overlay2 with {gib} GiB free", script)


def _root(machine: Machine) -> Recipe:
    check = f"kiln_check_fills / {machine.root_gib}\n"
    return Recipe(
        steps=(Step("root file system", volumes.GROW + "kiln_grow /\ndf -h /\n"),),
        checks=(Check(f"the root file system fills {machine.root_gib} GiB", volumes.GROW + check),),
    )


def _data(machine: Machine) -> Recipe:
    if machine.data_device is None or machine.data_gib is None:
        raise UserError(
            "docker_storage: overlay2 on the data volume needs a data volume",
            "The definition has none.",
            "Give volumes.data with a size, or docker_storage.volume: root.",
        )
    mount = f"kiln_mount_docker {machine.data_device} {machine.data_gib}\n"
    check = f"kiln_check_fills {DOCKER_DIR} {machine.data_gib}\n"
    return Recipe(
        steps=(Step("docker overlay2 on the data volume", data_volume.MOUNT_DOCKER + mount, timeout=600),),
        checks=(Check(f"{DOCKER_DIR} fills its volume of {machine.data_gib} GiB", volumes.GROW + check),),
    )
