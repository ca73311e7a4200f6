"""The registries' names that a guest knows, all at one address: the sandbox answers there in their place.

A stand-in for DNS, in the guests alone (/etc/hosts). The registries of ECR in every region of the account, the public
ones that people pull from, and one of the sandbox's own for images of any other registry.
"""

from dataclasses import dataclass

ADDRESS = "169.254.169.251"
ACCOUNT = "123456789012"
CA = "/run/kiln-stand-in/registry-ca.crt"
"""Where a guest finds the certificate of the sandbox's CA, while it runs."""
REGIONS = (
    *("af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1"),
    *("ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5"),
    *("ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2", "eu-north-1"),
    *("eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1", "me-south-1"),
    *("mx-central-1", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2"),
)
ECR = tuple(f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com" for region in REGIONS)
HUB = ("registry-1.docker.io", "index.docker.io", "auth.docker.io", "docker.io")
"""Docker Hub: where Docker asks for it."""
PUBLIC = (
    *("public.ecr.aws", "quay.io", "ghcr.io", "gcr.io", "registry.k8s.io", "registry.gitlab.com", "nvcr.io"),
    *("mcr.microsoft.com", "depot.galaxyproject.org", "community.wave.seqera.io", "wave.seqera.io"),
)
ANY = "registry.kiln-sandbox.internal"
"""Serves REGISTRY/NAME for a held image of a registry that is not in the lists above."""
NAMES = (*ECR, *HUB, *PUBLIC, ANY)


@dataclass(frozen=True)
class RegistryDoor:
    """Where on this host's loopback the registries answer, and their CA's certificate (DER in base64)."""

    port: int
    ca: str


def write_hosts() -> str:
    """Write a guest's /etc/hosts."""
    lines = ["127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback"]
    return "\n".join([*lines, *(f"{ADDRESS} {name}" for name in NAMES)]) + "\n"
