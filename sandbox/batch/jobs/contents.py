"""What a job runs with: its definition, what the submission overrides, and the parameters in its command.

Sources: https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerOverrides.html (vcpus and memory do not
override what the definition asks for by resourceRequirements), …/API_ContainerDetail.html (memory: what a job has that
"didn't specify memory requirements using resourceRequirements"), https://docs.aws.amazon.com/batch/latest/userguide/
job_definition_parameters.html ("Ref::" in a command; parameters of a submission override the definition's)
"""

import re

from sandbox.batch.job_definitions import ecs_properties, rules
from sandbox.batch.model.errors import executing
from sandbox.batch.model.job import Fields
from sandbox.batch.model.records import Definition

_RUNNING = ("retryStrategy", "timeout", "propagateTags")
_OLD = {"VCPU": "vcpus", "MEMORY": "memory"}
_PLACEHOLDER = re.compile(r"Ref::([A-Za-z0-9_.-]+)")


def read(definition: Definition, request: Fields) -> Fields:
    """Read what a job has of its definition and of the request that submits it."""
    kept = definition.fields
    parameters = {**kept["parameters"], **(request.get("parameters") or {})}
    overrides = _read_overrides(definition, request)
    container = _read_container(definition.container, overrides)
    container["command"] = [_fill_in(text, parameters) for text in container["command"]]
    return {
        **{key: kept[key] for key in _RUNNING if key in kept},
        **{key: request[key] for key in _RUNNING if key in request},
        "parameters": parameters,
        "dependsOn": request.get("dependsOn") or [],
        "platformCapabilities": kept["platformCapabilities"],
        "container": container,
        "by_numbers": _list_by_numbers(definition.container, overrides),
        **({"ecsProperties": kept["ecsProperties"]} if "ecsProperties" in kept else {}),
    }


def _read_overrides(definition: Definition, request: Fields) -> Fields:
    """Read the overrides, which go by the same words as the definition."""
    right, wrong = "containerOverrides", "ecsPropertiesOverride"
    if "ecsProperties" in definition.fields:
        right, wrong = wrong, right
    if request.get(wrong):
        raise executing(f"{wrong} can not be specified for this job definition; use {right}.")
    given: Fields = request.get(right) or {}
    return ecs_properties.read_override(definition.container, given) if right != "containerOverrides" else given


def _read_container(defined: Fields, overrides: Fields) -> Fields:
    asked = {**rules.read_requirements(defined), **rules.read_requirements(_drop_old(defined, overrides))}
    rules.check_amounts(asked)
    plain = {key: value for key, value in defined.items() if key not in _OLD.values()}
    if "" in (overrides.get("command") or []):
        raise executing("containerOverrides: command can not contain an empty string.")
    for name in ("command", "instanceType"):
        if overrides.get(name):
            plain[name] = overrides[name]
    given = overrides.get("environment") or []
    for variable in given:
        if str(variable.get("name", "")).startswith("AWS_BATCH"):
            raise executing("Environment variables must not start with AWS_BATCH.")
    environment = {variable["name"]: variable for variable in [*defined["environment"], *given] if "name" in variable}
    plain["environment"] = list(environment.values())
    plain["resourceRequirements"] = [{"type": name, "value": str(number)} for name, number in asked.items()]
    return plain


def _list_by_numbers(defined: Fields, overrides: Fields) -> list[str]:
    """List what is asked for by vcpus and memory, not by resourceRequirements."""
    asked = [*(defined.get("resourceRequirements") or []), *(overrides.get("resourceRequirements") or [])]
    return sorted(_OLD.keys() - {requirement["type"] for requirement in asked})


def describe_container(fields: Fields) -> Fields:
    """Describe the container of a job with its amounts in the words in which they were asked for."""
    container, by_numbers = fields["container"], fields.get("by_numbers", ())
    asked = container["resourceRequirements"]
    numbers = {_OLD[each["type"]]: int(each["value"]) for each in asked if each["type"] in by_numbers}
    others = [requirement for requirement in asked if requirement["type"] not in by_numbers]
    return {**container, **numbers, "resourceRequirements": others}


def _drop_old(defined: Fields, overrides: Fields) -> Fields:
    """Leave out vcpus and memory where the definition asks for them by resourceRequirements."""
    by_requirement = {requirement["type"] for requirement in defined.get("resourceRequirements") or []}
    ignored = {name for kind, name in _OLD.items() if kind in by_requirement}
    return {name: value for name, value in overrides.items() if name not in ignored}


def _fill_in(text: str, parameters: dict[str, str]) -> str:
    """Put parameters in the place of their "Ref::"; what has no value stays as it is."""

    def find_value(match: re.Match[str]) -> str:
        named: str = match.group(1)
        for end in range(len(named), 0, -1):
            if named[:end] in parameters and not named[end : end + 1].isalnum():
                return str(parameters[named[:end]]) + named[end:]
        return str(match.group(0))

    return _PLACEHOLDER.sub(find_value, text)
