"""The base AMI: by alias, id, or owner and name."""

import json

from cloud import errors
from cloud.machine_images import Disk as BaseDisk
from cloud.machine_images import MachineImage as BaseImage
from cloud.machine_images import describe, from_description, parse_time
from cloud.session import Cloud
from images.spec import bases
from images.spec.image import ImageSpec
from kiln.errors import UserError

__all__ = ["BaseDisk", "BaseImage", "describe", "find", "from_description", "parse_time", "read_parameter"]


def find(cloud: Cloud, spec: ImageSpec) -> BaseImage:
    """Find the base AMI of a definition as AWS has it now; raises UserError when there is none or it does not fit."""
    base = spec.base
    if base.ssm:
        images = describe(cloud, ImageIds=[read_parameter(cloud, base.ssm)])
    elif base.ami:
        images = describe(cloud, ImageIds=[base.ami])
    else:
        filters = [{"Name": "name", "Values": [base.name]}, {"Name": "state", "Values": ["available"]}]
        images = describe(cloud, Owners=[base.owner], Filters=filters)
    if not images:
        raise UserError(
            f"there is no such base AMI in {cloud.region}",
            f"base {base.ssm or base.ami or f'{base.name} of owner {base.owner}'} matches no AMI",
            "Check the region (AMI ids differ between regions), the owner and the name filter.",
        )
    newest = from_description(max(images, key=lambda image: image["CreationDate"]))
    if base.ssm and newest.arch != spec.arch:
        raise UserError(f"{newest.id} is {newest.arch}, but {base.ssm} should be {spec.arch}")
    return newest


def read_parameter(cloud: Cloud, alias: str) -> str:
    """Read the id of the newest AMI behind an alias (ecs/al2023); raises UserError where the region has none."""
    parameter = bases.ALIASES[alias].parameter
    try:
        answer = cloud.client("ssm").get_parameter(Name=parameter)
    except Exception as error:
        if not errors.is_not_found(error):
            raise
        raise UserError(
            f"{alias} has no AMI in {cloud.region}",
            f"the SSM parameter {parameter} does not exist",
            "Try another region.",
        ) from error
    return str(json.loads(answer["Parameter"]["Value"])["image_id"])
