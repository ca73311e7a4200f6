"""What user data on AWS Batch must never do: the parts that people add are searched for it."""

import base64
import binascii
import gzip
import re
import shlex
import zlib
from collections.abc import Iterator
from typing import Any

import yaml

from kiln.errors import UserError
from userdata.parts import CloudConfig, Part

# AWS Batch writes both into /etc/ecs/ecs.config of every instance (AWS Batch User Guide, "Compute resource AMIs").
_OWNED = re.compile(r"(?<![A-Z0-9_])ECS_(CLUSTER|INSTANCE_ATTRIBUTES)['\"]?\s*[=:]")
_STARTS = {"start", "restart", "try-restart", "reload-or-restart", "condrestart"}
_AGENT = {"ecs", "ecs.service"}
_BETWEEN = re.compile(r"\n|;|&&|\|\|?|(?<![&>])&(?![&>])|\$\(|`|[(){}]")
# What may stand before a command's name: words of the shell, assignments, wrappers with their options and times.
_BEFORE = re.compile(r"-.*|\w+=.*|\d+[smhd]?|!|if|then|else|elif|while|until|do|time|exec|nohup|nice|sudo|timeout|env")


def check(part: Part) -> None:
    """Raise UserError for a part that takes AWS Batch's place, or that would never let the ECS agent start."""
    if isinstance(part, CloudConfig):
        texts = list(_texts(_mapping(part)))
    else:
        texts = [part.text]
    for text in texts:
        check_text(f"user data: the part {part.name}", text)


def check_text(who: str, text: str) -> None:
    """The same for one script or file; `who` names it in the error."""
    lines = "\n".join(line for line in text.replace("\\\n", " ").split("\n") if not line.lstrip().startswith("#"))
    owned = _OWNED.search(lines)
    if owned:
        raise UserError(
            f"{who} sets ECS_{owned[1]}",
            "AWS Batch sets it on every instance; a machine that brings its own joins the wrong cluster",
            "Leave it out; other settings of the agent belong under ecs_agent.",
        )
    blocking = next(filter(_blocks, _commands(lines)), None)
    if blocking:
        raise UserError(
            f"{who} waits for the ECS agent: {blocking.strip()}",
            "user data runs in cloud-final.service, and ecs.service starts after it: they would wait for one another",
            "Leave it out (the agent starts by itself), or write systemctl --no-block start ecs.",
        )


def _commands(text: str) -> Iterator[str]:
    """The simple commands of a script; one that is sent to the background blocks nothing, and is left out."""
    begin = 0
    for end in _BETWEEN.finditer(text):
        if end.group() != "&":
            yield text[begin : end.start()]
        begin = end.end()
    yield text[begin:]


def _blocks(command: str) -> bool:
    try:
        words = shlex.split(command, comments=True)
    except ValueError:  # a quote that spans commands, as in: sh -c 'a; b'
        words = command.replace("'", " ").replace('"', " ").split()
    while words and _BEFORE.fullmatch(words[0].rpartition("/")[2]):
        words = words[1:]
    verb, given = words[0].rpartition("/")[2] if words else "", set(words[1:])
    if verb in {"sh", "bash"} and "-c" in given:
        return any(_blocks(inner) for word in words[1:] for inner in _commands(word) if " " in word)
    if not _AGENT & given:
        return False
    if verb == "systemctl":
        return "--no-block" not in given and bool(given & _STARTS or {"enable", "--now"} <= given)
    # upstart's own, as on Amazon Linux 1: `start ecs`, `initctl start ecs`.
    return (verb in {"service", "initctl"} and bool(given & _STARTS)) or verb in {"start", "restart"}


def _mapping(part: Part) -> dict[str, Any]:
    try:
        document = yaml.safe_load(part.text)
    except yaml.YAMLError as error:
        raise UserError(f"user data: the part {part.name} is not YAML", str(error)) from None
    if not isinstance(document, dict):
        raise UserError(
            f"user data: the part {part.name} is not a cloud-config", "it is not a mapping of keys to values"
        )
    return document


def _texts(value: Any) -> Iterator[str]:
    """Every text in a cloud-config, a command given as a list as one line, and encoded files decoded."""
    if isinstance(value, dict):
        if isinstance(value.get("content"), str | bytes):
            yield _file(value)
        for key, inner in value.items():
            yield from ([f"{key}={inner}"] if isinstance(inner, str | int) else ())
            yield from _texts(inner)
    elif isinstance(value, list):
        if value and all(isinstance(word, str | int) for word in value):
            yield shlex.join(map(str, value))
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def _file(entry: dict[str, Any]) -> str:
    """The content of a write_files entry, decoded as its `encoding` says; damaged ones are cloud-init's to report."""
    content, encoding = entry["content"], str(entry.get("encoding", "")).lower()
    raw = content.encode() if isinstance(content, str) else bytes(content)
    try:
        if isinstance(content, str) and ("b64" in encoding or "base64" in encoding):
            raw = base64.b64decode(raw)
        if "gz" in encoding:
            raw = gzip.decompress(raw)
    except (binascii.Error, ValueError, OSError, EOFError, zlib.error):
        pass
    return raw.decode(errors="replace")
