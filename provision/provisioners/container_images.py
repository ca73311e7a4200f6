"""Container images pulled beforehand, so that a job's first start need not wait for them.

Pulled after Docker's storage is set up: on devicemapper an image keeps the size that it was pulled with. The ECS agent
uses a cached image without asking the registry when image_pull_behavior is prefer-cached or once.
"""

import re
from shlex import quote
from types import MappingProxyType
from typing import Annotated

from pydantic import ConfigDict, Field, RootModel

from kiln.keys.takes import Takes
from provision.model import shell
from provision.model.recipe import Check, Machine, Recipe, Step
from provision.provisioners import registries

_PART = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?/"
_TAG = r":[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"@sha256:[0-9a-f]{64}"
_REFERENCE = rf"^(?:{_HOST})?{_PART}(?:/{_PART})*(?:{_TAG})?(?:{_DIGEST})?$"
Reference = Annotated[
    str,
    Field(pattern=_REFERENCE),
    Takes("an image's reference in small letters", "quay.io/nextflow/bash:latest"),
]

PULL = r"""
kiln_pull() {  # REFERENCE
  local attempt
  for attempt in 1 2 3; do
    if docker pull --quiet "$1"; then return; fi
    echo "docker pull $1: attempt $attempt of 3 failed" >&2
    [ "$attempt" = 3 ] || sleep $((attempt * 5))
  done
  kiln_fail "could not pull $1"
}
"""


def is_reference(text: str) -> bool:
    """Return whether Docker reads the text as an image's reference (distribution/reference, "Grammar")."""
    return bool(re.fullmatch(_REFERENCE, text))


class Spec(RootModel[tuple[Reference, ...]]):
    """References such as ubuntu:24.04 or quay.io/biocontainers/salmon:1.10.3--h45fbf2d_4. Default: none."""

    model_config = ConfigDict(frozen=True)
    root: tuple[Reference, ...] = ()


def recipe(spec: Spec, machine: Machine, logins: registries.Registries = MappingProxyType({})) -> Recipe:
    """One step for each image, and one check that all of them are there; empty without images.

    Images of ECR, and of the registries in `logins`, are pulled with a login; raises UserError where that cannot be.
    """
    if not spec.root:
        return Recipe()
    names = " ".join(map(quote, spec.root))
    inspect = f"docker image inspect --format '{{{{.Id}}}} {{{{.Size}}}} bytes' {names}\n"
    start = shell.FAIL + shell.DOCKER + PULL + "kiln_docker_answers 120\n"
    return Recipe(
        steps=tuple(
            registries.pull(name, login, machine)
            if (login := registries.find_login(name, logins))
            else Step(f"pull {name}", start + f"kiln_pull {quote(name)}\n", timeout=3600)
            for name in spec.root
        ),
        checks=(
            Check(f"images are there: {', '.join(spec.root)}", shell.DOCKER + "kiln_docker_answers 120\n" + inspect),
        ),
    )


def repositories(spec: Spec) -> tuple[str, ...]:
    """The repositories as `docker images` lists them: without tag, digest and Docker Hub's own prefix."""
    names = []
    for reference in spec.root:
        name = reference.partition("@")[0]
        head, slash, last = name.rpartition("/")
        name = head + slash + last.partition(":")[0]
        names.append(name.removeprefix("docker.io/").removeprefix("library/"))
    return tuple(names)
