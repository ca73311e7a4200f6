"""A script at boot that waits for what starts only behind it would wait for ever, and so would every machine.

cloud-final.service runs user data. ecs.service is ordered After=cloud-final.service (amazon-ecs-init,
packaging/amazon-linux-ami-integrated/ecs.service), and multi-user.target waits for ecs.service, which it wants;
cloud-init calls itself done when cloud-final has ended.
"""

import re
from collections.abc import Iterator

from provision.model.recipe import Family
from userdata.rules import starts
from userdata.rules import waiting_words as words
from userdata.rules.finding import Finding, Script
from userdata.rules.signs import ASKS_AGENT, ASKS_BOOT, ASKS_CLUSTER, BLOCKS, LATE, NEVER_ENDS, QUIET, RETRIES, STARTS
from userdata.rules.waiting_words import Deed
from userdata.shell.commands import Command
from userdata.shell.walk import Walk

_WRITES = {"sed", "tee", "cp", "mv", "crudini"}


def check(script: Script, walk: Walk, family: Family | None = None) -> Iterator[Finding]:
    """What in a script waits for the agent or for the end of the boot; once for a line."""
    seen: set[int] = set()
    for line in starts.list_reorderings(walk):
        seen.add(line)
        yield _tell(script, line, Deed("unordered", False, family))
    for command, reason, refused in sorted(_all(walk, family), key=lambda found: (found[0].line, not found[2])):
        if command.line not in seen:
            seen.add(command.line)
            yield _tell(script, command.line, Deed(reason, refused, family))


def _all(walk: Walk, family: Family | None = None) -> Iterator[tuple[Command, str, bool]]:
    waited, late = dict(walk.waits), _list_late_files(walk)
    for command in walk.commands:
        place = command.place
        if place.background and place.job not in waited:
            continue
        reason, refused = starts.find_start(command, family) or _reason(command, walk)
        if not reason and place.loops and not place.background and late & set(re.split(r"[\s;|]+", command.text)):
            reason, refused = "agent", not place.bounded
        if reason:
            yield command, reason, refused


def _list_late_files(walk: Walk) -> set[str]:
    """Files that are made only behind the agent's start, by what waits for it in the background or in a unit."""
    jobs = {command.place.job for command in walk.commands if command.place.background and _reason(command, walk)[0]}
    late = set(_made([command for command in walk.commands if command.place.background and command.place.job in jobs]))
    late |= {write.path for write in walk.writes if write.place.background and write.place.job in jobs}
    for path, text in walk.files.items():
        if path.endswith(".service") and re.search(rf"^\s*After\s*=.*({LATE.pattern})", text, re.MULTILINE):
            for line in re.findall(r"^\s*ExecStart\w*\s*=\s*[-@:+!]*(.*)$", text, re.MULTILINE):
                inner = _walked(line, walk)
                late |= {*_made(inner.commands), *(write.path for write in inner.writes)}
    return late


def _made(commands: list[Command]) -> Iterator[str]:
    for command in commands:
        if command.verb in {"touch", "mkdir", "mkfifo"}:
            yield from (word for word in command.words[1:] if word.startswith("/"))


def _reason(command: Command, walk: Walk) -> tuple[str, bool]:
    """ "agent", "boot", "cluster", "unit" or "end", and whether it is refused; "" where a command waits for nothing."""
    text, place = command.text, command.place
    if blocked := _starts_unit(command, walk):
        return blocked, True
    if BLOCKS.search(text):
        return ("boot" if "cloud" in text or "running" in text else "agent"), bool(place.around) or not place.bounded
    loops = [loop for loop in place.loops if not loop.reads]
    again = [loop for loop in place.around if not loop.reads]
    if command.verb == ":loop":
        return ("end" if loops and loops[-1].endless and not place.bounded else ""), True
    if RETRIES.search(text) and not loops and not again:
        return "agent", False
    if NEVER_ENDS.fullmatch(text) and not place.bounded and "|" not in command.pipeline:
        return "end", True
    if not loops and not again and not place.counted:
        return "", False
    return _asked(command, refused=bool(again) or (bool(loops) and not place.bounded))


def _asked(command: Command, *, refused: bool) -> tuple[str, bool]:
    text = command.pipeline or command.text
    if command.verb in QUIET:
        return "", False
    if ASKS_AGENT.search(text):
        return "agent", refused
    if ASKS_BOOT.search(text):
        return "boot", refused
    if ASKS_CLUSTER.search(text) and command.verb not in _WRITES:
        return "cluster", refused
    return "", False


def _starts_unit(command: Command, walk: Walk) -> str:
    """A unit that the script wrote, started in the foreground, and ordered behind what waits for this script."""
    given = command.words[1:]
    if command.verb == "systemd-run" and LATE.search(command.text):
        return "unit"
    starting = bool(set(given) & STARTS) or {"enable", "--now"} <= set(given)
    if command.verb != "systemctl" or "--no-block" in given or not starting:
        return ""
    for word in given:
        if LATE.fullmatch(word):
            return "boot"
        name = word if "." in word else f"{word}.service"
        unit = next((text for path, text in walk.files.items() if path.endswith(f"/{name}")), "")
        if re.search(rf"^\s*After\s*=.*({LATE.pattern})", unit, re.MULTILINE):
            return "unit"
        kind = re.search(r"^\s*Type\s*=\s*(\w+)", unit, re.MULTILINE)
        keys = "ExecStartPre|ExecStart" if kind and kind[1] in {"oneshot", "forking", "notify"} else "ExecStartPre"
        for match in re.finditer(rf"^\s*(?:{keys})\s*=\s*[-@:+!]*(.*)$", unit, re.MULTILINE):
            if any(_all(_walked(match[1], walk))):
                return "unit"
    return ""


def _walked(text: str, walk: Walk) -> Walk:
    inner = Walk(files=dict(walk.files))
    inner.run_quietly(text)
    return inner


def _tell(script: Script, number: int, deed: Deed) -> Finding:
    line = script.line(number)
    what = f"{script.who} {words.describe(deed)} (line {line}): {script.quote(number)}"
    return Finding(what, words.explain(script, deed), words.advise(script, deed), deed.refused, line)
