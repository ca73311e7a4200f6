"""Whether an AMI has NVIDIA's driver: by Kiln's own tag, or by the name that AWS gave it (pure).

Sources: "Amazon ECS-optimized Linux AMIs" (names; only the GPU variants have drivers) and "Amazon ECS task definitions
for GPU workloads", Amazon ECS Developer Guide. Nothing that EC2 says of anybody else's AMI tells it.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from cloud import tags
from cloud.machine_images import Arch, Family

Driver = Literal["nvidia", "none", "unknown"]
_PUBLISHED = re.compile(
    r"(al2023|amzn2)-ami-ecs-(kernel-[\d.]+-)?(?P<variant>[a-z]+-)?hvm-[\w.-]+|amzn-ami-[\w.-]+-ecs-optimized"
)
_ALIASES: dict[tuple[Family, Arch], str] = {("al2023", "x86_64"): "ecs/al2023-gpu", ("al2", "x86_64"): "ecs/al2-gpu"}
_INSTALLS = re.compile(r"nvidia|cuda", re.IGNORECASE)


def tell_driver(name: str, owner: str, labels: Mapping[str, str]) -> Driver:
    """Tell it of an AMI; `owner` is its owner's alias (amazon) or account.

    A copy of a stock AMI may have got a driver since: without one are AWS's own alone.
    """
    if (recorded := labels.get(tags.GPU)) in ("nvidia", "none"):
        return "nvidia" if recorded == "nvidia" else "none"
    published = _PUBLISHED.fullmatch(name)
    if published and published["variant"] == "gpu-":
        return "nvidia"
    return "none" if published and owner == "amazon" else "unknown"


def record(base: Driver, texts: Iterable[str]) -> Driver:
    """Tell it of an image built on such a base; `texts` is all that the definition does, which may install a driver."""
    return "unknown" if base == "none" and any(map(_INSTALLS.search, texts)) else base


def find_alias(family: Family, arch: Arch) -> str:
    """Return the alias of the ECS-optimized AMI of that family with the driver; "" where AWS publishes none."""
    return _ALIASES.get((family, arch), "")
