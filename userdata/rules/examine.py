"""All rules over all that a definition brings: one look for templates and for images."""

import re
from collections.abc import Iterable, Iterator

from provision.model.recipe import Family
from userdata.rules import docker_daemon, down, failing, secrets, settings, storage, upgrades, waiting
from userdata.rules.finding import Brought, Finding, Material, Script
from userdata.rules.signs import ASKS_AGENT, ASKS_BOOT
from userdata.shell.python import is_python
from userdata.shell.syntax import Unreadable, is_shell
from userdata.shell.walk import Walk

_UNPACKS = re.compile(r"\b(base64|gunzip|zcat|xxd)\b")
_PAUSES = re.compile(r"\b(sleep|while|until|loop|retry|setTimeout|setInterval|select|usleep|expect)\b")
_RUN_BY_CLOUD_INIT = re.compile(r"/var/lib/cloud/scripts/per-(boot|instance|once)/")


def examine(material: Material, family: Family | None = None) -> tuple[Finding, ...]:
    """What is wrong, refusals first. `family` None: options of Docker are not judged."""
    findings = list(material.findings)
    known = {settings.CONFIG: settings.KEPT} | {file.path: file.text for file in material.files}
    for file in material.files:
        findings += _file(file, family)
    for script in (*material.scripts, *_of_cloud_init(material.files)):
        findings += _script(script, known, family)
    builder = any(script.builder for script in material.scripts) or any(file.builder for file in material.files)
    for who, text in material.texts:
        findings += secrets.check(who, text, builder)
    whole = "\n".join(text for _, text in material.texts)
    for file in material.files:
        findings += secrets.check_written(file.who, file.text, whole, file.line or 1, builder)
    findings += [upgrades.by_key(who, line) for who, line in material.upgrades]
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: not finding.refused))


def _of_cloud_init(files: Iterable[Brought]) -> Iterator[Script]:
    """Files in folders whose scripts cloud-final.service runs, before user data's own."""
    for file in files:
        if _RUN_BY_CLOUD_INIT.match(file.path) and file.text:
            lines = (file.line,) * (file.text.count("\n") + 1) if file.line else ()
            who = file.who if file.path in file.who else f"{file.who}: the file {file.path}"
            yield Script(who, file.text, lines, builder=file.builder)


def _file(file: Brought, family: Family | None) -> Iterator[Finding]:
    yield from settings.check_file(file)
    if family:
        options = list(storage.check_file(file, family))
        yield from options or docker_daemon.check_file(file, family)
    if file.text.startswith("#!") and "\r\n" in file.text.split("\n", 1)[0] + "\n":
        yield carriage(file.who, file.text)


def _script(script: Script, known: dict[str, str], family: Family | None) -> Iterator[Finding]:
    if not is_shell(script.text):
        yield from _program(script, known, family)  # another interpreter's: its #! decides
        return
    if "\r" in script.text:
        yield carriage(script.who, script.text)
        return
    walk = Walk(files=known)
    try:
        walk.run(script.text)
    except Unreadable as error:
        yield _unreadable(script, error)
        return
    yield from waiting.check(script, walk, family)
    yield from settings.check(script, walk)
    yield from down.check(script, walk)
    if family:
        options = list(storage.check(script, walk, family))
        yield from options or docker_daemon.check(script, walk, family)
        yield from failing.check(script, walk, family)
    if not script.builder:
        yield from upgrades.check(script, walk)
    for unread in walk.unread:
        yield _unreadable(script, unread, inner=True)
    for write in walk.writes:
        if _UNPACKS.search(script.quote(write.line)):
            yield from secrets.check_written(
                script.who, write.text, script.text, script.line(write.line), script.builder
            )
    for line, text in walk.foreign:
        if _PAUSES.search(text) and (ASKS_AGENT.search(text) or ASKS_BOOT.search(text)):
            yield _unchecked(f"a program that {script.who} runs was not checked", script, line)
    if not walk.complete:
        yield Finding(
            f"{script.who} is too long to be followed: not all of it was checked", "its functions call one another too "
            "often", "Make it shorter, or put parts of it into files that it downloads.", False,
        )  # fmt: skip


def _program(script: Script, known: dict[str, str], family: Family | None) -> Iterator[Finding]:
    """A program in another language: Python is followed, and of others is said that they were not checked."""
    if is_python(script.text):
        walk = Walk(files=known)
        walk.run_python(script.text)
        yield from waiting.check(script, walk, family)
        yield from settings.check(script, walk)
        for unread in walk.unread:
            yield _unreadable(script, unread)
    elif sign := ASKS_AGENT.search(script.text) or ASKS_BOOT.search(script.text):
        line = script.text.count("\n", 0, sign.start()) + 1
        yield _unchecked(f"{script.who} was not checked: {script.quote(1)} runs it", script, line)


def _unchecked(what: str, script: Script, number: int) -> Finding:
    line = script.line(number)
    return Finding(
        f"{what} (line {line}): {script.quote(number)}",
        "it speaks of the ECS agent or of the end of the boot, and whether it waits for them is not known",
        "Nothing in it may wait for what starts only behind user data.",
        False,
        line,
    )


def carriage(who: str, text: str, source: str = "") -> Finding:
    """Windows line ends: bash takes the carriage return for a part of the last word of each line."""
    line = text.count("\n", 0, text.index("\r")) + 1
    return Finding(
        f"{who} has Windows line ends (line {line})",
        "bash takes them for part of the commands",
        f"Save it with Unix line ends: sed -i 's/\\r$//' {source}" if source else "Write it with Unix line ends.",
        True,
        line,
    )


def _unreadable(script: Script, error: Unreadable, *, inner: bool = False) -> Finding:
    line = script.line(error.line)
    what = f"a text that {script.who} runs" if inner else script.who
    if error.by_bash and not inner:
        return Finding(
            f"{what} is not shell (line {line}): {script.quote(error.line)}",
            error.why,
            "Mend the line; bash -n reads a script without running it. "
            "A script of another language begins with its #!, such as #!/usr/bin/python3",
            True,
            line,
        )
    return Finding(
        f"{what} was not checked: it does not parse (line {line}): {script.quote(error.line)}",
        f"{error.why}: what it does on a machine is not known",
        "Write the line more simply, and look at it yourself: nothing in it may wait for the ECS agent.",
        False,
        line,
    )
