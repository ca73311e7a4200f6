"""The checks of storage that grows: on the builder, and on a machine booted from the image."""

from provision.docker.autoscale_units import COMMAND, PREPARE, WATCH
from provision.model import shell
from provision.model.recipe import Check

_DOCKER = r"""
kiln_docker_answers 120
info=$(kiln_docker_api /info)
info="$(kiln_docker_told Driver <<<"$info") $(kiln_docker_told DockerRootDir <<<"$info")"
echo "$info"
[ "$info" = "@DRIVER@ @DIR@" ] || kiln_fail "Docker runs on $info, not on @DRIVER@ in @DIR@"
"""

CHECK_MOUNT = r"""
kiln_check_mount() {  # MOUNTS DIRECTORY KIND SOURCE MINIMUM_GIB; KiB of the file system on stdin
  local kind source kib
  read -r kib
  source=$(awk -v at="$2" '$2 == at { source = $1 } END { print source }' "$1")
  kind=$(awk -v at="$2" '$2 == at { kind = $3 } END { print kind }' "$1")
  echo "${kind:-nothing} on ${source:-nothing}, $kib KiB"
  [ "$kind" = "$3" ] || kiln_fail "$2 is ${kind:-not mounted}, expected $3"
  # shellcheck disable=SC2254  # the expected source is a pattern
  case "$source" in $4) ;; *) kiln_fail "$2 lies on $source, expected $4" ;; esac
  [ "$kib" -ge $(($5 * 1048576 * 95 / 100)) ] || kiln_fail "the file system is less than 95 % of $5 GiB"
}
"""

_UNITS = r"""
for unit in @PREPARE@ docker.service ecs.service; do
  state=$(systemctl is-enabled "$unit" 2>&1) || kiln_fail "$unit does not start at boot: $state"
  echo "$unit is $state"
done
systemctl is-active @PREPARE@ docker.service || kiln_fail "a unit is not active"
systemctl show docker --property Requires | grep -w @PREPARE@ || kiln_fail "Docker starts without its file system"
"""

# Whether a volume is encrypted is known to EC2 alone: without a role there is nobody to ask here, and the launch of
# the machine, whose block device mapping says so, is the proof.
_ENCRYPTED = r"""
imds() { curl --silent --fail --max-time 5 "${@:2}" "http://169.254.169.254/latest/$1"; }
token=$(imds api/token -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')
known() { imds "meta-data/$1" -H "X-aws-ec2-metadata-token: $token"; }
if ! known iam/security-credentials/ >/dev/null; then
  echo "this machine has no role to ask with: its volumes are encrypted as its launch said"
  exit 0
fi
plain=$(@AWS@ ec2 describe-volumes --region "$(known placement/region)" --output text \
  --filters "Name=attachment.instance-id,Values=$(known instance-id)" --query 'Volumes[?!Encrypted].VolumeId')
echo "volumes without encryption: ${plain:-none}"
[ -z "$plain" ] || kiln_fail "not encrypted: $plain"
"""

_WATCHED = f"""
systemctl is-enabled {WATCH} || kiln_fail "{WATCH} does not start at boot"
systemctl is-active {WATCH} || kiln_fail "{WATCH} does not run"
until {COMMAND} status; do  # it may have been started this second
  [ "$SECONDS" -lt 60 ] || kiln_fail "{WATCH} does not look at its file system"
  sleep 1
done
"""


def list_builder_checks(kind: str, driver: str, mount_point: str, gib: int, aws: str | None) -> tuple[Check, ...]:
    """`kind` is btrfs or lvm, `gib` the size of the data volume, `aws` the path of a CLI that asks about encryption."""
    filesystem, source = ("btrfs", "/dev/*") if kind == "btrfs" else ("xfs", "/dev/mapper/kiln_docker-data")
    docker = _DOCKER.replace("@DRIVER@", driver).replace("@DIR@", mount_point)
    mount = f"df -P -k {mount_point} | awk 'NR == 2 {{ print $2 }}' \\\n  | kiln_check_mount /proc/mounts {mount_point}"
    found = (
        Check(f"docker runs on {driver} in {mount_point}", shell.FAIL + shell.DOCKER + docker),
        Check(
            f"{mount_point} is {filesystem} and fills its volume of {gib} GiB",
            f"{shell.FAIL}{CHECK_MOUNT}{mount} {filesystem} '{source}' {gib}\n",
        ),
        Check("docker waits for its file system", shell.FAIL + _UNITS.replace("@PREPARE@", PREPARE)),
    )
    if aws is None:
        return found
    return (*found, Check("its volumes are encrypted", shell.FAIL + _ENCRYPTED.replace("@AWS@", aws)))


def list_image_checks() -> tuple[Check, ...]:
    """The daemon works on machines made from the image, not on the builder."""
    return (Check("the storage daemon watches", shell.FAIL + _WATCHED, on="image"),)
