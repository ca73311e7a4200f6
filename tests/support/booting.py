"""What is to be booted, without AWS: two placements, and an image definition with a check of its own."""

from pathlib import Path
from typing import Any

from images.builder.keys import generate_keys
from images.builder.order import Order
from images.plan.boot import Boot, make_owner_tags
from images.plan.placement import Placement, Subnet
from images.spec.image import ImageSpec
from provision.model.recipe import Check, Recipe

LEAST: dict[str, Any] = {
    "name": "x", "base": {"ssm": "ecs/al2023"}, "docker_storage": {"driver": "overlay2"},
    "tests": [{"name": "mine", "script": "true", "timeout": "3 min"}],
}  # fmt: skip
FIRST, SECOND = (Placement("m6i.large", Subnet(f"subnet-{zone * 8}", zone, "vpc-1")) for zone in "ab")
RECIPE = Recipe(checks=(Check("everywhere", "true"), Check("on the image", "true", on="image")))


def boot(folder: Path, **more: Any) -> Boot:
    """`more` are further keys of the definition."""
    spec = ImageSpec.model_validate(LEAST | more)
    tags = make_owner_tags("x", "20260102T030405Z-abc123", 5400)
    return Boot(spec, RECIPE, "k" * 64, [FIRST, SECOND], "203.0.113.7/32", "20260102T030405Z-abc123", tags, folder)


def order(folder: Path, **more: Any) -> Order:
    """A builder of `boot`."""
    return Order(boot(folder, **more), "builder", "ami-1", [{"DeviceName": "/dev/xvda"}], generate_keys("kiln"))
