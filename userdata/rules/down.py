"""A script that turns off what jobs need: the machine, or the ECS agent.

cloud-init runs user data once for an instance: a restart in the middle of it leaves out whatever stands behind, AWS
Batch's own part with the cluster's name among it (AWS Batch User Guide, "Use Amazon EC2 launch templates with AWS
Batch"). A unit that is masked, or disabled with --now, is not started by the boot (systemctl(1)).
"""

import re
from collections.abc import Iterator

from userdata.rules.finding import Finding, Script
from userdata.rules.signs import AGENT
from userdata.shell.commands import Command
from userdata.shell.walk import Walk

_OFF = {"poweroff", "halt"}
_STARTS = {"start", "restart", "enable", "reenable", "unmask"}
_REMOVALS = {"remove", "erase", "purge", "autoremove"}
_MANAGERS = {"yum", "dnf", "microdnf", "apt-get", "apt"}
_PACKAGES = re.compile(r"(ecs-init|amazon-ecs-init|docker|docker-ce|docker\.io|containerd(\.io)?|runc)(-\d.*)?")
_NEEDED = re.compile(r"(docker|containerd)(\.service|\.socket)?")
_JOINED = re.compile(r"(\|\||&&|\bif\b|\bthen\b)")


def check(script: Script, walk: Walk) -> Iterator[Finding]:
    """What in a script turns the machine or its agent off; once for a line."""
    seen: set[int] = set()
    for number, command in enumerate(walk.commands):
        if command.place.background or command.line in seen:
            continue
        if power := _power(command):
            finding = _of_machine(script, command, power)
        elif deed := _agent(command, walk.commands[number + 1 :], builder=script.builder):
            finding = _of_agent(script, command, deed)
        else:
            continue
        seen.add(command.line)
        yield finding


def _power(command: Command) -> str:
    """ "off" or "again" for a command that ends the machine's run at once; "" for every other."""
    verb, given = command.verb, command.words[1:]
    if verb in _OFF | {"reboot"}:
        return "off" if verb in _OFF or "-p" in given or "--poweroff" in given else "again"
    if verb == "systemctl":
        return "again" if {"reboot", "kexec"} & set(given) else "off" if _OFF & set(given) else ""
    if verb in {"init", "telinit"} and given[:1] in {("0",), ("6",)}:
        return "off" if given[0] == "0" else "again"
    if verb != "shutdown" or "-c" in given:
        return ""
    later = [word for word in given if re.fullmatch(r"\+[1-9]\d*|\d+:\d+", word)]
    return "" if later else "again" if {"-r", "--reboot"} & set(given) else "off"


def _agent(command: Command, behind: list[Command], *, builder: bool) -> str:
    """What becomes of the agent: disabled, masked or removed; "" where it stays, or is put right behind."""
    verb, given = command.verb, set(command.words[1:])
    if verb == "systemctl" and "mask" in given and (needed := sorted(filter(_NEEDED.fullmatch, given))):
        return "" if any(map(_starts_needed, behind)) else f"masked {needed[0]}"
    if verb == "systemctl" and any(AGENT.fullmatch(word) for word in given):
        if builder and "disable" in given:
            return "" if any(map(_puts_right, behind)) else "disabled"
        deed = "masked" if "mask" in given else "disabled" if {"disable", "--now"} <= given else ""
        return "" if any(map(_puts_right, behind)) else deed
    packages = [word for word in given if _PACKAGES.fullmatch(word)]
    if (verb in _MANAGERS and _REMOVALS & given) or (verb == "rpm" and given & {"-e", "--erase"}):
        return "" if any(_installs(later, packages) for later in behind) else " and ".join(sorted(packages))
    return ""


def _starts_needed(command: Command) -> bool:
    return command.verb == "systemctl" and "unmask" in command.words and any(map(_NEEDED.fullmatch, command.words))


def _puts_right(command: Command) -> bool:
    given = set(command.words[1:])
    return command.verb == "systemctl" and bool(_STARTS & given) and any(AGENT.fullmatch(word) for word in given)


def _installs(command: Command, packages: list[str]) -> bool:
    return (command.verb in _MANAGERS and "install" in command.words) or command.verb == "amazon-linux-extras"


def _is_conditional(script: Script, command: Command) -> bool:
    row, verb = script.quote(command.line), command.verb
    return command.place.conditional or bool(_JOINED.search(row.partition(verb)[0]))


def _of_machine(script: Script, command: Command, power: str) -> Finding:
    line = script.line(command.line)
    does = "turns the machine off" if power == "off" else "starts the machine again"
    what = f"{script.who} {does} (line {line}): {script.quote(command.line)}"
    refused = not _is_conditional(script, command)
    if script.builder:
        why = "Kiln loses the machine in the middle of the script"
        hint = "Leave it out." if power == "off" else "Leave it out, and write reboot: true beside the script."
    elif power == "off":
        why = "the machine never takes a job, and AWS Batch starts another in its place"
        hint = "Leave it out: AWS Batch ends machines that have nothing to do."
    else:
        why = (
            "cloud-init runs user data once: what stands behind is never done, AWS Batch's own part with the cluster's "
            "name among it"
        )
        hint = "Leave it out, and build an image that carries what needs the restart (invoke build-ami)."
    return Finding(what, why, hint, refused, line)


def _of_agent(script: Script, command: Command, deed: str) -> Finding:
    line = script.line(command.line)
    if deed.startswith("masked "):
        unit = deed.removeprefix("masked ")
        what, why = f"keeps {unit} from starting", "the ECS agent needs it: the machine takes no job"
    elif deed in {"masked", "disabled"}:
        what, why = "keeps the ECS agent from starting", f"its unit is {deed}: the machine takes no job"
    else:
        what, why = f"removes {deed}", "without it the machine takes no job"
    hint = "Leave it out."
    return Finding(
        f"{script.who} {what} (line {line}): {script.quote(command.line)}", why, hint,
        not _is_conditional(script, command), line,
    )  # fmt: skip
