"""The bash of storage that grows: how it is set up on a machine, and how it is sealed into an image."""

from typing import Literal

from provision.docker.autoscale_units import PREPARE

# Command → the package that brings it, by the names that Amazon Linux and Debian share.
_NEEDS = {"btrfs": {"mkfs.btrfs": "btrfs-progs"}, "lvm": {"vgcreate": "lvm2", "mkfs.xfs": "xfsprogs"}}

SET_DRIVER = r"""
kiln_storage_driver() {  # FILE DRIVER: what stood there is another driver's
  mkdir -p "$(dirname "$1")"
  [ -e "$1" ] || install -m 0644 /dev/null "$1"
  sed -i '/^[[:space:]]*DOCKER_STORAGE_OPTIONS=/d' "$1"
  echo "DOCKER_STORAGE_OPTIONS=\"--storage-driver $2\"" >>"$1"
}
kiln_data_root() {  # FILE DIRECTORY PYTHON
  mkdir -p "$(dirname "$1")"
  "$3" -c 'import json, os, sys
path, root = sys.argv[1:]
known = json.load(open(path)) if os.path.exists(path) else {}
json.dump(dict(known, **{"data-root": root}), open(path, "w"), indent=1)' "$1" "$2"
}
"""

INSTALL = r"""
missing=''
for command in @COMMANDS@; do command -v "$command" >/dev/null 2>&1 || missing=yes; done
[ -z "$missing" ] || kiln_install @PACKAGES@
systemctl stop ecs 2>/dev/null || true
systemctl stop docker.socket 2>/dev/null || true  # else a client would start Docker again
kiln_service stop docker
@OPTIONS@systemctl daemon-reload
systemctl enable @PREPARE@
if ! systemctl start @PREPARE@; then
  journalctl --unit @PREPARE@ --lines 25 --no-pager >&2 || true
  kiln_fail "Docker's file system could not be made"
fi
kiln_docker_back start 120
"""

# The growth that a builder may have begun, and LVM's own notes of the builder's disks, belong to the builder.
SEAL = r"""
systemctl enable @WATCH@
rm -rf /var/lib/kiln-storage /etc/lvm/archive /etc/lvm/backup /etc/lvm/devices/system.devices
"""


def fill_in(script: str, kind: Literal["btrfs", "lvm"], options: str) -> str:
    """A script of this module with its names filled in; `options` are lines that tell Docker its driver."""
    values = {
        "@COMMANDS@": " ".join(_NEEDS[kind]),
        "@PACKAGES@": " ".join(_NEEDS[kind].values()),
        "@OPTIONS@": options,
        "@PREPARE@": PREPARE,
    }
    for name, value in values.items():
        script = script.replace(name, value)
    return script
