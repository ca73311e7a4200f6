"""What a definition names of the account beside the resources of its own kinds: whether it is there.

Source: CreateRole (PermissionsBoundary), IAM API Reference.
"""

from collections.abc import Iterator
from functools import partial

from cloud import errors
from cloud.looks import Looks
from cloud.session import Cloud
from environments.machines import outside
from environments.machines.outside import Absent
from environments.spec.environment import EnvironmentSpec
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
    return tuple(f"{absent.what}: {absent.why}; {absent.fix}" for absent in _list_absent(cloud, spec, account, looks))


def _list_absent(cloud: Cloud, spec: EnvironmentSpec, account: str, looks: Looks) -> Iterator[Absent]:
    """The environment's own log group is made with it."""
    for name, job in spec.job_definitions.items():
        group = outside.find_log_group(job.log.driver, job.log.options, cloud.region)
        if group and group != spec.log_group.name:
            look = partial(outside.find_absent_group, cloud, name, group)
            if absent := looks.at(f"whether there is the log group {group}", None, look):
                yield absent
        if outside.is_own(job.image, account, cloud.region):
            look = partial(outside.find_absent_image, cloud, name, job.image)
            if absent := looks.at(f"whether ECR has {job.image}", None, look):
                yield absent


def _has_policy(cloud: Cloud, arn: str) -> bool:
    try:
        cloud.client("iam").get_policy(PolicyArn=arn)
    except Exception as error:
        if errors.code(error) != "NoSuchEntity":
            raise
        return False
    return True
