# What both deliveries of a recipe share, over SSH (provision/ssh/runner.sh) and at boot (userdata/boot.sh): the
# environment of every script, its folder in memory, how a file is put in its place, and how a script is ended at its
# time limit. Read with `run` set to a folder of this boot. Needs bash 4.2, coreutils and util-linux.
set -u
export LC_ALL=C HOME=/root USER=root LOGNAME=root SHELL=/bin/bash
export PATH="${PATH:-}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
export KILN_TMP=$run/tmp TMPDIR=$run/tmp KILN_FAILED=$run/failed

kiln_take_memory() { # what is written to memory never reaches an EBS volume
  mkdir -p "$KILN_TMP"
  mountpoint -q "$KILN_TMP" || mount -t tmpfs -o size=75%,mode=1777 kiln "$KILN_TMP" || chmod 1777 "$KILN_TMP"
}

kiln_release_memory() {
  cd /
  umount -l "$KILN_TMP" 2>/dev/null
  rm -rf "$KILN_TMP"
}

kiln_put() ( # CONTENT PATH MODE USER GROUP: parent folders of mode 755 where they are missing
  exec install -D -m "$3" -o "$4" -g "$5" -- "$1" "$2"
)

kiln_exec() { # LIMIT SCRIPT: becomes the script; at its limit, in seconds, all that it started gets TERM, then KILL
  umask 022
  exec timeout --kill-after=10 "$1" bash "$2" </dev/null 2>&1
}
