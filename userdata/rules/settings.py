"""Settings of the ECS agent that are AWS Batch's, and a configuration that a script wipes."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatch

from userdata.rules.finding import Brought, Finding, Script
from userdata.shell.commands import Command, Write
from userdata.shell.walk import Walk
from userdata.shell.words import UNKNOWN

CONFIG = "/etc/ecs/ecs.config"
# Where the agent takes settings from: its own files, and what systemd and upstart give its unit.
_AGENT_FILES = re.compile(
    r"(/etc/ecs/\S+|(\S*/)?ecs\.config(\.json)?|\S*/systemd/system/ecs\.service(\.d/\S+)?|/etc/init/ecs\.\w+"
    r"|/etc/systemd/system\.conf(\.d/\S+)?)"
)
# AWS Batch writes both into /etc/ecs/ecs.config of every instance (AWS Batch User Guide, "Compute resource AMIs").
_SETS = re.compile(
    r"^(?!\s*#)(?:\s*(?:export|env)\s+|.*?\bEnvironment\s*=\s*[\"']?.*?|.*?\bDefaultEnvironment\s*=.*?|\s*[\"']?)"
    r"ECS_(CLUSTER|INSTANCE_ATTRIBUTES)[\"']?\s*[=:]",
    re.MULTILINE,
)
_JSON_KEYS = {"Cluster": "CLUSTER", "InstanceAttributes": "INSTANCE_ATTRIBUTES"}
_AGENT_RUN = re.compile(r"(?:-e|--env)[= ]?ECS_(CLUSTER|INSTANCE_ATTRIBUTES)=")
KEPT = f"# what was in {CONFIG} {UNKNOWN}\n"
"""What the file holds before a script changes it: a text with this line in it has kept the rest."""
_WHY = "AWS Batch sets it on every instance; a machine that brings its own joins the wrong cluster"
_HINT = "Leave it out; other settings of the agent belong under ecs_agent."


def check(script: Script, walk: Walk) -> Iterator[Finding]:
    """What a script does to the agent's configuration; once for a line."""
    seen: set[int] = set()
    for line, key in _settings(walk):
        if line not in seen:
            seen.add(line)
            yield _sets(
                f"{script.who} sets ECS_{key} (line {script.line(line)}): {script.quote(line)}", script.line(line)
            )
    for write in walk.writes:
        if write.line not in seen and (deed := _wipes(write)):
            seen.add(write.line)
            line = script.line(write.line)
            yield _wiped(f"{script.who} {deed} {CONFIG} (line {line}): {script.quote(write.line)}", line)


def check_file(file: Brought) -> Iterator[Finding]:
    """The same for a file that is brought along."""
    if not _AGENT_FILES.fullmatch(file.path):
        return
    if key := owned(file.path, file.text):
        yield _sets(f"{file.who} sets ECS_{key}{file.place}", file.line)
    elif file.path == CONFIG and not file.append:
        yield _wiped(f"{file.who} replaces {CONFIG}" + (f" (line {file.line})" if file.line else ""), file.line)


def owned(path: str, text: str) -> str:
    """CLUSTER or INSTANCE_ATTRIBUTES where a text sets it, else ""."""
    if match := _SETS.search(text):
        return match[1]
    if path.endswith(".json"):
        try:
            document = json.loads(text)
        except ValueError:
            return ""
        return next((key for name, key in _JSON_KEYS.items() if isinstance(document, dict) and name in document), "")
    return ""


def _settings(walk: Walk) -> Iterator[tuple[int, str]]:
    for write in walk.writes:
        if write.how != "remove" and _AGENT_FILES.fullmatch(write.path) and (key := owned(write.path, write.text)):
            yield write.line, key
    for command in walk.commands:
        if key := _given(command):
            yield command.line, key


def _given(command: Command) -> str:
    """Settings that a command gives the agent without a file."""
    if command.verb == "systemctl" and "set-environment" in command.words:
        match = re.search(r" ECS_(CLUSTER|INSTANCE_ATTRIBUTES)=", command.text)
    elif command.verb == "docker" and "amazon-ecs-agent" in command.text:
        match = _AGENT_RUN.search(command.text)
    else:
        match = None
    return match[1] if match else ""


def _wipes(write: Write) -> str:
    if write.how == "remove" and (fnmatch(CONFIG, write.path) or CONFIG.startswith(f"{write.path.rstrip('/')}/")):
        return "removes"
    if write.path != CONFIG or (write.how == "replace" and KEPT.strip() in write.text):
        return ""
    if write.how == "replace" and not write.program.startswith(("sed ", "awk ")):
        return "replaces"
    if write.how == "edit":
        deletes = re.search(r"(^|[/\d$}|#,!;\s])d\s*(;|$|\})", write.program, re.MULTILINE)
        return "deletes lines of" if deletes else ""
    return "replaces" if write.how == "replace" else ""


def _sets(what: str, line: int | None) -> Finding:
    return Finding(what, _WHY, _HINT, True, line)


def _wiped(what: str, line: int | None) -> Finding:
    return Finding(
        what,
        "what Kiln and AWS Batch wrote there is lost: the settings under ecs_agent, and ECS_CLUSTER",
        f"Add lines to its end with >> {CONFIG} (tee -a, or append: true), or give the settings under ecs_agent.",
        False,
        line,
    )
