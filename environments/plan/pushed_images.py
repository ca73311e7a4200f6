"""The newest image of a repository of ECR, named by its digest: what a job definition that says `ecr` runs.

It is here, and not beside what builds the image, because registering an environment asks it: nothing of
`environments/` knows of Nextflow's container, and whoever runs head jobs asks here too. An image is found by its tag:
what has none is a part of another (of an index), or an image whose tag was moved on. Source: DescribeImages, Amazon
ECR API Reference.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cloud import errors
from cloud.session import Cloud

_NONE = "RepositoryNotFoundException"


@dataclass(frozen=True)
class PushedImage:
    """An image as ECR has it: its reference by digest, its tags, and when it was pushed."""

    reference: str
    digest: str
    tags: tuple[str, ...]
    pushed: datetime


def find_pushed(cloud: Cloud, repository: str) -> PushedImage | None:
    """Find the newest tagged image of the account's repository; None where there is no image, or no repository."""
    try:
        asked = {"repositoryName": repository, "filter": {"tagStatus": "TAGGED"}}
        pages = cloud.client("ecr").get_paginator("describe_images").paginate(**asked)
        listed = [image for page in pages for image in page["imageDetails"]]
    except Exception as error:
        if errors.code(error) != _NONE:
            raise
        return None
    newest = max(listed, key=lambda image: image["imagePushedAt"], default=None)
    if newest is None:
        return None
    registry = f"{newest['registryId']}.dkr.ecr.{cloud.region}.amazonaws.com"
    end = ".cn" if cloud.region.startswith("cn-") else ""
    reference = f"{registry}{end}/{repository}@{newest['imageDigest']}"
    return PushedImage(reference, newest["imageDigest"], tuple(newest["imageTags"]), newest["imagePushedAt"])


def list_references(cloud: Cloud, repositories: Iterable[str]) -> dict[str, str]:
    """Find the newest image of every repository: its name → the image's reference; without those that have none."""
    pushed = {repository: find_pushed(cloud, repository) for repository in repositories}
    return {repository: image.reference for repository, image in pushed.items() if image}
