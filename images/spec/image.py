"""The image definition: `images/*.yaml` → a frozen `ImageSpec`. `images/reference.yaml` is its documentation."""

import re
from typing import Annotated, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from cloud.ebs import Volume, refuse_root
from cloud.machine_images import ImageName
from cloud.names import AccountId, Tags, check_ec2_tags
from images.spec import bases, other_tools
from images.spec.base import Base
from images.spec.builder import Builder
from kiln.keys.takes import Takes
from kiln.keys.texts import Script
from kiln.models import Model, Seconds
from provision.docker.storage import Spec as DockerStorage
from provision.ecs_agent.agent import Spec as EcsAgent
from provision.model.downloads import FileName, Mirror
from provision.model.recipe import Arch, Family
from provision.provisioners.aws_cli import Spec as AwsCli
from provision.provisioners.container_images import Spec as ContainerImages
from provision.provisioners.files import Spec as Files
from provision.provisioners.java import Spec as Java
from provision.provisioners.packages import Spec as Packages
from provision.provisioners.registries import Credentials, check, find_login
from provision.provisioners.user_scripts import Spec as Scripts

AmiName = Annotated[
    str,
    Field(max_length=100),
    Takes("a name, in quotes: {name}, {date} and {key} are filled in", '"{name}-{date}-{key}"'),
]

_MOST_TAGS = 35  # beside some ten of Kiln's own, and one for each family whose memory is measured


class Volumes(Model):
    """Launched as they shall ship: CreateImage can change none of this."""

    root: Volume = Volume()
    data: Volume | None = None

    @model_validator(mode="after")
    def _devices(self) -> Self:
        if self.root.device:
            raise ValueError("the root volume's device name is the base image's; leave it out")
        if self.data and not (self.data.device and self.data.size):
            raise ValueError("a data volume needs device and size")
        refuse_root(self.root)
        return self


class Test(Model):
    """A check of one's own: a bash script run as root, on the builder and on a machine booted from the AMI."""

    name: Annotated[str, Takes("what it checks, in a few words", "the reference is there")] = Field(
        min_length=1, max_length=80
    )
    script: Script = Field(min_length=1)
    timeout: Seconds = 120


class Share(Model):
    """With whom the AMI is shared once it is tested."""

    accounts: tuple[AccountId, ...] = ()


class ImageSpec(Model):
    """A whole image definition. See `images/reference.yaml` for every key with its meaning, unit and default."""

    OTHER_TOOLS: ClassVar = other_tools.OTHER_TOOLS

    name: ImageName
    description: Annotated[str, Takes("a text", "Images of our pipelines")] = Field("", max_length=200)
    base: Base
    ami_name: AmiName = "{name}-{date}-{key}"
    """Name of the AMI: {name}, {date} (UTC, yyyymmdd) and {key} (first 8 digits) are filled in."""
    builder: Builder = Builder()
    volumes: Volumes = Volumes()
    docker_storage: DockerStorage
    aws_cli: AwsCli = AwsCli()
    ecs_agent: EcsAgent = EcsAgent()
    packages: Packages = Packages()
    java: Java = Java()
    files: Files = Files()
    scripts: Scripts = Scripts()
    container_images: ContainerImages = ContainerImages()
    registries: dict[Annotated[str, Takes("a registry's host name", "quay.io")], Credentials] = Field(
        default_factory=dict
    )
    """Registry → where AWS keeps the credentials for its container images. ECR needs none."""
    downloads: dict[FileName, Mirror] = Field(default_factory=dict)
    """File name of a pinned file (* and ? allowed) → its mirror, for networks without internet."""
    tags: Tags = Field(default_factory=dict)
    share: Share = Share()
    tests: tuple[Test, ...] = ()

    @field_validator("tags")
    @classmethod
    def _own_tags(cls, value: dict[str, str]) -> dict[str, str]:
        return check_ec2_tags(value, _MOST_TAGS)

    @field_validator("ami_name")
    @classmethod
    def _name_can_be_filled(cls, value: str) -> str:
        rest = re.sub(r"\{(name|date|key)\}", "", value)
        if not re.fullmatch(r"[A-Za-z0-9()\[\] ./'@_-]*", rest):
            raise ValueError("letters, digits and ()[] ./-'@_ are allowed, and {name}, {date}, {key}")
        return value

    @property
    def private_images(self) -> tuple[str, ...]:
        """The container images that are pulled with a login."""
        return tuple(name for name in self.container_images.root if find_login(name, self.registries))

    @model_validator(mode="after")
    def _can_log_in(self) -> Self:
        check(self.registries, self.container_images.root)
        if self.private_images and not self.builder.instance_profile:
            raise ValueError(
                f"{self.private_images[0]} is pulled with a login, for which the builder needs a role: name its "
                "instance profile under builder.instance_profile. What the role must be allowed: "
                f"invoke iam-policy --builder --image {self.name}"
            )
        return self

    @property
    def family(self) -> Family:
        """As the alias says, else as `base.family` does."""
        return bases.ALIASES[self.base.ssm].family if self.base.ssm else self.base.family or "al2023"

    @property
    def arch(self) -> Arch:
        """As the alias says; for other bases preflight holds it against the AMI's own."""
        return bases.ALIASES[self.base.ssm].arch if self.base.ssm else "x86_64"
