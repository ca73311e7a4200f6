"""Bash that puts Docker's directory on a data volume, which it formats only when blank."""

from provision.model import shell
from provision.model.volumes import FIND, GROW

LABEL = "kiln-docker"  # at most 12 characters, for xfs

# Docker must not start on the root volume when this one is missing: the drop-in makes it wait for the mount, and fail
# without it (x-systemd.before= in fstab would read better, but Amazon Linux 2's systemd 219 does not know it).
# nofail keeps the machine reachable then.
MOUNT_DOCKER = (
    GROW
    + FIND
    + shell.DOCKER
    + r"""
kiln_blank() {  # DEVICE: no signature, no partitions, nothing in its first 4 MiB
  [ -z "$(wipefs "$1")" ] && cmp -s -n 4194304 "$1" /dev/zero
}
kiln_format() {  # DEVICE
  kiln_blank "$1" || kiln_fail "$1 is not blank and was not made by Kiln; it is left alone: $(wipefs "$1" | tail -n +2)"
  if command -v mkfs.xfs >/dev/null 2>&1; then
    mkfs.xfs -q -n ftype=1 -L @LABEL@ "$1"  # overlay2 needs ftype=1
  else
    mkfs.ext4 -q -m 0 -L @LABEL@ "$1"
    # Else it writes its inode tables some time later: 1/64 of the disk, in the AMI's snapshot or not by chance.
    tune2fs -E mount_opts=noinit_itable "$1" >/dev/null
  fi
}
kiln_move_docker() {  # DEVICE: what the base image brought in Docker's directory moves along
  mkdir -p "$KILN_TMP/docker-volume"
  mount "$1" "$KILN_TMP/docker-volume"
  cp -a /var/lib/docker/. "$KILN_TMP/docker-volume/"
  umount "$KILN_TMP/docker-volume"
  find /var/lib/docker -xdev -mindepth 1 -delete
}
kiln_fstab() {  # FILE UUID KIND
  sed -i '\,[[:space:]]/var/lib/docker[[:space:]],d' "$1"
  echo "UUID=$2 /var/lib/docker $3 defaults,noatime,nofail,x-systemd.device-timeout=90s 0 2" >>"$1"
}
kiln_docker_needs_mount() {  # UNIT_DIR
  mkdir -p "$1/docker.service.d"
  printf '[Unit]\nRequiresMountsFor=/var/lib/docker\n' >"$1/docker.service.d/kiln-data-volume.conf"
}
kiln_mount_docker() {  # DEVICE_NAME GIB
  local device
  device=$(kiln_find_disk "$1" "$2")
  systemctl stop ecs 2>/dev/null || true
  systemctl stop docker.socket 2>/dev/null || true  # else a client would start Docker again
  kiln_service stop docker
  mkdir -p /var/lib/docker
  if [ "$(blkid -p -s LABEL -o value "$device" || true)" != @LABEL@ ]; then
    kiln_format "$device"
    kiln_move_docker "$device"
  fi
  kiln_fstab /etc/fstab "$(blkid -p -s UUID -o value "$device")" "$(blkid -p -s TYPE -o value "$device")"
  kiln_docker_needs_mount /etc/systemd/system
  systemctl daemon-reload
  mountpoint -q /var/lib/docker || mount /var/lib/docker
  kiln_grow_fs /var/lib/docker "$device"
  kiln_docker_back start 120
}
""".replace("@LABEL@", LABEL)
)
