"""Tag specifications of a request."""

from collections.abc import Mapping
from typing import Any


def tags_of(request: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Resource type → tags, of a request's TagSpecifications."""
    found: dict[str, dict[str, str]] = {}
    for specification in request.get("TagSpecifications") or []:
        tags = {tag["Key"]: tag.get("Value", "") for tag in specification.get("Tags") or []}
        found.setdefault(specification.get("ResourceType", ""), {}).update(tags)
    return found
