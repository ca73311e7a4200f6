"""What job definitions name outside of AWS Batch, images in ECR and log groups: whether it is there.

The plan asks about definitions before they are registered, the doctor about those that are. Sources: "Using the awslogs
log driver", AWS Batch User Guide (a group that is missing ends a job before it starts); DescribeImages, Amazon ECR API
Reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cloud import errors
from cloud.session import Cloud
from environments.spec.job_images import repository_of

_SHORTEST = 2  # CreateRepository, repositoryName


@dataclass(frozen=True)
class Absent:
    """`what` a job definition names in vain, `why` that matters, and the `fix`."""

    definition: str
    what: str
    why: str
    fix: str


def find_log_group(driver: str, options: Mapping[str, str], region: str) -> str:
    """Find the group of this region that must be there before a job starts; "" where none must be (pure)."""
    makes = options.get("awslogs-create-group") == "true"
    elsewhere = options.get("awslogs-region", region) != region
    return "" if driver != "awslogs" or makes or elsewhere else options.get("awslogs-group", "")


def find_absent_group(cloud: Cloud, definition: str, group: str) -> Absent | None:
    """Find that the region has no such log group: one call, and one for each hundred whose names begin so."""
    pages = cloud.client("logs").get_paginator("describe_log_groups").paginate(logGroupNamePrefix=group)
    if any(found["logGroupName"] == group for page in pages for found in page["logGroups"]):
        return None
    return Absent(
        definition, f"the job definition {definition} logs to {group}, and {cloud.region} has no such log group",
        "its jobs end before they start", f"aws logs create-log-group --log-group-name {group}",
    )  # fmt: skip


def is_own(image: str, account: str, region: str) -> bool:
    """Tell whether the image lies in ECR of this account and region (pure)."""
    place = repository_of(image)
    return place is not None and (place["account"], place["region"]) == (account, region)


def find_absent_image(cloud: Cloud, definition: str, image: str) -> Absent | None:
    """Find that ECR of this account and region, where the image should be, lacks it."""
    place = repository_of(image)
    if place is None:
        return None
    rest = image[place.end() :]
    wanting = {"imageDigest": rest[rest.index("@") + 1 :]} if "@" in rest else {"imageTag": rest[1:] or "latest"}
    lacking = _find_lacking(cloud, place["repository"], wanting)
    if not lacking:
        return None
    return Absent(
        definition, f"the job definition {definition} runs {image}, and ECR has {lacking}",
        "until it is pushed its jobs cannot start", f"push the image {image}, or name another in the definition",
    )  # fmt: skip


def _find_lacking(cloud: Cloud, repository: str, image: dict[str, str]) -> str:
    """In words what ECR does not have; "" where the image is there. No repository's name has a single letter."""
    if len(repository) < _SHORTEST:
        return f"no repository {repository}"
    try:
        cloud.client("ecr").describe_images(repositoryName=repository, imageIds=[image])
    except Exception as error:
        lacking = {
            "RepositoryNotFoundException": f"no repository {repository}",
            "ImageNotFoundException": f"no image {next(iter(image.values()))} in {repository}",
        }
        if errors.code(error) not in lacking:
            raise
        return lacking[str(errors.code(error))]
    return ""
