"""Bash scripts of the user's own, each with an optional check that proves its effect."""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import ConfigDict, Field, PrivateAttr, RootModel, StrictBool, field_validator, model_validator

from kiln.errors import UserError
from kiln.keys.takes import Takes
from kiln.keys.texts import LocalFile, Script
from kiln.models import Model, Seconds, repeated
from provision.model.recipe import Check, Machine, Recipe, Step

Title = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$", max_length=60),
    Takes("what it does, in a few words: letters, digits, blanks, '.', '_' and '-'", "reference genomes"),
]


class Entry(Model):
    """One script, run as root with `set -euo pipefail`; $KILN_TMP is a folder in memory for what it downloads."""

    name: Title
    """What it does, in a few words: shown while it runs."""
    script: Script | None = None
    """The script's text. Give this or source."""
    source: LocalFile | None = None
    """A local file with the script, relative to the definition's folder. Give this or script."""
    timeout: Seconds = 600
    """Time limit, such as 10 min; behind it the script fails. Default: 10 min."""
    reboot: StrictBool = False
    """Whether the machine restarts behind it, before the next step. Default: false."""
    check: Script | None = None
    """A bash script that passes when the effect is there: run on the builder and on a machine booted from the AMI."""

    _text: str | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _one_text(self) -> "Entry":
        if (self.script is None) == (self.source is None):
            raise ValueError("give exactly one of script and source")
        if self.script is not None and not self.script.strip():
            raise ValueError("the script is empty")
        return self

    def loaded(self, read: Callable[[str], bytes]) -> "Entry":
        """The same script with the text of its source."""
        if self.source is None:
            return self
        copy = self.model_copy()
        copy._text = _text(self.source, read(self.source))
        return copy

    @property
    def text(self) -> str:
        """The script's text. A source must have been loaded (`Spec.loaded`)."""
        text = self._text if self.script is None else self.script
        if text is None:
            raise RuntimeError(f"{self.source} has not been loaded")
        return text


class Spec(RootModel[tuple[Entry, ...]]):
    """Scripts in the order in which they run. Default: none."""

    model_config = ConfigDict(frozen=True)
    root: tuple[Entry, ...] = ()

    @field_validator("root")
    @classmethod
    def _once(cls, value: tuple[Entry, ...]) -> tuple[Entry, ...]:
        if twice := repeated(entry.name for entry in value):
            raise ValueError(f"two scripts have the name: {twice}")
        return value

    def loaded(self, read: Callable[[str], bytes]) -> "Spec":
        """The same scripts with the text of their sources; raises UserError for a source that is no text.

        `read` is called with each source as it is written.
        """
        return Spec(tuple(entry.loaded(read) for entry in self.root))


def recipe(spec: Spec, machine: Machine) -> Recipe:
    """A step for each script and a check for each that has one; raises UserError for a script that bash cannot run."""
    return Recipe(
        steps=tuple(Step(e.name, _bash(e), timeout=e.timeout, reboot=e.reboot) for e in spec.root),
        checks=tuple(Check(f"{e.name}: its check", e.check) for e in spec.root if e.check),
    )


def _text(source: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UserError(f"{source} is not a script", f"it is not UTF-8 text ({error.reason})") from None


def refuse_shell(entry: Entry) -> UserError | None:
    """Why bash cannot run a script; None where it can."""
    first = entry.text.split("\n", 1)[0].rstrip()
    if first.startswith("#!") and not re.fullmatch(r"#! ?(/usr)?/bin/(env )?(ba)?sh( .*)?", first):
        return UserError(
            f"the script {entry.name!r} asks for {first[2:].strip()}",
            "scripts are run by bash",
            "Put the program on the machine with files, and call it from a bash script.",
        )
    if "\r" in entry.text:
        line = entry.text.count("\n", 0, entry.text.index("\r")) + 1
        return UserError(
            f"the script {entry.name!r} has Windows line ends (line {line})",
            "bash takes them for part of the commands",
            f"Save it with Unix line ends: sed -i 's/\\r$//' {entry.source}"
            if entry.source
            else "Write it with \\n alone.",
        )
    return None


def _bash(entry: Entry) -> str:
    if refused := refuse_shell(entry):
        raise refused
    return entry.text
