"""The parts of user data, by what cloud-init does with them."""

import re
from dataclasses import dataclass
from typing import ClassVar

from kiln.errors import UserError


@dataclass(frozen=True)
class Part:
    """One part of MIME multi-part user data: `name` becomes its file name, `text` is what cloud-init reads.

    cloud-init tells a compressed part by the beginning of its text, so every kind begins with a line of its own
    (cloud-init's documentation, "User-data formats"). Raises UserError for a text that has another beginning.
    """

    name: str
    text: str

    kind: ClassVar[str]
    content_type: ClassVar[str]
    first_line: ClassVar[str]

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", self.name):
            raise UserError(
                f"user data: {self.name!r} cannot name a part", "it becomes a file name", "Use letters, digits, . _ -."
            )
        if not self.text.startswith(self.first_line):
            raise UserError(
                f"user data: the part {self.name} is not a {self.kind}",
                f"it does not begin with {self.first_line}",
                f"Begin it with a line that starts with {self.first_line}, or give its real type.",
            )


@dataclass(frozen=True)
class CloudConfig(Part):
    """A cloud-config: YAML that cloud-init's modules read, in every stage of the boot."""

    kind: ClassVar[str] = "cloud-config"
    content_type: ClassVar[str] = "text/cloud-config"
    first_line: ClassVar[str] = "#cloud-config"


@dataclass(frozen=True)
class ShellScript(Part):
    """A script run as root once for every instance, late in its boot and before the ECS agent starts."""

    kind: ClassVar[str] = "shell-script"
    content_type: ClassVar[str] = "text/x-shellscript"
    first_line: ClassVar[str] = "#!"


@dataclass(frozen=True)
class Boothook(Part):
    """A script run as root early in every boot, as soon as cloud-init has read it."""

    kind: ClassVar[str] = "boothook"
    content_type: ClassVar[str] = "text/cloud-boothook"
    first_line: ClassVar[str] = "#cloud-boothook"


KINDS: dict[str, type[Part]] = {kind.kind: kind for kind in (CloudConfig, ShellScript, Boothook)}
