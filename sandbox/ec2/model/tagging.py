"""Tags: the specifications of a request, and that what is deleted has none.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html ("when you delete a resource, its tags are
deleted")
"""

from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from sandbox.ec2.model.identifiers import is_gone


def read_tags(request: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Read a request's TagSpecifications: resource type → tags."""
    found: dict[str, dict[str, str]] = {}
    for specification in request.get("TagSpecifications") or []:
        tags = {tag["Key"]: tag.get("Value", "") for tag in specification.get("Tags") or []}
        found.setdefault(specification.get("ResourceType", ""), {}).update(tags)
    return found


class Tags(EC2Response):
    def describe_tags(self) -> ActionResult:
        backend = self.ec2_backend
        for resource_id in [resource_id for resource_id in backend.tags if is_gone(backend, resource_id)]:
            del backend.tags[resource_id]
        return super().describe_tags()
