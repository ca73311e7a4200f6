"""The build key: equal keys, equal images."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cloud.tags import pack as as_tag
from cloud.tags import unpack as from_tag
from images.spec.image import ImageSpec
from provision.model.recipe import Recipe

__all__ = ["PARTS", "as_tag", "digest_inputs", "explain", "from_tag", "make_key"]

# The parts of a definition that shape the image. The builder, the AMI's name and its sharing are not among them.
PARTS = (
    "volumes",
    "docker_storage",
    "aws_cli",
    "ecs_agent",
    "packages",
    "java",
    "files",
    "scripts",
    "container_images",
    "tags",
    "tests",
)


def digest_inputs(spec: ImageSpec, base_id: str, recipe: Recipe) -> dict[str, str]:
    """The inputs of an image by name: the base AMI's id, and digests (8 hex digits) of the recipe and of every part."""
    dumped = spec.model_dump(mode="json")
    digests = {"base": base_id, "recipe": recipe.digest()[:8]}
    return digests | {part: _digest(dumped[part])[:8] for part in PARTS}


def make_key(spec: ImageSpec, base_id: str, recipe: Recipe) -> str:
    """SHA-256 (hex) over the base AMI's id, the recipe and the definition."""
    dumped = spec.model_dump(mode="json")
    return _digest([spec.name, base_id, recipe.digest(), {part: dumped[part] for part in PARTS}])


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def explain(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """Which input changed, in words; `old` is empty where no image of that name exists yet."""
    if not old:
        return "no image of this name exists yet"
    reasons = []
    if old.get("base") != new["base"]:
        reasons.append(f"the base AMI changed: {old.get('base', '?')} → {new['base']}")
    parts = [part for part in PARTS if old.get(part) != new[part]]
    if parts:
        reasons.append(f"the definition changed: {', '.join(parts)}")
    elif old.get("recipe") != new["recipe"]:
        reasons.append("Kiln's own recipe for it changed, or a download's mirror")
    return "; ".join(reasons) or "nothing changed"
