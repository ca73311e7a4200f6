"""The network as an environment definition writes it."""

from typing import Annotated

from pydantic import Field

from kiln.models import Model


class Network(Model):
    """Where the machines run. They must reach ECS, ECR, S3 and CloudWatch Logs; nothing needs to reach them."""

    vpc: str = Field("default", pattern=r"^(default|vpc-[0-9a-f]{8,17})$")
    subnets: tuple[Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")], ...] = Field((), max_length=16)
    """Default: every default subnet of the default VPC, every subnet of another VPC."""
    security_groups: tuple[Annotated[str, Field(min_length=1, max_length=255)], ...] = Field((), max_length=5)
    """Ids or names. Default: ENVIRONMENT-batch, which is made without ingress where there is none."""
