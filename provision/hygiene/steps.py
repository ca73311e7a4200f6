"""The sealing steps: nothing of the builder stays in the image. They are the last before imaging.

What they cannot do is take a byte back that was once written: EBS takes no discard, so a deleted file's blocks stay in
the snapshot. Downloads and caches are therefore kept in memory while the recipe runs.

The runner, its journal and the authorized keys are not removed here: that is the client's last command, since without
the keys a lost connection cannot be opened again.
"""

from collections.abc import Iterable
from shlex import quote

from provision.model import shell
from provision.model.recipe import Machine, Recipe, Step

# KILN_ROOT stands before every path that is cleared; unset on a machine, a folder in tests.
CLEAR = (
    shell.FAIL
    + r"""
root=${KILN_ROOT-}
kept() {  # PATH: whether the definition itself put that file there
  case "$keep" in *"|${1#"$root"}|"*) return 0 ;; esac
  return 1
}
forget() {  # PATH…: files, or folders with all that is in them
  local path file
  for path in "$@"; do
    [ -e "$path" ] || [ -L "$path" ] || continue
    while IFS= read -r -d '' file; do
      kept "$file" || rm -f -- "$file"
    done < <(find "$path" -xdev ! -type d -print0)
    [ -L "$path" ] || [ ! -d "$path" ] || find "$path" -xdev -depth -type d -empty -delete 2>/dev/null || true
  done
}
homes() { awk -F: '$6 ~ "^/." { print $6 }' "$root/etc/passwd" | sort -u | sed "s,^,$root,"; }
"""
)

_AGENT = r"""
# An agent that finds the builder's state registers as the builder, or never (ECS Developer Guide, custom AMIs).
kiln_service stop ecs >/dev/null 2>&1 || true
if [ -d /run/systemd/system ] && systemctl --quiet is-active ecs; then kiln_fail "the ECS agent does not stop"; fi
kiln_docker_answers 60
# shellcheck disable=SC2046
docker rm --force ecs-agent $(docker ps --all --quiet --filter ancestor=@CHECK_IMAGE@) >/dev/null 2>&1 || true
docker rmi --force @CHECK_IMAGE@ >/dev/null 2>&1 || true
"""

CLEAR_AGENT = r"""
if grep -Es '^[[:space:]]*(ECS_CLUSTER|ECS_INSTANCE_ATTRIBUTES)=' "$root/etc/ecs/ecs.config"; then
  kiln_fail "/etc/ecs/ecs.config binds the image to a cluster: AWS Batch sets this itself on each instance"
fi
[ ! -d "$root/var/lib/ecs/data" ] || find "$root/var/lib/ecs/data" -mindepth 1 -delete
"""

_CACHES = r"""
if command -v dnf >/dev/null 2>&1; then dnf clean all
elif command -v yum >/dev/null 2>&1; then yum clean all
elif command -v apt-get >/dev/null 2>&1; then apt-get clean; fi >/dev/null
# The service saves a new seed when it is stopped: now, so that it does not do so at power-off.
systemctl stop systemd-random-seed >/dev/null 2>&1 || true
"""

CLEAR_CACHES = r"""
forget "$root"/var/cache/{dnf,yum,apt/archives}/* "$root"/var/lib/apt/lists/* "$root"/root/.cache
forget "$root"/var/lib/{dhclient,dhcp}/* "$root"/var/lib/NetworkManager/*.lease
forget "$root"/var/lib/systemd/random-seed "$root"/var/lib/random-seed
for path in "$root"/tmp/* "$root"/tmp/.[!.]* "$root"/var/tmp/* "$root"/var/tmp/.[!.]*; do
  case "$0/ ${KILN_TMP-}/" in *"$path"/*) continue ;; esac  # what is running now
  case "$path" in */systemd-private-*) continue ;; esac
  forget "$path"
done
"""

