"""Condition keys that speak of tags.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (aws:RequestTag,
aws:ResourceTag, aws:TagKeys)
"""

from collections.abc import Iterable, Mapping
from typing import Any

Keys = dict[str, tuple[str, ...]]


def list_requested(tags: Mapping[str, str | None]) -> Keys:
    """List aws:RequestTag/… and aws:TagKeys of the tags that a request sets, or takes away (value None)."""
    keys: Keys = {f"aws:requesttag/{key}".lower(): (value,) for key, value in tags.items() if value is not None}
    return keys | ({"aws:tagkeys": tuple(tags)} if tags else {})


def list_carried(tags: Mapping[str, str], *services: str) -> Keys:
    """List aws:ResourceTag/… of a resource, and the same under a service's own prefix."""
    return {
        f"{service}:resourcetag/{key}".lower(): (value,)
        for service in ("aws", *services)
        for key, value in tags.items()
    }


def as_dict(tags: Iterable[Mapping[str, Any]] | Mapping[str, Any] | None) -> dict[str, str]:
    """Read AWS's lists (Key and Value, in either case), or its maps."""
    if isinstance(tags, Mapping):
        if all(isinstance(tag, Mapping) for tag in tags.values()):
            return as_dict(list(tags.values()))
        return {key: str(value or "") for key, value in tags.items()}
    return {
        str(tag.get("Key", tag.get("key"))): str(tag.get("Value", tag.get("value", "")) or "") for tag in tags or ()
    }
