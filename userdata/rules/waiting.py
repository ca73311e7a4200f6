"""A script at boot that waits for what starts only behind it would wait for ever, and so would every machine.

cloud-final.service runs user data. ecs.service is ordered After=cloud-final.service (amazon-ecs-init,
packaging/amazon-linux-ami-integrated/ecs.service), and multi-user.target waits for ecs.service, which it wants;
cloud-init calls itself done when cloud-final has ended.
"""

import re
from collections.abc import Iterator

from userdata.rules.finding import Finding, Script
from userdata.rules.remedies import BAKED, BEHIND, START
from userdata.rules.signs import AGENT, ASKS_AGENT, ASKS_BOOT, BLOCKS, LATE, NEVER_ENDS, QUIET, RETRIES, STARTS
from userdata.shell.commands import Command, Loop
from userdata.shell.walk import Walk


def check(script: Script, walk: Walk) -> Iterator[Finding]:
    """What in a script waits for the agent or for the end of the boot; once for a line."""
    seen: set[int] = set()
    for command, reason, refused in sorted(_all(walk), key=lambda found: (found[0].line, not found[2])):
        if command.line not in seen:
            seen.add(command.line)
            yield _finding(script, command, reason, refused=refused)


def _all(walk: Walk) -> Iterator[tuple[Command, str, bool]]:
    waited = dict(walk.waits)
    for command in walk.commands:
        place = command.place
        if place.background and place.job not in waited:
            continue
        reason, refused = _reason(command, walk)
        if reason:
            yield command, reason, refused


def _reason(command: Command, walk: Walk) -> tuple[str, bool]:
    """ "agent", "boot" or "end", and whether it is refused; "" where a command waits for nothing."""
    text, place = command.text, command.place
    if _starts_agent(command):
        return "start", True
    if blocked := _starts_unit(command, walk):
        return blocked, True
    if BLOCKS.search(text):
        return ("boot" if "cloud" in text or "running" in text else "agent"), not place.bounded
    loops = [loop for loop in place.loops if not loop.reads]
    if command.verb == ":loop":
        return ("end" if loops and loops[-1].endless and not place.bounded else ""), True
    if RETRIES.search(text) and not loops:
        return "agent", False
    if NEVER_ENDS.fullmatch(text) and not place.bounded and "|" not in command.pipeline:
        return "end", True
    if not loops and not place.bounded:
        return "", False
    return _asked(command, loops)


def _asked(command: Command, loops: list[Loop]) -> tuple[str, bool]:
    text = command.pipeline or command.text
    if command.verb in QUIET:
        return "", False
    refused = bool(loops) and not command.place.bounded
    if ASKS_AGENT.search(text):
        return "agent", refused
    if ASKS_BOOT.search(text):
        return "boot", refused
    return "", False


def _starts_agent(command: Command) -> bool:
    """systemctl start ecs and its like, which wait for the unit; --no-block does not."""
    words = set(command.words[1:])
    if not any(AGENT.fullmatch(word) for word in words):
        return False
    if command.verb == "systemctl":
        return "--no-block" not in words and bool(words & STARTS or {"enable", "--now"} <= words)
    # upstart's own, as on Amazon Linux 1: `start ecs`, `initctl start ecs`.
    return (command.verb in {"service", "initctl"} and bool(words & STARTS)) or (
        # Amazon Linux 2 and 2023 have no such commands: a script for all of them asks which it is on.
        command.verb in {"start", "restart"} and not command.place.conditional
    )


def _starts_unit(command: Command, walk: Walk) -> str:
    """A unit that the script wrote, started in the foreground, and ordered behind what waits for this script."""
    words = command.words[1:]
    if command.verb == "systemd-run" and LATE.search(command.text):
        return "unit"
    starts = bool(set(words) & STARTS) or {"enable", "--now"} <= set(words)
    if command.verb != "systemctl" or "--no-block" in words or not starts:
        return ""
    for word in words:
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


def _finding(script: Script, command: Command, reason: str, *, refused: bool) -> Finding:
    line = script.line(command.line)
    for_what = "the end of the boot" if reason == "boot" else "the ECS agent"
    quoted = script.quote(command.line)
    deed = f"waits for {for_what}" if reason != "end" else "never ends"
    if not refused:
        deed += " for nothing"
    return Finding(
        f"{script.who} {deed} (line {line}): {quoted}",
        _why(script, reason),
        BAKED if script.builder else _hint(reason),
        refused,
        line,
    )


def _why(script: Script, reason: str) -> str:
    if script.builder:
        return (
            "the same rules hold for an image as for user data: its scripts run before any agent has a cluster, and an "
            "agent's state must not come into an image"
        )
    if reason == "end":
        return "user data runs in cloud-final.service, and ecs.service starts after it: the machine would take no job"
    if reason == "boot":
        return (
            "user data is a part of the boot: cloud-init, multi-user.target and the ECS agent wait for the end of it, "
            "so that they would wait for one another"
        )
    return "user data runs in cloud-final.service, and ecs.service starts after it: they would wait for one another"


def _hint(reason: str) -> str:
    if reason == "start":
        return START
    if reason == "unit":
        return "Start the unit with --no-block (systemctl or systemd-run), or only enable it: the boot starts it then."
    return BEHIND if reason != "end" else "Put it into a unit of its own, or send it to the background with &."
