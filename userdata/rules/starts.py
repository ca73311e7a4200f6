"""A script that starts the ECS agent by hand: what becomes of it says the base image.

Amazon Linux 2 and 2023 have systemd, whose systemctl waits for the unit; `service` hands over to it. Amazon Linux 1 has
upstart, whose `start` and `initctl start` wait for nothing: there the agent comes up at once, and AWS Batch's own part
of the user data, which names the cluster, stands behind all others (AWS Batch User Guide, "Use Amazon EC2 launch
templates with AWS Batch"). Neither knows the other's commands.
"""

import re
from collections.abc import Iterator

from provision.model.recipe import Family
from userdata.rules.signs import AGENT, STARTS
from userdata.shell.commands import Command
from userdata.shell.walk import Walk

_UNIT = re.compile(r"\S*/systemd/system/ecs\.service")


def find_start(command: Command, family: Family | None) -> tuple[str, bool] | None:
    """Return "start", "early" or "absent" and whether it is refused; None where the agent is not started.

    A base that is not known may have either.
    """
    given = set(command.words[1:])
    if not any(AGENT.fullmatch(word) for word in given):
        return None
    if _by_systemd(command, given):
        return ("absent", False) if family == "al1" else ("start", True)
    if _by_upstart(command, given):
        return {"al1": ("early", True), None: ("start", True)}.get(family, ("absent", False))
    return None


def list_reorderings(walk: Walk) -> Iterator[int]:
    """The lines that take After=cloud-final.service out of the agent's unit."""
    for write in walk.writes:
        if not _UNIT.fullmatch(write.path):
            continue
        ordered = "cloud-final" in write.text
        if (write.how == "edit" and "cloud-final" in write.program and not ordered) or (
            write.how == "replace" and re.search(r"^\s*ExecStart\s*=", write.text, re.MULTILINE) and not ordered
        ):
            yield write.line


def _by_systemd(command: Command, given: set[str]) -> bool:
    if command.verb == "systemctl":
        return "--no-block" not in given and bool(given & STARTS or {"enable", "--now"} <= given)
    return command.verb == "service" and bool(given & STARTS)


def _by_upstart(command: Command, given: set[str]) -> bool:
    """A script for all bases asks which it is on before it uses start or restart."""
    if command.verb == "initctl":
        return bool(given & STARTS)
    return command.verb in {"start", "restart"} and not command.place.conditional
