"""References of container images, as Docker reads them: `debian:12` is docker.io/library/debian:12.

Source: "Image references", Docker's documentation (docker image tag): a first part with a dot, a colon, or `localhost`
is a registry; without one it is Docker Hub, whose own images lie under library/; without tag and digest it is `latest`.
"""

import re
from dataclasses import dataclass

HUB = "docker.io"
_HUBS = (HUB, "index.docker.io", "registry-1.docker.io")
_ECR = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com")
_PATH = re.compile(r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Reference:
    """`host` is the registry ("docker.io" for Docker Hub). With a digest the tag says nothing and is ""."""

    host: str
    path: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        return f"{self.name}@{self.digest}" if self.digest else f"{self.name}:{self.tag}"

    @property
    def name(self) -> str:
        return f"{self.host}/{self.path}"


def parse(text: str) -> Reference:
    """Read a reference; ValueError, with the reason, for a text that is none."""
    rest, _, digest = text.partition("@")
    head, slash, last = rest.rpartition("/")
    last, colon, tag = last.partition(":")
    host, path = _divide(f"{head}{slash}{last}")
    if digest and not _DIGEST.fullmatch(digest):
        raise ValueError(f"{text!r} has no digest of the form sha256:… behind its @")
    if not _PATH.fullmatch(path):
        raise ValueError(f"{text!r} is no name of an image: write it in small letters, such as debian:stable-slim")
    if colon and not _TAG.fullmatch(tag):
        raise ValueError(f"{text!r} has no tag of letters, digits, dots, dashes and underscores behind its colon")
    return Reference(host, path, "" if digest else tag or "latest", digest)


def _divide(name: str) -> tuple[str, str]:
    first, slash, rest = name.partition("/")
    if not (slash and ("." in first or ":" in first or first == "localhost")):
        first, rest = HUB, name
    if first in _HUBS:
        return HUB, rest if "/" in rest else f"library/{rest}"
    return first, rest


def find_ecr(host: str) -> tuple[str, str] | None:
    """Read account and region of the name of an ECR registry ("Amazon ECR endpoints and quotas"); None for others."""
    found = _ECR.fullmatch(host)
    return (found["account"], found["region"]) if found else None
