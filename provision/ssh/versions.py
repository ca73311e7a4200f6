"""What is installed on a machine and how much room it takes: one script, and the values that it prints."""

from collections.abc import Mapping
from dataclasses import dataclass
from shlex import quote

_SCRIPT = r"""
say() { printf '%s=%s\n' "$1" "$(head -n 1 <<<"$2")"; }
used() { df -P -k "$1" | awk 'NR == 2 { printf "%.0f\n", $3 * 1024 }'; }
rpms() { command -v rpm >/dev/null 2>&1 && rpm -q glibc >/dev/null 2>&1; }

say os "$(. /etc/os-release 2>/dev/null && echo "$PRETTY_NAME" || cat /etc/system-release)"
say kernel "$(uname -r)"
say arch "$(uname -m)"
say glibc "$(ldd --version 2>/dev/null | sed -n '1s/.* //p' || true)"
say docker "$(docker --version 2>/dev/null | sed 's/^Docker version //; s/,.*//' || true)"
# Read, not run: it takes seconds to start, and that it runs is another check's matter.
say aws_cli "$(find @PREFIX@/lib -maxdepth 3 -name 'awscli-*.dist-info' 2>/dev/null \
  | sed 's/.*awscli-//; s/\.dist-info//' || true)"
if rpms; then
  for manager in dnf yum; do if command -v "$manager" >/dev/null 2>&1; then break; fi; done
  say package_manager "$manager"
  say ecs_agent "$(rpm -q --queryformat '%{VERSION}' ecs-init 2>/dev/null || true)"
  rpm -qa --queryformat 'package=%{NAME} %{VERSION}-%{RELEASE} %{ARCH}\n' | sort
else
  say package_manager apt
  say ecs_agent "$(dpkg-query --show --showformat '${Version}' ecs-init 2>/dev/null || true)"
  dpkg-query --show --showformat 'package=${Package} ${Version} ${Architecture}\n' | sort
fi
sync
say root_bytes "$(used /)"
if mountpoint -q /var/lib/docker; then
  say data_bytes "$(used /var/lib/docker)"
elif command -v lvs >/dev/null 2>&1; then
  say data_bytes "$(lvs --noheadings --nosuffix --units b --select 'lv_attr=~^t' -o lv_size,data_percent 2>/dev/null \
    | awk '{ sum += $1 * $2 / 100 } END { if (NR) printf "%.0f\n", sum }' || true)"
fi
"""

_NUMBERS = ("root_bytes", "data_bytes")


@dataclass(frozen=True)
class Versions:
    """`software` maps os, kernel, arch, glibc, docker, ecs_agent, aws_cli and package_manager to a version.

    A thing that is not installed is left out. `packages` are lines of name, version and architecture; `root_bytes` and
    `data_bytes` are bytes in use, None where there is no data volume.
    """

    software: Mapping[str, str]
    packages: tuple[str, ...]
    root_bytes: int
    data_bytes: int | None = None


def make_script(prefix: str) -> str:
    """A bash script that prints lines of `key=value`, `package=` once for each package. `prefix` is the AWS CLI's."""
    return _SCRIPT.replace("@PREFIX@", quote(prefix))


def parse(output: str) -> Versions:
    """The values that the script printed; raises ValueError when the output was cut or is something else."""
    pairs = [line.partition("=") for line in output.splitlines()]
    values = {key: value.strip() for key, equals, value in pairs if equals and key != "package"}
    if not values.get("root_bytes", "").isdigit():
        raise ValueError("the list of versions is not complete: root_bytes is missing")
    data = values.get("data_bytes", "")
    return Versions(
        software={key: value for key, value in values.items() if value and key not in _NUMBERS},
        packages=tuple(value for key, _, value in pairs if key == "package"),
        root_bytes=int(values["root_bytes"]),
        data_bytes=int(data) if data.isdigit() else None,
    )
