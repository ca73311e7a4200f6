"""Settings with which Docker does not start, wherever they are written: its daemon.json, and its unit's variables.

Sources: "Docker daemon configuration file" and "Deprecated features", Docker documentation (a key that the command line
sets too is fatal; options of log-opts are texts; graph is gone since 23.0); systemd.exec, EnvironmentFile (no variables
are put in). Amazon Linux gives dockerd -H, --containerd and --default-ulimit, Amazon Linux 2 also --storage-driver.
"""

import json
import re
from collections.abc import Iterator

from provision.model.recipe import Family
from userdata.rules.finding import Brought, Finding, Script
from userdata.shell.walk import Walk
from userdata.shell.words import UNKNOWN

DAEMON_JSON = "/etc/docker/daemon.json"
_VARIABLES = re.compile(r"/etc/sysconfig/docker(-storage)?")
_UNIT = re.compile(r"/etc/sysconfig/docker|\S*/systemd/system/docker\.service(\.d/\S+)?")
_ITSELF = re.compile(r"^\s*(?P<name>[A-Z_]+)=.*\$\{(?P=name)\}", re.MULTILINE)
_GRAPH = re.compile(r"^(?!\s*#).*[\"'\s=](--graph|-g)[= ]", re.MULTILINE)
_FILLED_IN = re.compile(r"\$[A-Za-z_{(]|%[-+ 0-9.]*[a-zA-Z]")
_FLAGS = {
    "hosts": ("-H fd://", "leave hosts out: Docker listens at /var/run/docker.sock"),
    "containerd": ("--containerd", "leave containerd out"),
    "default-ulimits": ("--default-ulimit", "set it where the flag is: in OPTIONS of /etc/sysconfig/docker"),
}
_AL2_FLAGS = {"storage-driver": ("--storage-driver", "leave it out: overlay2 is what the flag says")}


def check(script: Script, walk: Walk, family: Family) -> Iterator[Finding]:
    """What a script writes for Docker; once for a line."""
    ours = any(_UNIT.fullmatch(write.path) and write.how != "append" for write in walk.writes)
    pieces = any(write.path == DAEMON_JSON and write.how in {"append", "edit"} for write in walk.writes)
    seen: set[int] = set()
    for write in walk.writes:
        if write.how == "remove" or write.line in seen or (pieces and write.path == DAEMON_JSON):
            continue
        for what, why, hint in _wrong(write.path, write.text, family, flagged=not ours):
            seen.add(write.line)
            line = script.line(write.line)
            yield Finding(f"{script.who} {what} (line {line}): {script.quote(write.line)}", why, hint, True, line)
            break


def check_file(file: Brought, family: Family) -> Iterator[Finding]:
    """The same for a file that is brought along."""
    for what, why, hint in _wrong(file.path, file.text, family, flagged=True):
        yield Finding(f"{file.who} {what}{file.place}", why, hint, True, file.line)
        return


def _wrong(path: str, text: str, family: Family, *, flagged: bool) -> Iterator[tuple[str, str, str]]:
    """What, why, and what to do instead."""
    if path == DAEMON_JSON and text.strip() and UNKNOWN not in text:
        yield from _in_json(text, family, flagged=flagged)
    elif family != "al1" and _VARIABLES.fullmatch(path) and (match := _ITSELF.search(text)):
        name = match["name"]
        why = f"systemd puts no variables into that file: dockerd is given the word ${{{name}}}, and does not start"
        hint = f"Write the whole line: sed -i 's/^{name}=\"/{name}=\"--log-level=warn /' {path}, for example."
        yield f"sets {name} for Docker by ${{{name}}}", why, hint
    elif family != "al1" and _UNIT.fullmatch(path) and (match := _GRAPH.search(text)):
        why = f"{family} has Docker 25, which has no {match[1]} (removed in 23.0): Docker does not start with it"
        yield f"gives Docker {match[1]}", why, "Write --data-root in its place, or use docker_storage."


def _in_json(text: str, family: Family, *, flagged: bool) -> Iterator[tuple[str, str, str]]:
    try:
        document = json.loads(text)
    except ValueError as error:
        if not _FILLED_IN.search(text):
            why = f"{str(error).replace(' enclosed in double quotes', '')}: Docker does not start with it"
            yield f"gives Docker a {DAEMON_JSON} that is not JSON", why, "Mend it; jq . FILE reads it as Docker does."
        return
    if not isinstance(document, dict):
        yield (
            f"gives Docker a {DAEMON_JSON} without keys", "Docker takes an object alone, and does not start with it",
            'Write {"key": value}.',
        )  # fmt: skip
        return
    if family == "al1":
        return
    for key, value in document.items():
        yield from _in_key(key, value)
    flags = _FLAGS | (_AL2_FLAGS if family == "al2" else {})
    for key in (key for key in document if flagged and key in flags):
        flag, way = flags[key]
        why = f"{family} starts dockerd with {flag}, and the same setting in both places is fatal"
        yield f"gives Docker {key}", why, f"{way[0].upper()}{way[1:]}."


def _in_key(key: str, value: object) -> Iterator[tuple[str, str, str]]:
    if key == "graph":
        why = "Docker has no graph any more (removed in 23.0), and does not start with it"
        yield "gives Docker graph", why, "Write data-root in its place, or use docker_storage."
    if "_" in key:
        why = "Docker knows no key with a _, and does not start with one that it does not know"
        yield f"gives Docker {key}", why, f"Write {key.replace('_', '-')}."
    if key == "log-opts" and isinstance(value, dict):
        numbers = [f'"{name}": "{json.dumps(inner)}"' for name, inner in value.items() if not isinstance(inner, str)]
        if numbers:
            why = "Docker takes texts alone there, and does not start with anything else"
            yield "gives Docker log-opts that are no texts", why, f"Put them in quotes: {', '.join(numbers)}"
