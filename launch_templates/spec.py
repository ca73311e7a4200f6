"""The launch template definition: `launch_templates/*.yaml` → a frozen value. `reference.yaml` is its documentation."""

from collections.abc import Callable
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, PrivateAttr, StrictBool, StrictInt, field_validator, model_validator

from cloud.ebs import Volume, refuse_root
from cloud.machine_images import Family, ImageName
from cloud.names import Tags
from kiln.keys.takes import Takes
from kiln.keys.texts import LocalFile, Text, User
from kiln.models import Model, repeated
from launch_templates import other_tools
from provision.docker.storage import Spec as DockerStorage
from provision.ecs_agent.agent import Spec as EcsAgent
from provision.model.downloads import FileName, Mirror
from provision.provisioners.aws_cli import Spec as AwsCli
from provision.provisioners.files import Spec as Files
from provision.provisioners.java import Spec as Java
from provision.provisioners.packages import Spec as Packages
from provision.provisioners.user_scripts import Spec as Scripts

PLACEHOLDER = "{environment}"
_LETTER, _OWN = r"[a-zA-Z0-9().\-/_]", r"\{environment\}"
Name = Annotated[
    str,
    # CreateLaunchTemplate, Amazon EC2 API Reference; an environment puts its own name in the place of {environment}.
    Field(pattern=rf"^({_LETTER}{{3,128}}|{_LETTER}*{_OWN}({_LETTER}|{_OWN})*)$"),
    Takes("a launch template's name: 3 to 128 letters, digits and ( ) . - / _", "genomics-workflow-template"),
]
Ami = Annotated[
    str,
    Field(pattern=r"^(latest|ami-[0-9a-f]{8,17}|ecs/[a-z0-9-]+)$"),
    Takes("latest, an AMI's id, or an alias such as ecs/al2023", "ami-0123456789abcdef0", known=("latest",)),
]


class DataVolume(Volume):
    """A volume beside those of the AMI, or in the place of one of them."""

    delete_on_termination: StrictBool = True
    """Whether it goes with its machine. Default: true."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not (self.device and self.size):
            raise ValueError("a data volume needs device and size")
        return self


class Volumes(Model):
    """What is asked for beside the AMI's own volumes; an AMI's volume that is not named stays as it is."""

    root: Volume | None = None
    data: DataVolume | None = None

    @model_validator(mode="after")
    def _root_device(self) -> Self:
        if self.root and self.root.device:
            raise ValueError("the root volume's device name is the AMI's; leave it out")
        if self.root:
            refuse_root(self.root)
        return self


class UserPart(Model):
    """A part of user data of one's own: its text, or the local file that holds it."""

    name: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=60),
        Takes("a file name: letters, digits, '.', '_' and '-'", "time-zone"),
    ]
    type: Literal["cloud-config", "shell-script", "boothook"]
    content: Text | None = None
    """The part's text. Give this or source."""
    source: LocalFile | None = None
    """A local file with the text, relative to the definition's folder. Give this or content."""
    _text: str | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _one_text(self) -> Self:
        if (self.content is None) == (self.source is None):
            raise ValueError("give exactly one of content and source")
        return self

    @property
    def text(self) -> str:
        """The part's text. A source must have been loaded."""
        text = self._text if self.content is None else self.content
        if text is None:
            raise RuntimeError(f"{self.source} has not been loaded")
        return text

    def loaded(self, read: Callable[[str], bytes]) -> "UserPart":
        """The same part with the text of its source; raises ValueError for one that is no UTF-8."""
        if self.source is None:
            return self
        copy, content = self.model_copy(), read(self.source)
        try:
            copy._text = content.decode()
        except UnicodeDecodeError:
            raise ValueError(f"user_data ({self.name}): {self.source} {_describe(content)}") from None
        return copy


def _describe(content: bytes) -> str:
    """What a file is that is no UTF-8, and what to do."""
    if content.startswith(b"\x1f\x8b"):
        return "is packed by gzip: give the plain text (gunzip FILE); Kiln packs user data itself"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "is in UTF-16: save it as UTF-8 (iconv -f UTF-16 -t UTF-8 FILE)"
    return "is not UTF-8 text"


class LaunchTemplateSpec(Model):
    """A whole definition. See `launch_templates/reference.yaml` for every key with its meaning, unit and default."""

    OTHER_TOOLS: ClassVar = other_tools.OTHER_TOOLS

    name: Name
    ami: Ami = "latest"
    image: ImageName | None = None
    family: Family | None = None
    user: User = "ec2-user"
    task_credentials: Literal["job-role", "instance-role"]
    volumes: Volumes = Volumes()
    docker_storage: DockerStorage | None = None
    aws_cli: AwsCli | None = None
    ecs_agent: EcsAgent | None = None
    packages: Packages = Packages()
    java: Java = Java()
    files: Files = Files()
    scripts: Scripts = Scripts()
    user_data: tuple[UserPart, ...] = ()
    downloads: dict[FileName, Mirror] = Field(default_factory=dict)
    detailed_monitoring: StrictBool = False
    instance_tags: Tags = Field(default_factory=dict)
    volume_tags: Tags = Field(default_factory=dict)
    keep_versions: StrictInt = Field(5, ge=1, le=1000)

    @field_validator("instance_tags", "volume_tags")
    @classmethod
    def _own_tags(cls, value: Tags) -> Tags:
        for key, text in value.items():
            if key.lower().startswith(("kiln:", "aws:")) or not 0 < len(key) <= 128 or len(text) > 256:
                raise ValueError(
                    f"the tag {key!r} cannot be used: kiln: and aws: are reserved, and a key has at most 128 "
                    "characters, a value 256"
                )
        return value

    @model_validator(mode="after")
    def _latest_of_what(self) -> Self:
        if self.ami == "latest" and not self.image:
            raise ValueError("image is required where ami is latest: the image definition whose newest AMI is meant")
        return self

    @field_validator("user_data")
    @classmethod
    def _once(cls, value: tuple[UserPart, ...]) -> tuple[UserPart, ...]:
        if twice := repeated(part.name for part in value):
            raise ValueError(f"two parts have the name: {twice}")
        return value
