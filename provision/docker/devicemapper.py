"""Docker on an LVM thin pool, as on Amazon Linux 1: the size of a container's file system is `dm.basesize`."""

from typing import Literal

from pydantic import field_validator

from kiln.errors import UserError
from kiln.models import GiB, Model
from provision.model import shell
from provision.model.recipe import Check, Family, Machine, Recipe, Step

DEFAULT_BASESIZE_GIB = 10
OPTIONS_FILE = "/etc/sysconfig/docker-storage"

# docker-storage-setup writes the file once per instance, with the thin pool's device in it: everything but
# dm.basesize stays as it stands there.
SET_BASESIZE = (
    shell.FAIL
    + r"""
kiln_set_basesize() {  # FILE SIZE
  grep -q '^[[:space:]]*DOCKER_STORAGE_OPTIONS=.*dm\.thinpooldev=' "$1" 2>/dev/null \
    || kiln_fail "$1 names no thin pool (dm.thinpooldev): docker-storage-setup has not run on this machine"
  sed -i -E '/^[[:space:]]*DOCKER_STORAGE_OPTIONS=/ {
    s/[[:space:]]*--storage-opt[= ]dm\.basesize=[^[:space:]"'\'']*//g
    s/(["'\'']?)[[:space:]]*$/ --storage-opt dm.basesize='"$2"'\1/
  }' "$1"
}
"""
)

_CHECK_POOL = (
    shell.FAIL
    + r"""
kiln_bytes() {  # a size as docker info prints it (42.42GB), in bytes
  awk -v size="$1" 'BEGIN {
    power["B"] = 0; power["kB"] = 1; power["MB"] = 2; power["GB"] = 3; power["TB"] = 4; power["PB"] = 5
    unit = size; sub(/^[0-9.]+/, "", unit)
    if (!(unit in power)) exit 1
    printf "%.0f\n", size * 1000 ^ power[unit]
  }'
}
kiln_check_pool() {  # BASE_DEVICE_SIZE VOLUME_BYTES; docker info on stdin
  local info base total bytes
  info=$(cat)
  base=$(sed -n 's/^ *Base Device Size: *//p' <<<"$info")
  total=$(sed -n 's/^ *Data Space Total: *//p' <<<"$info")
  grep '^ *\(Storage Driver\|Pool Name\|Base Device Size\|Data Space \)' <<<"$info" || true
  grep -q '^ *Storage Driver: devicemapper' <<<"$info" || kiln_fail "Docker does not run on devicemapper"
  [ "$base" = "$1" ] || kiln_fail "Base Device Size is ${base:-unknown}, expected $1"
  bytes=$(kiln_bytes "$total") || kiln_fail "Data Space Total is unknown"
  [ "$bytes" -ge $(($2 * 9 / 10)) ] || kiln_fail "Data Space Total is $total: less than 90 % of the volume ($2 bytes)"
}
"""
)

_CHECK_CONTAINER = r"""
kib=$(@RUN@ | awk 'NR == 2 { print $2 }')
echo "df / in a new container: $kib KiB; dm.basesize: @KIB@ KiB"
[ "$kib" -le @KIB@ ] || kiln_fail "a container's file system is larger than dm.basesize"
[ "$kib" -ge $((@KIB@ * 9 / 10)) ] || kiln_fail "a container's file system is less than 90 % of dm.basesize"
"""


def write_size(count: int) -> str:
    """Bytes as `docker info` prints them: four significant digits, powers of 1000 (40 GiB → "42.95GB").

    Source: docker/go-units, HumanSize.
    """
    size, unit = float(count), 0
    while size >= 1000 and unit < 5:
        size, unit = size / 1000, unit + 1
    return f"{size:.4g}{('B', 'kB', 'MB', 'GB', 'TB', 'PB')[unit]}"


class Devicemapper(Model):
    """Docker's devicemapper driver. Removed in Docker 25.0: for Amazon Linux 1 only."""

    driver: Literal["devicemapper"]
    """Selects this kind of storage."""
    basesize: GiB = DEFAULT_BASESIZE_GIB
    """Size of a container's file system (dm.basesize), GiB; it can only grow. Default: 10 GiB, Docker's own."""

    @field_validator("basesize")
    @classmethod
    def _grows(cls, value: int) -> int:
        if value < DEFAULT_BASESIZE_GIB:
            raise ValueError(f"dm.basesize can only grow: at least {DEFAULT_BASESIZE_GIB} GiB, Docker's own size")
        return value

    def refusal(self, family: Family) -> str | None:
        """Say why a family of base images cannot have it, and what to use there; None where it can."""
        if family == "al1":
            return None
        return (
            f"{family} has Docker 25, which has no devicemapper driver (removed in 25.0): dm.basesize means "
            "nothing there. Use driver: overlay2 with a larger volume: overlay2 has no limit of 10 GB per container"
        )

    def recipe(self, machine: Machine) -> Recipe:
        """Set dm.basesize, and check pool and containers; raises UserError without a data volume."""
        if machine.data_gib is None:
            raise UserError(
                "docker_storage: devicemapper needs a data volume",
                "Docker's thin pool lies on a volume of its own.",
                "Give volumes.data with a size, such as 40 GiB.",
            )
        option = f"{self.basesize}GB"  # Docker reads GB as GiB here (units.RAMInBytes): 40GB is 42.95 decimal GB
        base = write_size(self.basesize * 2**30)
        before = "kiln_docker_answers 120\ndocker info 2>/dev/null | grep -E 'Pool Name|Base Device Size'\n"
        step = f"{before}kiln_set_basesize {OPTIONS_FILE} {option}\ncat {OPTIONS_FILE}\nkiln_docker_back restart 120\n"
        pool = f"kiln_docker_answers 120\ndocker info 2>/dev/null | kiln_check_pool {base} {machine.data_gib * 2**30}\n"
        container = _CHECK_CONTAINER.replace("@RUN@", shell.write_container_run("/bin/df -P -k /"))
        return Recipe(
            steps=(
                Step(f"docker devicemapper, {self.basesize} GiB per container", SET_BASESIZE + shell.DOCKER + step),
            ),
            checks=(
                Check(
                    f"docker's base device is {base} and its pool fills the volume", shell.DOCKER + _CHECK_POOL + pool
                ),
                Check(
                    f"a new container has {self.basesize} GiB",
                    shell.FAIL + shell.check_container() + container.replace("@KIB@", str(self.basesize * 2**20)),
                    timeout=180,
                ),
            ),
        )
