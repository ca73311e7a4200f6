# Functions of the script that prepares a machine while it boots (userdata/boot.py), behind the prologue that it shares
# with the delivery over SSH (provision/model/prologue.sh). cloud-init runs it once for each instance, in
# cloud-final.service, behind which ecs.service is ordered. Needs bash 4.2, coreutils, util-linux and systemd.
umask 022
log=${KILN_ROOT:-}/var/log/kiln-boot.log
agent=none

# cloud-final's output goes to the journal and to the console.
kiln_say() { printf 'kiln-boot: %s\n' "$*" | tee -a "$log"; }

kiln_begin() { # on stdin what stands before each step's script
  mkdir -p "$run" "${log%/*}"
  cat >"$run/prelude"
  chmod 711 "$run"
  kiln_take_memory
  cd /
  trap 'kiln_release_memory; rm -rf "$run"' EXIT
  # The agent must take no job before all is there: not after a power loss in between either, since cloud-init does not
  # run this script again. Stopping also takes back its start, which waits for cloud-final.
  if systemctl is-enabled --quiet ecs 2>/dev/null; then agent=held; fi
  timeout 180 systemctl stop ecs 2>/dev/null || :
  [ "$agent" != held ] || systemctl mask ecs || systemctl disable ecs
}

kiln_file() { # PATH MODE USER GROUP; its content on stdin, read by a fifth argument (base64 -d)
  ${5-cat} >"$run/content"
  kiln_put "$run/content" "$@" >>"$log" 2>&1 || kiln_failed "file $1" "$?"
}

kiln_step() { # NAME LIMIT in seconds; its script on stdin, read by a third argument
  local began=$SECONDS code=0
  { cat "$run/prelude" && ${3-cat}; } >"$run/step"
  printf 'kiln-boot: %s begins, %s\n' "$1" "$(date -u +%FT%TZ)" >>"$log"
  (kiln_exec "$2" "$run/step") >"$run/output" || code=$?
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
