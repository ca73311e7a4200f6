"""Registries that ask for a login: ECR, where the builder's own role is asked, and those whose credentials AWS keeps.

The builder fetches them when it pulls an image, and hands them to Docker's socket (`registry_pull.py`): they are never
in a definition, a file, a log or a command line, and so in no image.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Annotated, Self

from pydantic import model_validator

from kiln.errors import UserError
from kiln.keys.takes import Takes
from kiln.models import Model
from provision.model import shell
from provision.model.recipe import Machine, Step

_HOSTS = r"amazonaws\.com(\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn"
ECR = re.compile(rf"(?P<account>\d{{12}})\.dkr[.-]ecr(-fips)?\.(?P<region>[a-z0-9-]+)\.({_HOSTS})")
"""Names of ECR's private registries: "Amazon ECR endpoints and quotas", AWS General Reference."""
_SECRET = re.compile(r"(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[A-Za-z0-9/_+=.@-]{1,512}")
_PARAMETER = re.compile(r"(arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter)?/?[A-Za-z0-9_.-][A-Za-z0-9_./-]*")
_PROGRAM = Path(__file__).parent / "registry_pull.py"

_PULL = r"""
kiln_pull_with_login() {  # REFERENCE IMAGE TAG REGISTRY SOURCE
  local attempt code
  for attempt in 1 2 3; do
    code=0
    @PYTHON@ -s - "${@:2}" <<'KILN_PROGRAM' || code=$?
@PROGRAM@
KILN_PROGRAM
    [ "$code" != 0 ] || return 0
    [ "$code" != 2 ] || break
    echo "pull of $1: attempt $attempt of 3 failed" >&2
    [ "$attempt" = 3 ] || sleep $((attempt * 5))
  done
  kiln_fail "could not pull $1"
}
"""


class Credentials(Model):
    """Where AWS keeps {"username": "NAME", "password": "WORD"} of a registry: exactly one of the two."""

    secret: Annotated[str, Takes("the name or the ARN of a secret", "registry-login", is_secret=True)] | None = None
    """Name or ARN of a secret in Secrets Manager."""
    parameter: (
        Annotated[str, Takes("the name or the ARN of an SSM parameter", "/registry/login", is_secret=True)] | None
    ) = None
    """Name or ARN of an SSM parameter, a SecureString."""

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.secret is None) == (self.parameter is None):
            raise ValueError("write either secret (Secrets Manager) or parameter (SSM), by name or ARN")
        named, pattern = (self.secret, _SECRET) if self.secret is not None else (self.parameter, _PARAMETER)
        if not pattern.fullmatch(named or ""):
            raise ValueError(
                "write the name or the ARN of what AWS keeps, never user name or password themselves, such as "
                "secret: registry-login"
            )
        return self

    @property
    def source(self) -> str:
        """As the program on the builder is told it."""
        return f"secret:{self.secret}" if self.secret else f"parameter:{self.parameter}"


Registries = Mapping[str, Credentials]


@dataclass(frozen=True)
class Login:
    """Where an image is pulled from, and the source of the credentials for it."""

    registry: str
    source: str


def registry_of(reference: str) -> str:
    """The registry of a reference: what stands before its first slash where that is a host, else Docker Hub."""
    host, slash, _ = reference.partition("/")
    is_host = bool(slash) and ("." in host or ":" in host or host == "localhost")
    return host if is_host and host != "index.docker.io" else "docker.io"


def find_login(reference: str, registries: Registries) -> Login | None:
    """Find what an image is pulled with; None where anybody may pull it."""
    registry = registry_of(reference)
    if ecr := ECR.fullmatch(registry):
        return Login(registry, f"ecr:{ecr['region']}:{ecr['account']}")
    return Login(registry, registries[registry].source) if registry in registries else None


def check(registries: Registries, references: Iterable[str]) -> None:
    """Raise ValueError for a registry that needs no credentials here, or that no image comes from."""
    used = {registry_of(reference) for reference in references}
    for registry in registries:
        if ECR.fullmatch(registry):
            raise ValueError(f"registries: {registry} is ECR, which the builder's role pulls from: leave it out")
        if registry not in used:
            raise ValueError(
                f"registries: no image under container_images comes from {registry}; they come from "
                f"{', '.join(sorted(used)) or 'nowhere'}"
            )


def pull(reference: str, login: Login, machine: Machine) -> Step:
    """The step that pulls an image with a login. Raises UserError where the builder has no Python with boto3."""
    if machine.python is None:
        raise UserError(
            f"{reference} cannot be pulled with a login",
            "the program that does it needs the AWS CLI's Python, and aws_cli is disabled or installs no boto3",
            "Set aws_cli.enabled: true, with boto3 among aws_cli.packages.",
        )
    # The program is part of the step's text: what it reads at run time never is.
    program = _PROGRAM.read_text().rstrip("\n")
    define = _PULL.replace("@PYTHON@", quote(machine.python)).replace("@PROGRAM@", program)
    image, tag = _split(reference)
    arguments = " ".join(map(quote, (reference, image, tag, login.registry, login.source)))
    script = f"{shell.FAIL}{shell.DOCKER}{define}kiln_docker_answers 120\nkiln_pull_with_login {arguments}\n"
    return Step(f"pull {reference}", script, timeout=3600)


def _split(reference: str) -> tuple[str, str]:
    """Image, and its digest or tag, as Docker's API takes them."""
    name, _, digest = reference.partition("@")
    head, slash, last = name.rpartition("/")
    image, _, tag = last.partition(":")
    return f"{head}{slash}{image}", digest or tag or "latest"
