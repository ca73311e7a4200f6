# Functions of the script that prepares a machine while it boots (userdata/boot.py). cloud-init runs it once for each
# instance, in cloud-final.service, behind which ecs.service is ordered. Needs bash 4.2, coreutils and systemd.
# KILN_ROOT stands before its own paths; cloud-init sets no such variable, so that only tests do.
set -u
umask 022
export LC_ALL=C HOME=/root USER=root LOGNAME=root SHELL=/bin/bash
export PATH="${PATH:-}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

run=${KILN_ROOT:-}/run/kiln-boot
log=${KILN_ROOT:-}/var/log/kiln-boot.log
agent=none
export KILN_TMP=$run/tmp TMPDIR=$run/tmp KILN_FAILED=$run/failed

# cloud-final's output goes to the journal and to the console.
kiln_say() { printf 'kiln-boot: %s\n' "$*" | tee -a "$log"; }

kiln_begin() { # on stdin what stands before each step's script
  mkdir -p "$KILN_TMP" "${log%/*}"
  cat >"$run/prelude"
  chmod 711 "$run"
  # What is written to memory never reaches an EBS volume.
  mount -t tmpfs -o size=75%,mode=1777 kiln "$KILN_TMP" || chmod 1777 "$KILN_TMP"
  cd / || exit 1
  trap kiln_release EXIT
  # The agent must take no job before all is there: not after a power loss in between either, since cloud-init does not
  # run this script again. Stopping also takes back its start, which waits for cloud-final.
  if systemctl is-enabled --quiet ecs 2>/dev/null; then agent=held; fi
  timeout 180 systemctl stop ecs 2>/dev/null || :
  [ "$agent" != held ] || systemctl mask ecs || systemctl disable ecs
}

kiln_release() {
  cd / && { umount "$KILN_TMP" 2>/dev/null || umount -l "$KILN_TMP" 2>/dev/null; rm -rf "$run"; }
}

kiln_file() { # PATH MODE USER GROUP; its content on stdin, in base64 behind a fifth argument
  mkdir -p "$run"
  if [ "$#" -gt 4 ]; then base64 -d; else cat; fi >"$run/content"
  install -D -m "$2" -o "$3" -g "$4" -- "$run/content" "$1" >>"$log" 2>&1 || kiln_failed "file $1" "$?"
}

kiln_step() { # NAME LIMIT in seconds; its script on stdin, in base64 behind a third argument
  local began=$SECONDS code=0
  { cat "$run/prelude" && if [ "$#" -gt 2 ]; then base64 -d; else cat; fi; } >"$run/step"
  printf 'kiln-boot: %s begins, %s\n' "$1" "$(date -u +%FT%TZ)" >>"$log"
  : >"$run/output"
  rm -f "$KILN_FAILED"
  timeout --kill-after=10 "$2" bash "$run/step" </dev/null >"$run/output" 2>&1 || code=$?
  cat "$run/output" >>"$log"
  [ "$code" = 0 ] || kiln_failed "$1" "$code" "$((SECONDS - began))" "$2"
  kiln_say "$1: done in $((SECONDS - began)) s"
}

kiln_failed() { # NAME CODE [SECONDS LIMIT]: nothing further is done, and no cluster gets a machine half prepared
  local why="ended with exit code $2"
  [ "$#" -lt 4 ] || [ "$3" -lt "$4" ] || why="was ended at its time limit of $4 s (exit code $2)"
  kiln_say "$1 $why"
  [ ! -s "$KILN_FAILED" ] || kiln_say "the command that failed: $(head -c 2000 "$KILN_FAILED")"
  tail -n 40 "$run/output" 2>/dev/null || :
  kiln_say "this machine takes no jobs: the ECS agent is masked. Log: $log. To try it nevertheless:" \
    "systemctl unmask ecs && systemctl enable ecs && systemctl start ecs"
  exit 1
}

kiln_ready() {
  kiln_say "ready after $SECONDS s"
  [ "$agent" = held ] || return 0
  systemctl unmask ecs
  systemctl enable ecs
  # Not waited for: the agent starts when cloud-final, which waits for this script, has ended.
  systemctl --no-block start ecs
}
