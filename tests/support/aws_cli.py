"""Commands of the AWS CLI, carried out by boto3: as strict as the CLI is with names, values and what is required.

How the CLI makes options of an operation's members: https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters.html
and, for structures without JSON, cli-usage-shorthand.html.
"""

import json
import re
import shlex
from typing import Any

import boto3
from botocore import xform_name

_PAIR = re.compile(r"(\w+)=(\[.*?\]|.*?)(?=,\w+=|$)")
_NUMBERS = {"integer": int, "long": int, "double": float, "float": float}


class UsageError(AssertionError):
    """What the CLI would answer with its usage."""


def call(command: str) -> dict[str, Any]:
    """Do what `aws SERVICE OPERATION --option value …` does, with this process's AWS_* variables; the answer."""
    program, service, operation, *words = shlex.split(command)
    if program != "aws":
        raise UsageError(command)
    if service not in boto3.Session().get_available_services():
        raise UsageError(f"{service} is no service: {command}")
    given = _options(words, command)
    everywhere = {name: given.pop(name) for name in ("region", "query", "output") if name in given}
    for name, values in everywhere.items():
        if len(values) != 1:
            raise UsageError(f"--{name} takes one value, not {values}: {command}")
    client = boto3.client(service, region_name=everywhere.get("region", [None])[0])
    methods = {xform_name(name, "-"): name for name in client.meta.service_model.operation_names}
    if operation not in methods:
        raise UsageError(f"{operation} is no operation of {service}: {command}")
    shape = client.meta.service_model.operation_model(methods[operation]).input_shape
    members = dict(shape.members) if shape else {}
    names = {xform_name(name, "-"): name for name in members}
    arguments = {}
    for option, values in given.items():
        member = names.get(option) or names.get(option.removeprefix("no-"))
        if member is None:
            raise UsageError(f"--{option} is no option of {service} {operation}: {command}")
        arguments[member] = _value(members[member], values, f"--{option}")
    if missing := [name for name in (shape.required_members if shape else ()) if name not in arguments]:
        raise UsageError(f"{', '.join(missing)} must be given: {command}")
    answer = getattr(client, xform_name(methods[operation]))(**arguments)
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def _options(words: list[str], command: str) -> dict[str, list[str]]:
    """Option → the words behind it."""
    given: dict[str, list[str]] = {}
    option = ""
    for word in words:
        if word.startswith("--"):
            option, _, value = word.removeprefix("--").partition("=")
            if option in given:
                raise UsageError(f"--{option} is given twice: {command}")
            given[option] = [value] if value else []
        elif option:
            given[option].append(word)
        else:
            raise UsageError(f"{word} belongs to no option: {command}")
    return given


def _value(shape: Any, values: list[str], option: str) -> Any:
    kind = shape.type_name
    if kind == "boolean":
        if values:
            raise UsageError(f"{option} takes no value: {values}")
        return not option.startswith("--no-")
    if not values:
        raise UsageError(f"{option} takes a value")
    if kind == "list" and not values[0].startswith("["):
        return [_value(shape.member, [value], option) for value in values]
    if len(values) > 1:
        raise UsageError(f"{option} takes one value: {values}")
    if kind in {"structure", "map", "list"}:
        return json.loads(values[0]) if values[0][0] in "{[" else _shorthand(shape, values[0], option)
    return _scalar(shape, values[0], option)


def _scalar(shape: Any, value: str, option: str) -> Any:
    if getattr(shape, "enum", None) and value not in shape.enum:
        raise UsageError(f"{option} takes {', '.join(shape.enum)}, not {value}")
    if shape.type_name == "boolean":
        return {"true": True, "false": False}[value.lower()]
    return _NUMBERS.get(shape.type_name, str)(value)


def _shorthand(shape: Any, text: str, option: str) -> Any:
    """`Key=a,Value=b`, `Names=a,b,Other=c` where a member is a list, and `Ranges=[{Key=a},{Key=b}]`."""
    found: dict[str, Any] = {}
    for name, value in _PAIR.findall(text):
        if shape.type_name == "map":
            found[name] = value
        elif name not in shape.members:
            raise UsageError(f"{option}: {name} is not among {', '.join(shape.members)}")
        elif (member := shape.members[name]).type_name != "list":
            found[name] = _scalar(member, value, option)
        elif value.startswith("["):
            found[name] = [_shorthand(member.member, item, option) for item in re.findall(r"{(.*?)}", value)]
        else:
            found[name] = [_scalar(member.member, item, option) for item in value.split(",")]
    if not found:
        raise UsageError(f"{option} takes Name=value, not {text}")
    return found
