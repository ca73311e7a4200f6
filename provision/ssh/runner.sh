#!/bin/bash
# Runs the plan that lies beside it, detached from the SSH connection that started it.
# Needs prologue.sh beside it, bash 4.2, coreutils, util-linux, grep and sed; runs as root.
#
#   runner.sh start OFFSET   starts it unless it runs already, then shows the journal from byte OFFSET until it ends.
#                            Exit code 74: the runner was killed. 75: the machine has not rebooted yet, try again.
#   runner.sh run            what start leaves running
#
# plan      one line for each script NNN.sh: step or check, its time limit in seconds, 1 to reboot behind it
# journal   "|" and a line that the script wrote · "$" and a line of the command that failed · else an event:
#             begin N · cut N · full N MOUNTPOINT · end N CODE CENTISECONDS · interrupted N · reboot N BOOT_ID · done
#           An event ends in " .", so that one torn by a power loss is none, and starts on a new line whatever
#           was torn before it. Empty lines mean nothing. Between them, start writes NUL bytes as a sign of life.
# KILN_ROOT stands before the runner's own paths; sudo drops it, so that only tests can set it.
set -uf
umask 077

dir=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
run=${KILN_ROOT:-}/run/kiln/${dir##*/}
journal=$dir/journal
boot_id_file=${KILN_ROOT:-}/proc/sys/kernel/random/boot_id
[ -e "$boot_id_file" ] || boot_id_file=/proc/sys/kernel/random/boot_id
# shellcheck source-path=SCRIPTDIR/../model
. "$dir/prologue.sh"

mapfile -t plan <"$dir/plan"
limit=$((16 * 1024 * 1024 / (${#plan[@]} + 1))) # bytes of output kept of each script; more of its end is kept too
[ "$limit" -le 1048576 ] || limit=1048576
[ "$limit" -ge 65536 ] || limit=65536
end_kept=16384

uptime_cs() { # centiseconds, without starting a process
  local up
  read -r up _ </proc/uptime
  now_cs=$((10#${up/./}))
}

emit() { printf '\n%s .\n' "$*" >&8 || exit 74; }

last_event() { grep -aE '^(begin|end|interrupted|reboot|done)( .*)? \.$' "$journal" | tail -n 1; }

reserve() { # room for the whole journal, so that a script that fills the disk cannot silence the runner
  local error
  : >"$journal"
  if ! error=$(fallocate -n -l "$((${#plan[@]} * (limit + 2 * end_kept) + 65536))" "$journal" 2>&1); then
    case $error in *'No space left'*) rm -f "$journal"; echo "$error" >&2; exit 28 ;; esac
  fi
}

# -- the connection's side

start() {
  local offset=$1
  [ -e "$journal" ] || reserve
  umask 066 # steps may let another user write below KILN_TMP
  mkdir -p "$run"
  umask 077
  exec 9>"$dir/lock"
  if flock -n 9; then
    [ ! -s "$journal" ] || check_journal "$offset"
    : >"$run/pid"
    # What a shell starts in the background ignores interrupts, and so would every script.
    (trap - INT QUIT && exec setsid bash "$dir/runner.sh" run </dev/null >/dev/null 2>&1) &
    echo "$!" >"$run/pid"
  else
    until [ -s "$run/pid" ] && kill -0 "$(<"$run/pid")" 2>/dev/null || flock -n 9; do sleep 0.05; done
  fi
  exec 9>&-
  follow "$offset"
}

check_journal() { # of an earlier start
  local boot_id last size
  read -r boot_id <"$boot_id_file"
  last=$(last_event)
  [ "${last#reboot * }" != "$boot_id ." ] || exit 75
  size=$(stat -c %s "$journal")
  # A power loss can take back bytes that were shown already: what follows must not hide behind them.
  [ "$size" -ge "$1" ] || head -c "$(($1 - size))" /dev/zero | tr '\0' '\n' >>"$journal"
}

follow() {
  local tail_pid life_pid
  tail -c "+$(($1 + 1))" -s 0.2 --pid="$(<"$run/pid")" -f "$journal" 2>/dev/null &
  tail_pid=$!
  (
    trap '' PIPE
    while sleep 5 >/dev/null 2>&1 && printf '\0' 2>/dev/null; do :; done
    kill "$tail_pid" # nobody listens any more
  ) &
  life_pid=$!
  wait "$tail_pid"
  kill "$life_pid"
  case $(last_event) in done* | reboot*) exit 0 ;; *) exit 74 ;; esac
}

# -- the detached side

run() {
  local next=0
  cd / || exit 74
  exec 8>>"$journal"
  kiln_take_memory
  [ ! -s "$journal" ] || resume
  while [ "$next" -lt "${#plan[@]}" ]; do
    perform "$next"
    next=$((next + 1))
  done
  finish
}

resume() { # sets next: the first script that has not been started yet
  set -- $(last_event)
  [ "$#" -gt 1 ] || return 0
  [ "$1" != done ] || exit 0
  next=$(($2 + 1))
  case $1 in
    begin) emit interrupted "$2" && after "$2" 255 ;;
    interrupted) after "$2" 255 ;;
    end) after "$2" "$3" ;;
  esac
}

perform() {
  local n=$1 code began pid script
  printf -v script '%s/%03d.sh' "$dir" "$n"
  set -- ${plan[n]}
  [ -p "$run/output" ] || mkfifo "$run/output"
  emit begin "$n"
  uptime_cs
  began=$now_cs
  : >"$KILN_FAILED"
  # What a shell starts in the background ignores interrupts, and so would the script.
  (trap - INT QUIT && kiln_exec "$2" "$script") >"$run/output" 8>&- 9>&- &
  pid=$!
  record "$n" "$pid" 7<"$run/output"
  wait "$pid" 2>/dev/null
  code=$?
  uptime_cs
  if [ "$code" != 0 ]; then
    [ ! -s "$KILN_FAILED" ] || head -c 2000 "$KILN_FAILED" | while IFS= read -r line; do printf '$%s\n' "$line" >&8; done
    report_full_disks "$n"
  fi
  emit end "$n" "$code" "$((now_cs - began))"
  after "$n" "$code"
}

after() { # a step that failed ends the plan; one may ask for a reboot; a check does neither
  local n=$1 code=$2 boot_id
  set -- ${plan[n]}
  [ "$1" = step ] || return 0
  [ "$code" = 0 ] || finish
  [ "$3" = 1 ] || return 0
  read -r boot_id <"$boot_id_file"
  emit reboot "$n" "$boot_id"
  sync
  release_memory
  reboot
  exit 0
}

# -- what a script writes: journaled as it comes, bounded, and never made to wait

record() { # what the script that runs as process $2 writes into descriptor 7
  local n=$1 pid=$2 left=4096 line rest='' status give_up=''
  while [ "$left" -gt 0 ]; do # the little that most scripts write needs no further process
    IFS= read -r -t 0.2 -n 4000 -u 7 line
    status=$?
    rest+=$line
    if [ "$status" -eq 0 ] || [ "${#rest}" -ge 4000 ]; then
      printf '|%s\n' "$rest" >&8
      left=$((left - ${#rest} - 2))
      rest=''
    fi
    [ "$status" -eq 0 ] || [ "$status" -gt 128 ] || break
    if ! kill -0 "$pid" 2>/dev/null; then # only a process that the script left behind can still be writing
      # What it wrote between the read and its end is still there to be read.
      [ -n "$give_up" ] || { give_up=$((SECONDS + 5)) && continue; }
      # A read may time out in the middle of what is there: it takes a byte at a time, and a machine may be slow.
      { [ "$status" -eq 0 ] || [ -n "$line" ]; } && [ "$SECONDS" -lt "$give_up" ] || break
    fi
  done
  [ -z "$rest" ] || printf '|%s\n' "$rest" >&8
  [ "$left" -gt 0 ] || record_bulk "$n" "$pid"
  if [ "$status" -ne 1 ]; then # it keeps a reader, and the next script gets a pipe of its own
    cat <&7 >/dev/null 2>&1 8>&- 9>&- &
    rm -f "$run/output"
  fi
}

record_bulk() { # up to the limit all of it, beyond that its last lines: they tell why a script failed
  dd bs=65536 count="$limit" iflag=count_bytes <&7 2>/dev/null 8>&- 9>&- | sed -u 's/^/|/' >&8 9>&- &
  drained "$!" "$2"
  tail -c "$end_kept" <&7 >"$run/end" 8>&- 9>&- &
  drained "$!" "$2"
  [ -s "$run/end" ] || return 0
  emit cut "$1"
  sed 's/^/|/' "$run/end" >&8
}

drained() { # waits for a reader to end, though not long for one that a process left behind keeps waiting
  local give_up=''
  while kill -0 "$1" 2>/dev/null; do
    kill -0 "$2" 2>/dev/null || : "${give_up:=$((SECONDS + 5))}"
    [ -z "$give_up" ] || [ "$SECONDS" -lt "$give_up" ] || kill "$1"
    sleep 0.1
  done
}

report_full_disks() {
  df -P -k / "$dir" "$KILN_TMP" /var/lib/docker 2>/dev/null | sort -u | while read -r _ _ _ free _ mountpoint; do
    case $free in *[!0-9]*) ;; *) [ "$free" -ge 1024 ] || emit full "$1" "$mountpoint" ;; esac
  done
}

release_memory() {
  kiln_release_memory
}

finish() {
  release_memory
  emit done
  exit 0
}

"$@"
