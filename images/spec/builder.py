"""The machine on which an image is made, and how Kiln reaches it."""

import ipaddress
from typing import Annotated, Literal

from pydantic import Field, field_validator

from cloud.names import InstanceType, SubnetId
from kiln.keys.takes import Takes
from kiln.keys.texts import User
from kiln.models import Model, Seconds

InstanceProfile = Annotated[
    str,
    Field(pattern=r"^(arn:aws[a-z-]*:iam::\d{12}:instance-profile/[A-Za-z0-9_+=,.@/-]+|[A-Za-z0-9_+=,.@-]{1,128})$"),
    Takes("the name or the ARN of an instance profile", "kiln-builder"),
]


SshFrom = Annotated[
    str, Takes("a CIDR, auto (this computer), or none (a tunnel)", "203.0.113.7/32", known=("auto", "none"))
]


class Connect(Model):
    """How Kiln reaches the builder."""

    via: Literal["public", "private"] = "public"
    """The public or the private address of the machine."""
    proxy_command: Annotated[str, Field(min_length=1), Takes("a command", "ssh -W %h:%p bastion")] | None = None
    """A command whose stdin and stdout are the connection: %h address, %p port, %i instance id."""


class Builder(Model):
    """The machine on which the image is made; nothing here changes what is in the image."""

    instance_types: tuple[InstanceType, ...] = ()
    """In order of preference; the next is tried where AWS has no capacity. Default by architecture."""
    subnets: tuple[SubnetId, ...] = ()
    """In order of preference; default: the default VPC's."""
    market: Literal["on-demand", "spot"] = "on-demand"
    user: User = "ec2-user"
    """The login user of the base image."""
    time_limit: Seconds = 5400
    """The builder ends itself this long after its start, whatever happened to Kiln."""
    instance_profile: InstanceProfile | None = None
    """Name or ARN of an instance profile, for SSM Session Manager or scripts that call AWS."""
    ssh_from: SshFrom = "auto"
    """The one address range that may reach port 22: a CIDR, `auto` (this computer's own), or `none` (a tunnel)."""
    connect: Connect = Connect()

    @field_validator("ssh_from")
    @classmethod
    def _narrow(cls, value: str) -> str:
        if value in {"auto", "none"}:
            return value
        try:
            network = ipaddress.ip_network(value)
        except ValueError:
            raise ValueError("write a CIDR such as 203.0.113.7/32, or auto, or none") from None
        if network.prefixlen < network.max_prefixlen // 4:
            raise ValueError(f"{value} would let {network.num_addresses} addresses in; name the one that you come from")
        return value
