"""The network as an environment definition writes it."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from cloud.names import SubnetId
from kiln.keys.takes import Takes
from kiln.models import Model

Vpc = Annotated[
    str,
    Field(pattern=r"^(default|vpc-[0-9a-f]{8,17})$"),
    Takes("default, or a VPC's id", "vpc-0123456789abcdef0", known=("default",)),
]


def _group(value: str) -> str:
    if re.fullmatch(r"(?!sg-)[a-z]+-([0-9a-f]{8}|[0-9a-f]{17})", value):
        raise ValueError("that is an id of another kind")
    return value


SecurityGroup = Annotated[
    str,
    Field(min_length=1, max_length=255),
    AfterValidator(_group),
    Takes("a security group's id or name", "sg-0123456789abcdef0"),
]


class Network(Model):
    """Where the machines run. They must reach ECS, ECR, S3 and CloudWatch Logs; nothing needs to reach them."""

    vpc: Vpc = "default"
    subnets: tuple[SubnetId, ...] = Field((), max_length=16)
    """Default: every default subnet of the default VPC, every subnet of another VPC."""
    security_groups: tuple[SecurityGroup, ...] = Field((), max_length=5)
    """Ids or names. Default: ENVIRONMENT-batch, which is made without ingress where there is none."""
