"""The base images that have a name of their own: SSM public parameters of the ECS-optimized AMIs.

Source: "Retrieving Amazon ECS-optimized Linux AMI metadata", Amazon ECS Developer Guide.
"""

import re
from dataclasses import dataclass

from provision.model.recipe import Arch, Family

_ROOT = "/aws/service/ecs/optimized-ami/"


@dataclass(frozen=True)
class Alias:
    """`parameter` holds a JSON text with image_id; `ended` is the day its support ended, or ""."""

    parameter: str
    family: Family
    arch: Arch = "x86_64"
    ended: str = ""


ALIASES = {
    "ecs/al2023": Alias(_ROOT + "amazon-linux-2023/recommended", "al2023"),
    "ecs/al2023-arm64": Alias(_ROOT + "amazon-linux-2023/arm64/recommended", "al2023", "arm64"),
    "ecs/al2023-gpu": Alias(_ROOT + "amazon-linux-2023/gpu/recommended", "al2023"),
    "ecs/al2": Alias(_ROOT + "amazon-linux-2/recommended", "al2", ended="2026-06-30"),
    "ecs/al2-arm64": Alias(_ROOT + "amazon-linux-2/arm64/recommended", "al2", "arm64", ended="2026-06-30"),
    "ecs/al2-gpu": Alias(_ROOT + "amazon-linux-2/gpu/recommended", "al2", ended="2026-06-30"),
    "ecs/al1": Alias(_ROOT + "amazon-linux/recommended", "al1", ended="2025-09-15"),
}

# Builders do no work that needs a large machine; t2.micro is what the 2019 guide used for Amazon Linux 1.
BUILDER_TYPES: dict[tuple[Family, Arch], tuple[str, ...]] = {
    ("al1", "x86_64"): ("t2.micro", "t3.micro"),
    ("al2", "x86_64"): ("m6i.large", "m5.large", "t3.large"),
    ("al2023", "x86_64"): ("m6i.large", "m5.large", "t3.large"),
    ("al2", "arm64"): ("m7g.large", "m6g.large", "t4g.large"),
    ("al2023", "arm64"): ("m7g.large", "m6g.large", "t4g.large"),
}


def find_alias(parameter: str) -> str | None:
    """Return the alias of an AMI by its public parameter in SSM, whole or in part; None where there is none."""
    path = re.sub(r"^(resolve:)?(ssm:)?|/recommended(/image_id)?/?$", "", parameter)
    return next((name for name, alias in ALIASES.items() if alias.parameter == f"{path}/recommended"), None)
