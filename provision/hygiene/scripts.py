"""The bash of the checks that nothing on a machine is the builder's."""

from provision.model import shell

# cloud-init writes its semaphores once per instance, the first of them before it makes any key or runs user data.
OLDER = (
    shell.FAIL
    + r"""
root=${KILN_ROOT-}
instance_folder() { readlink -f "$root/var/lib/cloud/instance"; }
first_boot() {  # seconds since the epoch
  local born
  born=$(find "$(instance_folder)/sem" -type f -printf '%T@\n' 2>/dev/null | sort -n | head -n 1) || true
  [ -n "$born" ] || kiln_fail "cloud-init has no record of this machine's first boot"
  echo $((${born%.*} - 5))
}
older() {  # PATH…: the files among or in them that came with the image
  local born path
  born=$(first_boot) || kiln_fail "cannot tell what is older than the first boot"
  for path in "$@"; do
    [ ! -e "$path" ] || find "$path" -xdev ! -type d ! -newerct "@$born"
  done
}
none_older() {  # WHAT PATH…
  local what=$1 found
  shift
  found=$(older "$@") || kiln_fail "$what cannot be judged"
  while read -r path; do
    case "$keep" in *"|${path#"$root"}|"*) ;; *) [ -z "$path" ] || echo "came with the image: $path" ;; esac
  done <<<"$found" | { ! grep . ; } || kiln_fail "$what of the builder are left"
  echo "no $what of the builder"
}
homes() { awk -F: '$6 ~ "^/." { print $6 }' "$root/etc/passwd" | sort -u | sed "s,^,$root,"; }
"""
)

HOST_KEYS = r"""
set -- "$root"/etc/ssh/ssh_host_*_key
[ -e "$1" ] || kiln_fail "the machine has no host key"
none_older "host keys" "$root"/etc/ssh/ssh_host_*
for key in @KEYS@; do
  if grep -F "$key" "$root"/etc/ssh/ssh_host_*.pub; then kiln_fail "this is the builder's host key"; fi
done
"""

AUTHORIZED_KEYS = r"""
keys=$(homes | while read -r home; do cat "$home"/.ssh/authorized_keys* 2>/dev/null || true; done \
  | grep -oE 'AAAA[A-Za-z0-9+/=]+' | sort -u) || true
echo "$(grep -c . <<<"$keys" || true) authorized key(s)"
for key in @KEYS@; do
  if grep -qF "$key" <<<"$keys"; then kiln_fail "the builder's key is authorized"; fi
done
[ "$(grep -c . <<<"$keys" || true)" -le 1 ] || kiln_fail "more keys are authorized than this machine's own: $keys"
"""

AGENT_STATE = r"""
none_older "agent state" "$root"/var/lib/ecs/data
"""

MACHINE_ID = r"""
id=$(cat "$root/etc/machine-id" 2>/dev/null || cat "$root/var/lib/dbus/machine-id")
echo "$id"
[[ $id =~ ^[0-9a-f]{32}$ ]] || kiln_fail "the machine-id is not set"
[ "$id" != @MACHINE_ID@ ] || kiln_fail "the machine-id is the builder's"
"""

LEFTOVERS = r"""
none_older "files of Kiln" "$root"/var/lib/kiln "$root"/etc/systemd/system/kiln-deadman.* \
  "$root"/etc/systemd/system/*.wants/kiln-deadman.* "$root"/etc/cron.d/kiln-deadman \
  "$root"/usr/local/sbin/kiln-deadman "$root"/etc/kiln-deadline
"""

PRIVATE = r"""
homes | while read -r home; do
  printf '%s\n' "$home"/.*_history "$home"/.lesshst "$home"/.viminfo "$home"/.aws "$home"/.docker/config.json \
    "$home"/.netrc "$home"/.git-credentials "$home"/.pypirc "$home"/.conda "$home"/.continuum \
    "$home"/.ssh/known_hosts "$home"/.ssh/id_*
done | { mapfile -t paths; none_older "histories and credentials" "${paths[@]}"; }
"""

CLOUD_INIT = r"""
id=$(cat "$root/var/lib/cloud/data/instance-id")
echo "cloud-init ran for $id"
[ "$(instance_folder)" = "$(readlink -f "$root/var/lib/cloud/instances/$id")" ] \
  || kiln_fail "cloud-init has not run for $id"
others=$(find "$root/var/lib/cloud/instances" -mindepth 1 -maxdepth 1 ! -name "$id")
[ -z "$others" ] || kiln_fail "cloud-init's state of another instance is left: $others"
[ "$id" != @INSTANCE_ID@ ] || kiln_fail "cloud-init's state is the builder's"
"""

# The instance's own id, from the metadata service: a machine that kept the builder's state would believe to be it.
METADATA = r"""
if command -v curl >/dev/null 2>&1; then
  at=http://169.254.169.254/latest
  token=$(curl --silent --fail --max-time 10 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' $at/api/token)
  own=$(curl --silent --fail --max-time 10 -H "X-aws-ec2-metadata-token: $token" $at/meta-data/instance-id)
  [ "$id" = "$own" ] || kiln_fail "this machine is $own"
fi
"""

# Compared by repository: what Docker lists as name:<none> was pulled by digest.
IMAGES = r"""
kiln_docker_answers 120
docker images --format '{{.Repository}}' | sort -u | kiln_check_images @EXPECTED@
"""

CHECK_IMAGES = r"""
kiln_check_images() {  # PATTERN…; repositories on stdin
  local name pattern found unexpected=''
  while read -r name; do
    found=''
    # shellcheck disable=SC2053,SC2254
    for pattern in "$@"; do case "$name" in $pattern) found=yes ;; esac; done
    echo "$name"
    [ -n "$found" ] || unexpected+=" $name"
  done
  [ -z "$unexpected" ] || kiln_fail "not of the base image and not in the definition:$unexpected"
}
"""