# Amazon Linux 2023 has no rsyslog; asking for it by name takes seconds where it is not.
_LOGS = r"""
if [ -e /var/run/rsyslogd.pid ] || [ -e /var/run/syslogd.pid ]; then
  systemctl stop rsyslog >/dev/null 2>&1 || service rsyslog stop >/dev/null 2>&1 || true
fi
"""

# What `cloud-init clean --logs` removes and more, without the seconds that it takes to start, and on AL1 too,
# whose cloud-init has no such command. Scripts under scripts/per-boot and the like belong to the image, all else in
# cloud-init's folder to the instance: its user data too, with the private host key in it. An empty machine-id is made
# anew at boot (machine-id(5)); dbus's own copy goes, unless it is a link to the other.
CLEAR_IDENTITY = r"""
[ ! -d "$root/var/lib/cloud" ] \
  || find "$root/var/lib/cloud" -mindepth 1 -maxdepth 1 ! -name scripts ! -name seed -exec rm -rf {} +
rm -rf "$root"/var/log/journal/*
find "$root/var/log" -xdev -type f \( -name '*.[0-9]' -o -name '*.gz' -o -name '*.xz' -o -name '*.old' \
  -o -name '*-20[0-9][0-9][0-9][0-9][0-9][0-9]' \) -delete
find "$root/var/log" -xdev -type f -exec truncate -s 0 {} +
[ ! -e "$root/etc/machine-id" ] || truncate -s 0 "$root/etc/machine-id"
[ -L "$root/var/lib/dbus/machine-id" ] || rm -f "$root/var/lib/dbus/machine-id"
"""

# Until the power is off, a switch that lives in memory alone takes the place of the one on the disk.
_SWITCH = r"""
left=$(($(cat /etc/kiln-deadline 2>/dev/null || echo 0) - $(date +%s)))
if [ "$left" -gt 0 ]; then
  if [ -d /run/systemd/system ]; then
    systemd-run --quiet --on-active="$left" /sbin/shutdown -h now
    systemctl stop kiln-deadman.timer >/dev/null 2>&1 || true
  else
    setsid shutdown -h +$((left / 60 + 1)) </dev/null >/dev/null 2>&1 &
  fi
fi
"""

# The deadline goes last: a switch that finds none ends the machine at once.
CLEAR_SWITCH = r"""
rm -f "$root"/etc/systemd/system/*.wants/kiln-deadman.* "$root"/etc/systemd/system/kiln-deadman.* \
  "$root"/etc/cron.d/kiln-deadman
rm -f "$root"/usr/local/sbin/kiln-deadman
rm -f "$root"/etc/kiln-deadline
"""

CLEAR_KEYS = r"""
homes | while read -r home; do
  forget "$home"/.*_history "$home"/.lesshst "$home"/.viminfo "$home"/.wget-hsts
  forget "$home"/.aws "$home"/.docker/config.json "$home"/.netrc "$home"/.git-credentials "$home"/.pypirc
  forget "$home"/.conda "$home"/.continuum
  forget "$home"/.ssh/known_hosts* "$home"/.ssh/id_*
done
rm -f "$root"/etc/ssh/ssh_host_*
sync
"""


def recipe(machine: Machine, keep: Iterable[str] = ()) -> Recipe:
    """The sealing steps. `keep` are absolute paths that the definition itself put on the machine and that stay."""
    clear = f"keep={quote('|' + '|'.join(keep) + '|')}\n{CLEAR}"
    agent = _AGENT.replace("@CHECK_IMAGE@", shell.CHECK_IMAGE)
    return Recipe(
        sealing=(
            Step("agent state", clear + shell.DOCKER + agent + CLEAR_AGENT),
            Step("caches and temporary files", clear + _CACHES + CLEAR_CACHES),
            Step("logs, cloud-init and machine identity", clear + _LOGS + CLEAR_IDENTITY),
            Step("dead-man's switch", clear + _SWITCH + CLEAR_SWITCH),
            Step("keys, credentials and histories", clear + CLEAR_KEYS),
        )
    )
