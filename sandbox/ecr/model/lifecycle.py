"""Law: which images a lifecycle policy lets expire (pure).

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html: rules go by priority,
an image is expired by exactly one or no rule, and never by one behind a rule that it fits, where it still counts; of
tagPrefixList and tagPatternList all entries must fit a tag of the image; `any` stands behind all others.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from sandbox.ecr.model.images import StoredImage

_SECONDS = {"days": 86400.0}


def list_expired(policy: str, images: Sequence[StoredImage], now: float) -> list[StoredImage]:
    """List the images that expire at `now` (seconds since the epoch) under a policy's text."""
    expired: list[StoredImage] = []
    seen: list[StoredImage] = []
    for rule in sorted(json.loads(policy)["rules"], key=lambda rule: int(rule["rulePriority"])):
        selection = rule["selection"]
        fitting = sorted((i for i in images if _fits(selection, i)), key=lambda image: -image.pushed_at)
        expired += [image for image in _choose(selection, fitting, now) if image not in seen]
        seen += fitting
    return expired


def _fits(selection: dict[str, Any], image: StoredImage) -> bool:
    status = selection["tagStatus"]
    if status == "untagged":
        return not image.tags
    patterns = [f"{prefix}*" for prefix in selection.get("tagPrefixList", [])] + selection.get("tagPatternList", [])
    if status == "tagged":
        return bool(image.tags) and all(any(_matches(pattern, tag) for tag in image.tags) for pattern in patterns)
    return True


def _choose(selection: dict[str, Any], newest_first: list[StoredImage], now: float) -> list[StoredImage]:
    number = int(selection["countNumber"])
    if selection["countType"] == "imageCountMoreThan":
        return newest_first[number:]
    if selection["countType"] == "sinceImagePushed":
        limit = now - number * _SECONDS[selection["countUnit"]]
        return [image for image in newest_first if image.pushed_at < limit]
    raise NotImplementedError(f"lifecycle rules by {selection['countType']}")


def _matches(pattern: str, tag: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), tag) is not None
