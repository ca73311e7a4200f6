"""What a definition names of the account beside the resources of its own kinds: whether it is there.

Sources: CreateRole (PermissionsBoundary), IAM API Reference; "Using the awslogs log driver", AWS Batch User Guide: a
group that is missing ends a job before it starts; DescribeImages, Amazon ECR API Reference.
"""

from collections.abc import Iterator
from functools import partial

from cloud import errors
from cloud.looks import Looks
from cloud.session import Cloud
from environments.spec.environment import EnvironmentSpec
from environments.spec.jobs import JobDefinition
from kiln.errors import UserError


def check(cloud: Cloud, spec: EnvironmentSpec, account: str, looks: Looks) -> tuple[str, ...]:
    """Warn of log groups and images that jobs would miss; raises UserError for a boundary that no role could have."""
    boundary = spec.roles.permissions_boundary
    if boundary and spec.iam == "create":
        there = looks.at(f"whether there is the policy {boundary}", True, partial(_has_policy, cloud, boundary))
        if not there:
            raise UserError(
                f"there is no policy {boundary}",
                "roles.permissions_boundary names it: no role could be made",
                "Correct its ARN, or leave it out: aws iam list-policies --scope Local lists the account's own.",
            )
    jobs = spec.job_definitions.items()
    return (
        *(note for name, job in jobs for note in _check_log_group(cloud, spec, name, job, looks)),
        *(note for name, job in jobs for note in _check_image(cloud, account, name, job, looks)),
    )


def _check_log_group(
    cloud: Cloud, spec: EnvironmentSpec, name: str, job: JobDefinition, looks: Looks
) -> Iterator[str]:  # fmt: skip
    options = job.log.options
    group = options.get("awslogs-group", "")
    elsewhere = options.get("awslogs-region", cloud.region) != cloud.region
    made = group == spec.log_group.name or options.get("awslogs-create-group") == "true"
    if job.log.driver != "awslogs" or not group or made or elsewhere:
        return
    if not looks.at(f"whether there is the log group {group}", True, partial(_has_log_group, cloud, group)):
        yield (
            f"the job definition {name} logs to {group}, and {cloud.region} has no such log group: its jobs end before "
            f"they start; make it: aws logs create-log-group --log-group-name {group}"
        )


def _check_image(cloud: Cloud, account: str, name: str, job: JobDefinition, looks: Looks) -> Iterator[str]:
    place = job.ecr_repository
    if not place or (place["account"], place["region"]) != (account, cloud.region):
        return
    repository, rest = place["repository"], job.image[place.end() :]
    image = {"imageDigest": rest[rest.index("@") + 1 :]} if "@" in rest else {"imageTag": rest[1:] or "latest"}
    look = partial(_find_lacking, cloud, repository, image)
    if lacking := looks.at(f"whether ECR has {job.image}", "", look):
        yield (
            f"the job definition {name} runs {job.image}, and ECR has {lacking}: until it is pushed its jobs cannot "
            "start"
        )


def _has_policy(cloud: Cloud, arn: str) -> bool:
    try:
        cloud.client("iam").get_policy(PolicyArn=arn)
    except Exception as error:
        if errors.code(error) != "NoSuchEntity":
            raise
        return False
    return True


def _has_log_group(cloud: Cloud, name: str) -> bool:
    pages = cloud.client("logs").get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    return any(group["logGroupName"] == name for page in pages for group in page["logGroups"])


def _find_lacking(cloud: Cloud, repository: str, image: dict[str, str]) -> str:
    """In words what ECR does not have; "" where the image is there."""
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
