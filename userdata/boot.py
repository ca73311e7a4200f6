"""Recipes delivered while a machine boots: the second way beside SSH (`provision.ssh.bundle`), as one shell script.

The script is plain text, so that `show-user-data` shows what a machine does; composing packs it.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from shlex import quote

from kiln.errors import UserError
from provision.model.delivery import PRELUDE, PROLOGUE, place_of, refuse_endless
from provision.model.recipe import Family, File, Recipe, Step, combine
from userdata.minify import minify
from userdata.parts import ShellScript

LOG = "/var/log/kiln-boot.log"
NAME = "kiln-boot"

_FUNCTIONS = Path(__file__).with_name("boot.sh")
_RUN = "run=${KILN_ROOT:-}/run/kiln-boot"  # cloud-init sets no KILN_ROOT, so that only tests do
_USAGE = re.compile(r"^(kiln_\w+\(\) \{)  #.*$", re.MULTILINE)  # what only readers of Kiln's own functions need


def explain_refusal(family: Family) -> str | None:
    """Why machines of a family of base images cannot be prepared at boot, with the alternative; None where they can."""
    if family != "al1":
        return None
    return (
        "al1 has no systemd, by which Kiln keeps the ECS agent back until all is there. Build an image for it instead"
    )


def make_boot_part(recipes: Mapping[str, Recipe]) -> ShellScript | None:
    """The script that delivers these recipes: all files, then all steps in order; None where there is nothing to do.

    A step that fails stops it and keeps the ECS agent from starting. Checks and sealing steps are left out; starting
    steps come last. Raises UserError for a step that asks for a reboot, ValueError for a time limit below one second.
    """
    whole = combine(recipes.values())
    if not whole.files and not whole.steps:
        return None
    steps = whole.steps + whole.starting
    for step in steps:
        _refuse(step)
    begin = _call(["kiln_begin"], PRELUDE.encode())
    calls = [*map(_file, whole.files), *map(_step, steps)]
    return ShellScript(NAME, "".join(("#!/bin/bash\n", _functions(), "\n", begin, *calls, "kiln_ready\n")))


def _refuse(step: Step) -> None:
    if step.reboot:
        raise UserError(
            f"the step {step.name!r} asks for a reboot",
            "user data is not run again behind a reboot, and AWS Batch would give the machine up",
            "Build an image that carries it (invoke build-ami), or set reboot: false.",
        )
    refuse_endless(step)


def _functions() -> str:
    """The prologue and the functions without their comments: user data has 16 KiB."""
    lines = [_RUN, *PROLOGUE.read_text().splitlines(), *_FUNCTIONS.read_text().splitlines()]
    return "\n".join(line.partition(" # ")[0] for line in lines if not line.lstrip().startswith("#")) + "\n"


def _file(file: File) -> str:
    return _call(["kiln_file", *place_of(file)], minify(file))


def _step(step: Step) -> str:
    script = _USAGE.sub(r"\1", step.script.strip("\n")) + "\n"
    return _call(["kiln_step", step.name, str(step.timeout)], script.encode())


def _call(words: list[str], content: bytes) -> str:
    """A call with its content as a here-document: as it is where that is possible, else in base64.

    A here-document ends with a new line and has no NUL; compression wants ASCII (`userdata.mime`).
    """
    plain = content.isascii() and b"\0" not in content and b"\r" not in content and content.endswith(b"\n")
    if not plain:
        words = [*words, "base64 -d"]
        content = base64.encodebytes(content) or b"\n"
    text = content.decode()
    end = _delimiter(text)
    return f"{' '.join(map(quote, words))} <<'{end}'\n{text}{end}\n"


def _delimiter(text: str) -> str:
    """A word that is no line of the text, equal for equal texts."""
    lines, word = set(text.split("\n")), "KILN_END"
    while word in lines:
        word = "KILN_END_" + hashlib.sha256(f"{word}\0{text}".encode()).hexdigest()[:8]
    return word
