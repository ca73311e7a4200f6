"""Distribution packages, by the package manager that the machine has: dnf, yum or apt."""

from typing import Annotated

from pydantic import ConfigDict, Field, RootModel

from kiln.keys.takes import Takes
from provision.model import shell
from provision.model.recipe import Check, Family, Machine, Recipe, Step

Name = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9+._:~-]*(=[A-Za-z0-9+._:~-]+)?$", max_length=120),
    Takes("a package's name", "jq"),
]

# What a base's distribution does not have, with what to do instead. Sources: "EPEL" and "Functionality deprecated in
# AL2 and removed in AL2023", Amazon Linux 2023 User Guide; its package list, which has no btrfs-progs.
LACKING: dict[Family, dict[str, str]] = {
    "al2023": {
        "btrfs-progs": "for storage that grows use docker_storage: {driver: autoscale}, which takes LVM there",
        "epel-release": "Amazon Linux 2023 takes no packages of EPEL: use the distribution's own, or fetch the program "
        "itself",
        "awslogs": "install amazon-cloudwatch-agent, which has taken its place",
        "python2": "install python3",
    }
}

# Lists and archives go to memory. yum ends with 0 when only some of the packages exist, which is why there is a check.
INSTALL = r"""
kiln_install() {  # NAME...
  local cache="$KILN_TMP/packages"
  if command -v dnf >/dev/null 2>&1; then
    dnf --assumeyes --setopt=cachedir="$cache" install "$@"
  elif command -v yum >/dev/null 2>&1; then
    yum --assumeyes --setopt=cachedir="$cache" install "$@"
  elif command -v apt-get >/dev/null 2>&1; then
    mkdir -p "$cache/lists/partial" "$cache/archives/partial"
    local apt=(apt-get -o Dir::State::lists="$cache/lists" -o Dir::Cache="$cache" -o APT::Sandbox::User=root
      -o DPkg::Lock::Timeout=120 --yes)
    export DEBIAN_FRONTEND=noninteractive
    "${apt[@]}" update
    "${apt[@]}" --no-install-recommends install -- "$@"
  else
    kiln_fail "the machine has none of dnf, yum and apt-get"
  fi
  rm -rf "$cache"
}
"""

CHECK = r"""
kiln_installed() {  # NAME: prints its version
  if command -v rpm >/dev/null 2>&1 && rpm -q glibc >/dev/null 2>&1; then
    rpm -q "$1" || rpm -q --whatprovides "$1"
  else
    dpkg-query --show --showformat '${Status} ${Package} ${Version}\n' "${1%%=*}" | grep '^install ok installed'
  fi
}
missing=''
for name in @NAMES@; do kiln_installed "$name" || missing+=" $name"; done
[ -z "$missing" ] || kiln_fail "not installed:$missing"
"""


class Spec(RootModel[tuple[Name, ...]]):
    """Names of packages of the base image's own distribution, such as jq or htop. Default: none."""

    model_config = ConfigDict(frozen=True)
    root: tuple[Name, ...] = ()


def refusal(spec: Spec, family: Family) -> str | None:
    """Why packages cannot be installed on a family of base images, with the alternative; None where they can."""
    for name in spec.root:
        if way := LACKING.get(family, {}).get(name):
            return f"{family} packages no {name}. Leave it out; {way}"
    return None


def recipe(spec: Spec, machine: Machine) -> Recipe:
    """One step that installs all packages and one check that they are there; empty without packages."""
    if not spec.root:
        return Recipe()
    names = " ".join(spec.root)  # validated: no character that a shell would read
    script = shell.FAIL + INSTALL + f"kiln_install {names}\n"
    return Recipe(
        steps=(Step("packages", script, timeout=1200),),
        checks=(Check(f"packages are installed: {names}", shell.FAIL + CHECK.replace("@NAMES@", names)),),
    )
