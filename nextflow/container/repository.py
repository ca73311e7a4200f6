"""The ECR repository of Nextflow's image.

Sources: "CreateRepository", "PutLifecyclePolicy", "GetAuthorizationToken", Amazon ECR API Reference;
https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cloud import errors
from cloud.session import Cloud
from kiln.errors import UserError

NAME = "nextflow"
KEPT = 10  # images; older ones are no job definition's of today
_TAG, _SCAN = {"Key": "kiln:image", "Value": NAME}, {"scanOnPush": True}
_POLICY = {
    "rules": [
        {
            "rulePriority": 1, "description": "Kiln: what no tag names", "action": {"type": "expire"},
            "selection": {
                "tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 7,
            },
        },
        {
            "rulePriority": 2, "description": f"Kiln: the newest {KEPT}", "action": {"type": "expire"},
            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": KEPT},
        },
    ]
}  # fmt: skip


@dataclass(frozen=True)
class Login:
    """What docker login takes: `registry` is a host, the password is valid for 12 hours."""

    registry: str
    user: str
    password: str = field(repr=False)


def make_repository(cloud: Cloud) -> str:
    """Make the repository where it is missing, with scan on push, tags that never move, and a lifecycle; its address.

    A run may have ended between any two calls: what it lacks of that is added. A repository that Kiln did not make is
    left as it is, since a lifecycle would expire its images.
    """
    ecr = cloud.client("ecr")
    found = find_repository(cloud)
    if found is None:
        found = ecr.create_repository(
            repositoryName=NAME, imageTagMutability="IMMUTABLE", imageScanningConfiguration=_SCAN, tags=[_TAG]
        )["repository"]  # fmt: skip
    elif _TAG not in ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"]:
        return str(found["repositoryUri"])
    _complete(ecr, found)
    return str(found["repositoryUri"])


def _complete(ecr: Any, found: Mapping[str, Any]) -> None:
    """Add what the repository lacks; a lifecycle that somebody has written stays."""
    if not str(found.get("imageTagMutability")).startswith("IMMUTABLE"):  # IMMUTABLE_WITH_EXCLUSION is as good
        ecr.put_image_tag_mutability(repositoryName=NAME, imageTagMutability="IMMUTABLE")
    if not (found.get("imageScanningConfiguration") or {}).get("scanOnPush"):
        ecr.put_image_scanning_configuration(repositoryName=NAME, imageScanningConfiguration=_SCAN)
    if errors.or_none(ecr.get_lifecycle_policy, "LifecyclePolicyNotFoundException", repositoryName=NAME) is None:
        ecr.put_lifecycle_policy(repositoryName=NAME, lifecyclePolicyText=json.dumps(_POLICY))


def find_repository(cloud: Cloud) -> dict[str, Any] | None:
    """Find DescribeRepositories' entry; None where there is none."""
    answer = errors.or_none(
        cloud.client("ecr").describe_repositories, "RepositoryNotFoundException", repositoryNames=[NAME]
    )
    return dict(answer["repositories"][0]) if answer else None


def find_tagged(cloud: Cloud, tag: str) -> str | None:
    """Find the digest of the image with a tag; None where there is none."""
    query = {"repositoryName": NAME, "imageIds": [{"imageTag": tag}]}
    gone = ("RepositoryNotFoundException", "ImageNotFoundException")
    answer = errors.or_none(cloud.client("ecr").describe_images, *gone, **query)
    return str(answer["imageDetails"][0]["imageDigest"]) if answer else None


def log_in(cloud: Cloud) -> Login:
    """Ask ECR for a login."""
    data = cloud.client("ecr").get_authorization_token()["authorizationData"]
    if not data:
        raise UserError("ECR gave no login", "GetAuthorizationToken answered without one", "Try again.")
    user, _, password = base64.b64decode(data[0]["authorizationToken"]).decode().partition(":")
    return Login(str(data[0]["proxyEndpoint"]).removeprefix("https://"), user, password)
