"""The record of an image that is being made: its name, its tags, its beginning and its end.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html (name, tags)
"""

import re
from typing import Any

from sandbox.ec2.images.image import Image
from sandbox.ec2.model.errors import refused
from sandbox.ec2.model.tagging import read_tags
from sandbox.world.world import ACCOUNT, current

_NAME = re.compile(r"[A-Za-z0-9()\[\] ./\-'@_]{3,128}")


def check_name(backend: Any, name: str | None) -> None:
    """Raise unless `name` is one that AWS takes and that no image of this account has."""
    if not name or not _NAME.fullmatch(name):
        message = (
            "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', "
            "'-', '/' and '_'"
        )
        raise refused("InvalidAMIName.Malformed", message)
    for image in backend.amis.values():
        if image.owner_id == ACCOUNT and image.name == name:
            raise refused("InvalidAMIName.Duplicate", f"AMI name {name} is already in use by AMI {image.id}")


def finish(image: Any, error: str | None) -> None:
    """`available`, or `failed` with its reason."""
    image.state = "failed" if error else "available"
    if error:
        image.state_reason = {"Code": "Server.InternalError", "Message": f"Server.InternalError: {error}"}


def read_image_tags(request: dict[str, Any]) -> dict[str, dict[str, str]]:
    tags = read_tags(request)
    for kind in tags:
        if kind not in ("image", "snapshot"):
            raise refused(
                "InvalidParameterValue", f"'{kind}' is not a valid taggable resource type for this operation."
            )
    return tags


def begin(
    backend: Any, image_id: str, request: dict[str, Any], mappings: list[dict[str, Any]], **facts: Any
) -> Image:  # fmt: skip
    description = request.get("Description")
    image = Image(backend, image_id, request["Name"], mappings, state="pending", description=description, **facts)
    backend.amis[image.id] = image
    image.add_tags(read_tags(request).get("image", {}))
    delays = current().delays
    current().hide(image.id, delays.image_visible, delays.late_ids)
    return image
