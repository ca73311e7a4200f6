"""Bash for EBS volumes: find one by its mapped name, grow a file system to its volume, put Docker on one."""

from provision.model import shell

# By device number and not by name: a kernel that mounts its root without an initrd calls it /dev/root, which is no
# device. A root without partitions is its own disk.
GROW = (
    shell.FAIL
    + r"""
kiln_device_of() {  # MOUNT_POINT: the kernel's name of the device it lies on (nvme0n1p1)
  local number
  number=$(mountpoint -d "$1") || kiln_fail "nothing is mounted at $1"
  [ -e "/sys/dev/block/$number" ] || kiln_fail "$1 does not lie on a block device"
  basename "$(readlink -f "/sys/dev/block/$number")"
}
kiln_disk_of() {  # DEVICE: the whole disk that a partition lies on, or the device itself
  if [ -e "/sys/class/block/$1/partition" ]; then
    basename "$(dirname "$(readlink -f "/sys/class/block/$1")")"
  else
    echo "$1"
  fi
}
kiln_grow() {  # MOUNT_POINT: partition and file system take the whole volume
  local device disk status=0
  device=$(kiln_device_of "$1")
  disk=$(kiln_disk_of "$device")
  if [ "$disk" != "$device" ]; then
    command -v growpart >/dev/null 2>&1 || kiln_fail "growpart is not installed (package cloud-utils-growpart)"
    growpart "/dev/$disk" "$(cat "/sys/class/block/$device/partition")" || status=$?
    [ "$status" -le 1 ] || kiln_fail "growpart ended with exit code $status"  # 1: it had its full size already
  fi
  kiln_grow_fs "$1" "/dev/$device"
}
kiln_grow_fs() {  # MOUNT_POINT DEVICE
  local kind
  kind=$(awk -v at="$1" '$2 == at { kind = $3 } END { print kind }' /proc/mounts)
  case "$kind" in
    xfs) xfs_growfs "$1" ;;
    ext[234]) resize2fs "$2" ;;
    *) kiln_fail "cannot grow a file system of the kind '$kind' at $1: expected xfs or ext4" ;;
  esac
}
kiln_fills() {  # FILE_SYSTEM_KIB VOLUME_BYTES EXPECTED_GIB
  echo "file system $(($1 / 1024)) MiB, volume $(($2 / 1048576)) MiB, expected $3 GiB"
  [ "$2" -ge $(($3 * 1073741824)) ] || kiln_fail "the volume is smaller than $3 GiB"
  [ $(($1 * 1024)) -ge $(($2 * 95 / 100)) ] || kiln_fail "the file system is less than 95 % of its volume"
}
kiln_check_fills() {  # MOUNT_POINT EXPECTED_GIB
  local device kib sectors
  device=$(kiln_device_of "$1")
  kib=$(df -P -k "$1" | awk 'NR == 2 { print $2 }')
  sectors=$(cat "/sys/class/block/$(kiln_disk_of "$device")/size")
  kiln_fills "$kib" $((sectors * 512)) "$2"
}
"""
)

# On Nitro a volume is /dev/nvmeXn1 in no fixed order. Amazon Linux links the mapped name to it; elsewhere EBS has
# written that name into the controller's vendor data (byte 3072); where both are missing, the one disk of that size.
FIND = r"""
kiln_disk_with_name() {  # NAME without /dev/
  local disk found
  for disk in /dev/nvme*n1; do
    [ -b "$disk" ] || continue
    if command -v ebsnvme-id >/dev/null 2>&1; then
      found=$(ebsnvme-id -b "$disk" 2>/dev/null || true)
    else
      found=$(nvme id-ctrl --raw-binary "$disk" 2>/dev/null | tail -c +3073 | head -c 32 | tr -d '\0 ' || true)
    fi
    if [ -n "$found" ] && [ "${found#/dev/}" = "$1" ]; then echo "$disk"; return; fi
  done
}
kiln_disks_of_size() {  # GIB SYS ROOT_DISK: disks of exactly that size, but the root's and instance stores
  local sys name
  for sys in "$2"/block/*; do
    name=${sys##*/}
    case "$name" in loop* | ram* | dm-* | zram* | sr* | md* | "$3") continue ;; esac
    grep -qs '^AWS' "$sys/device/serial" && continue
    grep -qs 'Instance Storage' "$sys/device/model" && continue
    [ "$(cat "$sys/size")" != $(($1 * 2097152)) ] || echo "/dev/$name"
  done
}
kiln_find_disk() {  # DEVICE_NAME GIB
  local short=${1#/dev/} name found
  for name in "$1" "/dev/xvd${short#sd}"; do
    if [ -b "$name" ]; then readlink -f "$name"; return; fi
  done
  found=$(kiln_disk_with_name "$short")
  [ -n "$found" ] || found=$(kiln_disks_of_size "$2" /sys "$(kiln_disk_of "$(kiln_device_of /)")")
  [ "$(wc -w <<<"$found")" -eq 1 ] \
    || kiln_fail "cannot tell which disk is $1: $(wc -w <<<"$found") disks of $2 GiB found (${found//$'\n'/ })"
  echo "$found"
}
"""
