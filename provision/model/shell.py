"""Bash that several provisioners share. Each constant defines functions and goes before the lines that call them.

Everything here runs on Amazon Linux 1 (upstart, bash 4.2) as well as on systemd machines.
"""

from shlex import quote

from provision.model.recipe import Download

CHECK_IMAGE = "kiln-check:local"
BAD_CHECKSUM = 65  # EX_DATAERR of sysexits.h: told apart from every exit code of curl that matters here

FAIL = r"""
kiln_fail() { echo "$*" >&2; exit 1; }
"""

_FETCH = r"""
kiln_fetch() {  # URL SHA256 FILE
  local url=$1 expected=$2 file=$3 actual
  if command -v curl >/dev/null 2>&1; then
    curl --fail --location --silent --show-error --connect-timeout 20 --speed-limit 1024 --speed-time 60 \
      --retry 4 --output "$file" "$url" || { echo "could not fetch $url" >&2; return 1; }
  elif command -v wget >/dev/null 2>&1; then
    wget --no-verbose --tries=5 --timeout=60 --output-document="$file" "$url" \
      || { echo "could not fetch $url" >&2; return 1; }
  else
    echo "could not fetch $url: neither curl nor wget is installed" >&2
    return 1
  fi
  actual=$(sha256sum "$file") || return 1
  actual=${actual%% *}
  if [ "$actual" != "$expected" ]; then
    rm -f -- "$file"
    echo "checksum differs: expected $expected got $actual ($url)" >&2
    return @BAD_CHECKSUM@
  fi
}
"""

# systemd where it runs; upstart keeps AL1's ecs, SysV its docker. A unit may hang for ever (docker.service has no
# start limit of its own), hence the timeout.
SERVICE = r"""
kiln_service() {  # VERB NAME
  if [ -d /run/systemd/system ]; then
    timeout 180 systemctl "$1" "$2"
  elif command -v initctl >/dev/null 2>&1 && initctl status "$2" >/dev/null 2>&1; then
    timeout 180 initctl "$1" "$2"
  else
    timeout 180 service "$2" "$1"
  fi
}
"""

# The daemon is asked over its socket: the docker client takes seconds to start on a small or emulated machine. Every
# ECS-optimized AMI has curl, AL1's is 7.61 (--unix-socket came with 7.40).
DOCKER = (
    SERVICE
    + r"""
kiln_docker_api() {  # PATH [OPTION of curl...]
  local path=$1
  shift
  curl --silent --fail --max-time 100 --unix-socket /var/run/docker.sock "$@" "http://docker$path"
}
kiln_docker_ping() { kiln_docker_api /_ping --max-time 10 >/dev/null 2>&1; }
kiln_docker_told() {  # KEY: a string out of a JSON object on stdin
  grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4
}
kiln_docker_log() {
  if command -v journalctl >/dev/null 2>&1; then
    journalctl --unit docker --lines 25 --no-pager >&2 || true
  else
    tail -n 25 /var/log/docker /var/log/docker.log >&2 2>/dev/null || true
  fi
}
kiln_docker_answers() {  # LIMIT in seconds
  local deadline=$((SECONDS + $1))
  until kiln_docker_ping; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      echo "Docker did not answer within $1 s. Its last log lines:" >&2
      kiln_docker_log
      return 1
    fi
    sleep 1
  done
}
kiln_docker_back() {  # VERB LIMIT: (re)start Docker and see that it answers
  if ! kiln_service "$1" docker; then
    echo "Docker did not come back: $1 failed. Its last log lines:" >&2
    kiln_docker_log
    return 1
  fi
  kiln_docker_answers "$2"
}
"""
)

# The machine's own bash, a few tools and glibc: a container that needs no network and holds no Python.
_CHECK_CONTAINER = r"""
kiln_check_files() {  # the paths of the container's files
  local tools="/bin/bash /bin/sh /bin/cat /bin/df /bin/ls /usr/bin/env" libc name
  # shellcheck disable=SC2086
  { printf '%s\n' $tools; ldd $tools 2>/dev/null | grep -o '/[^ ):]*' || true; }
  libc=$(ldd /bin/bash | awk '$1 == "libc.so.6" { print $3 }')
  for name in libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libutil.so.1 libresolv.so.2 libnss_files.so.2; do
    [ ! -e "${libc%/*}/$name" ] || echo "${libc%/*}/$name"
  done
}
kiln_check_image() {
  kiln_docker_answers 120 || return 1
  kiln_docker_api /images/@CHECK_IMAGE@/json >/dev/null 2>&1 && return
  # Symbolic links are followed (-h), so that the image holds plain files at the paths that programs ask for.
  kiln_check_files | sort -u | sed 's,^/,,' | tar -C / -chf - -T - | docker import - @CHECK_IMAGE@ >/dev/null
}
"""


def fetch(download: Download) -> str:
    """A script fragment that fetches a file to `fetched(download)` and verifies it.

    Where the bytes are others it fails with exit code `BAD_CHECKSUM` and "checksum differs: expected … got …".
    """
    define = _FETCH.replace("@BAD_CHECKSUM@", str(BAD_CHECKSUM))
    return f"{define}kiln_fetch {quote(download.url)} {download.sha256} {find_fetched(download)}\n"


def find_fetched(download: Download) -> str:
    """The path of a fetched file as a bash word: in memory, under the file's own name."""
    return f'"$KILN_TMP"/{quote(download.filename)}'


def check_container() -> str:
    """A script fragment that waits for Docker and makes the image `CHECK_IMAGE` unless the machine has it already."""
    return DOCKER + _CHECK_CONTAINER.replace("@CHECK_IMAGE@", CHECK_IMAGE) + "kiln_check_image\n"


def write_container_run(command: str, *options: str) -> str:
    """One line that runs a bash word list in a fresh check container without network."""
    words = ["docker run --rm --network none", *options, CHECK_IMAGE, command]
    return " ".join(words)
