#!/bin/bash
# Kiln: Docker's directory, and scratch space, on the instance-store disks of this machine; before Docker starts.
# Told by its serial: AWS… is an instance store, vol… an EBS volume. What they held is lost when the instance stops; after
# a reboot it is mounted again. A disk that holds anything that was not made here is left alone, and Docker kept down.
set -euo pipefail
sys=${KILN_SYS:-/sys} dev=${KILN_DEV:-/dev} docker=${KILN_DOCKER:-/var/lib/docker} scratch='@SCRATCH@'
store=${KILN_STORE:-/instance-store} group=kiln_store label=kiln-store

fail() { echo "kiln-instance-store: $*" >&2; exit 1; }

disks() {
  local disk serial
  for disk in "$sys"/block/nvme*; do
    serial=$(cat "$disk/device/serial" 2>/dev/null) || continue
    case "$serial" in AWS*) echo "$dev/${disk##*/}" ;; esac
  done
}

holds() {  # DEVICE: its label where that is ours, "nothing", or what else is there
  local signatures
  [ "$(blkid -p -s LABEL -o value "$1" || true)" != $label ] || { echo $label; return; }
  [ "$(blkid -p -s TYPE -o value "$1" || true)" != LVM2_member ] || { echo "LVM2_member"; return; }
  signatures=$(wipefs --noheadings "$1")
  if [ -n "$signatures" ]; then echo "$signatures"; return; fi
  if [ -n "$(ls -d "$sys/block/${1##*/}/${1##*/}"p* 2>/dev/null)" ]; then echo "partitions"; return; fi
  if cmp -s -n 4194304 "$1" /dev/zero; then echo nothing; else echo "data without a signature"; fi
}

blank() {  # DEVICE: or fail
  local found
  found=$(holds "$1")
  [ "$found" = nothing ] || fail "$1 is not blank and was not made by Kiln; it is left alone: $found"
}

make() {  # DEVICE
  if command -v mkfs.xfs >/dev/null 2>&1; then
    mkfs.xfs -q -K -n ftype=1 -L $label "$1"  # overlay2 needs ftype=1
  else
    mkfs.ext4 -q -m 0 -L $label "$1"
  fi
}

one() {  # DISK
  [ "$(holds "$1")" = $label ] || { blank "$1"; make "$1"; }
}

striped() {  # DISK...: one volume over all of them
  local disk
  if ! vgs $group >/dev/null 2>&1; then
    for disk in "$@"; do blank "$disk"; done
    vgcreate -q $group "$@" >/dev/null
  fi
  vgchange -q -a y $group >/dev/null
  [ -e "$dev/$group/data" ] || lvcreate -q -y -W n -i $# -l 100%FREE -n data $group >/dev/null
  [ "$(holds "$dev/$group/data")" = $label ] || make "$dev/$group/data"
}

move_in() {  # the folder in the store, behind the directory of that path; what the image brought there comes along
  if [ ! -d "$store/$1" ]; then
    rm -rf "$store/.$1"
    mkdir -p "$store/.$1" "$2"
    cp -a "$2/." "$store/.$1/"
    mv "$store/.$1" "$store/$1"
  fi
  mkdir -p "$2"
  mountpoint -q "$2" || mount --bind "$store/$1" "$2"
}

prepare() {
  local found device
  udevadm settle --timeout 30 || true
  mapfile -t found < <(disks)
  case ${#found[@]} in
    0) echo "this machine has no instance store: Docker stays on $(df -P "$docker" | awk 'END { print $1 }')"; return ;;
    1) device=${found[0]}; one "$device" ;;
    *) device=$dev/$group/data; striped "${found[@]}" ;;
  esac
  mkdir -p "$store"
  mountpoint -q "$store" || mount -o noatime "$device" "$store"
  move_in docker "$docker"
  if [ -n "$scratch" ]; then move_in scratch "$scratch"; chmod 1777 "$scratch"; fi
  check
}

check() {  # where Docker's directory is, and that it is where it should be
  local found place
  mapfile -t found < <(disks)
  [ ${#found[@]} -gt 0 ] || { echo "this machine has no instance store"; return; }
  for place in "$docker" ${scratch:+"$scratch"}; do
    if ! mountpoint -q "$place" || [ "$(mountpoint -d "$place")" != "$(mountpoint -d "$store")" ]; then
      fail "$place does not lie on the instance store (${found[*]})"
    fi
    echo "$place: $(df -P -h "$place" | awk 'END { print $2 " on " $1 }'), ${#found[@]} disk(s) of the instance store"
  done
}

"$1"
