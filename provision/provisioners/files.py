"""Files put on the machine as they are."""

import hashlib
import re
from collections.abc import Callable
from shlex import quote
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, PrivateAttr, RootModel, field_validator, model_validator

from kiln.keys.takes import Takes
from kiln.keys.texts import LocalFile, Text
from kiln.models import Model, repeated
from provision.model import shell
from provision.model.recipe import Check, File, Machine, Recipe

# Files that another part of the definition extends; overwriting them would lose what the base image wrote there.
OWNED = {
    "/etc/ecs/ecs.config": "ecs_agent sets its keys, and AWS Batch adds ECS_CLUSTER itself",
    "/etc/kiln/storage.json": "docker_storage writes its settings there",
    "/etc/sysconfig/docker-storage": "docker_storage extends what docker-storage-setup wrote there",
}

CHECK = r"""
kiln_check_file() {  # PATH SHA256 MODE
  local sum mode
  [ -f "$1" ] || kiln_fail "$1 does not exist"
  sum=$(sha256sum "$1")
  mode=$(stat --format %a "$1")
  echo "$1 mode $mode sha256 ${sum%% *}"
  [ "${sum%% *}" = "$2" ] || kiln_fail "$1 has other content than defined"
  [ "$mode" = "$3" ] || kiln_fail "$1 has mode $mode, expected $3"
}
"""


def _octal(value: Any) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"0?[0-7]{3}|0?[0-7]{4}", value):
        raise ValueError('write the mode as octal digits in quotes, such as "0644"')
    return int(value, 8)


FilePath = Annotated[
    str,
    Field(pattern=r"^(/[A-Za-z0-9_.@:+-]+)+$"),
    Takes("an absolute path on the machine", "/etc/profile.d/pipeline.sh"),
]
Owner = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_-]*:[a-z_][a-z0-9_-]*$"), Takes("user:group", "root:root")]


class Entry(Model):
    """One file: its content as text, or the local file that holds it."""

    path: FilePath
    """Absolute path on the machine."""
    content: Text | None = None
    """The file's text. Give this or source."""
    source: LocalFile | None = None
    """A local file with the content, relative to the definition's folder. Give this or content."""
    mode: Annotated[int, BeforeValidator(_octal), Takes("octal digits in quotes", '"0644"')] = 0o644
    """Permissions as octal digits in quotes. Default: "0644"."""
    owner: Owner = "root:root"
    """user:group. Default: root:root."""
    _data: bytes | None = PrivateAttr(None)

    @field_validator("path")
    @classmethod
    def _free(cls, value: str) -> str:
        if value in OWNED:
            raise ValueError(f"{value} cannot be replaced: {OWNED[value]}")
        if {".", ".."} & set(value.split("/")):
            raise ValueError("must not contain . or ..")
        if value.endswith(("/.docker/config.json", "/.dockercfg")):
            raise ValueError(
                f"{value} holds passwords of registries, which would be in the image: name the registries under "
                "registries, and Kiln hands their credentials to Docker while the image is built"
            )
        return value

    @model_validator(mode="after")
    def _one_content(self) -> "Entry":
        if (self.content is None) == (self.source is None):
            raise ValueError("give exactly one of content and source")
        return self

    @property
    def payload(self) -> bytes:
        """The file's content. A source must have been loaded (`Spec.loaded`)."""
        if self.content is not None:
            return self.content.encode()
        if self._data is None:
            raise RuntimeError(f"{self.source} has not been loaded")
        return self._data

    def loaded(self, read: Callable[[str], bytes]) -> "Entry":
        """The same file with the content of its source."""
        if self.source is None:
            return self
        copy = self.model_copy()
        copy._data = read(self.source)
        return copy


class Spec(RootModel[tuple[Entry, ...]]):
    """Files put on the machine before any step. Default: none."""

    model_config = ConfigDict(frozen=True)
    root: tuple[Entry, ...] = ()

    @field_validator("root")
    @classmethod
    def _once(cls, value: tuple[Entry, ...]) -> tuple[Entry, ...]:
        if twice := repeated(entry.path for entry in value):
            raise ValueError(f"defined twice: {twice}")
        return value

    def loaded(self, read: Callable[[str], bytes]) -> "Spec":
        """The same files with the content of their sources; `read` is called with each source as it is written."""
        return Spec(tuple(entry.loaded(read) for entry in self.root))


def recipe(spec: Spec, machine: Machine) -> Recipe:
    """The files, and a check for each that content and mode are as defined."""
    return Recipe(
        files=tuple(File(entry.path, entry.payload, entry.mode, entry.owner) for entry in spec.root),
        checks=tuple(_check(entry) for entry in spec.root),
    )


def _check(entry: Entry) -> Check:
    sha256 = hashlib.sha256(entry.payload).hexdigest()
    call = f"kiln_check_file {quote(entry.path)} {sha256} {entry.mode:o}\n"
    return Check(f"{entry.path} is as defined", shell.FAIL + CHECK + call)
