"""What Batch refuses of a job definition at once.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html,
…/API_ContainerProperties.html, …/API_ResourceRequirement.html, …/API_LogConfiguration.html, …/API_RetryStrategy.html,
…/API_JobTimeout.html
"""

import json
import re

from sandbox.batch.job_definitions import container_rules, ecs_properties
from sandbox.batch.model.errors import executing
from sandbox.batch.model.records import Fields

_LEAST_MEMORY = 4  # MiB
_LARGEST = 24  # KiB
_HIGHEST = 9999
_LISTS = ("command", "volumes", "environment", "mountPoints", "ulimits", "resourceRequirements", "secrets")
_OTHER_KINDS = ("nodeProperties", "eksProperties", "consumableResourceProperties")


# What a rule of evaluateOnExit may compare with (EvaluateOnExit, AWS Batch API Reference): up to 512 characters, an
# asterisk at the end alone; an exit code is digits.
_TEXT = re.compile(r"[A-Za-z0-9.:\s]{0,512}|[A-Za-z0-9.:\s]{0,511}\*")
_PATTERNS = {"onStatusReason": _TEXT, "onReason": _TEXT, "onExitCode": re.compile(r"\d{1,512}|\d{0,511}\*")}


def check_size(request: Fields) -> None:
    """Refuse a definition that is too large.

    Source: https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html ("Maximum job definition size");
    the words are those that miniwdl-aws looks for (cli_submit.py).
    """
    size = len(json.dumps(request, separators=(",", ":"), ensure_ascii=False).encode())
    if size > _LARGEST * 1024:
        raise executing(f"JobDefinition size must be less than {_LARGEST} KiB, got {size // 1024} KiB")


def read_container(request: Fields) -> Fields:
    """Read containerProperties as they are kept, with Batch's empty lists; refused when they could never run.

    What ecsProperties say of their container is read and kept in the same way.
    """
    if request["type"] != "container" or any(request.get(name) for name in _OTHER_KINDS):
        raise NotImplementedError("job definitions of one container only")
    if "FARGATE" in (request.get("platformCapabilities") or []):
        raise NotImplementedError("job definitions for EC2 only")
    properties = request.get("containerProperties")
    if request.get("ecsProperties"):
        if properties:
            raise executing("containerProperties and ecsProperties can not be specified together.")
        properties = ecs_properties.read_container(request["ecsProperties"])
    if not properties:
        raise executing("Container properties should not be empty.")
    if not properties.get("image"):
        raise executing("Container properties: image should not be null or empty.")
    _check_resources(properties)
    _check_mounts(properties)
    container_rules.check(properties)
    return {**{name: [] for name in _LISTS}, **container_rules.keep(properties)}


def read_requirements(properties: Fields) -> dict[str, int]:
    """Read VCPU, MEMORY (MiB) and GPU of a container, given by either way of asking; refused when no numbers."""
    found = {"VCPU": properties.get("vcpus"), "MEMORY": properties.get("memory")}
    asked = properties.get("resourceRequirements") or []
    if len({requirement["type"] for requirement in asked}) < len(asked):
        raise executing("resourceRequirements must not have the same type twice.")
    for requirement in asked:
        if not re.fullmatch(r"[0-9]+", requirement["value"]):
            raise executing(
                f"resourceRequirements value '{requirement['value']}' of {requirement['type']} is not valid on EC2."
            )
        if found.get(requirement["type"]):
            raise executing(f"{requirement['type']} is given twice: in resourceRequirements and by its own parameter.")
        found[requirement["type"]] = int(requirement["value"])
    return {name: number for name, number in found.items() if number is not None}


def check_amounts(asked: dict[str, int]) -> None:
    """Refuse less than Batch takes."""
    if asked.get("VCPU", 1) < 1:
        raise executing("VCPU must be at least 1.")
    if asked.get("MEMORY", _LEAST_MEMORY) < _LEAST_MEMORY:
        raise executing(f"MEMORY must be at least {_LEAST_MEMORY} MiB.")


def _check_resources(properties: Fields) -> None:
    asked = read_requirements(properties)
    for name, spelt in (("VCPU", "vCPU"), ("MEMORY", "Memory")):
        if name not in asked:
            raise executing(f"{spelt} is not provided.")  # ASFHyP3/hyp3#586
    check_amounts(asked)


def _check_mounts(properties: Fields) -> None:
    names = [volume.get("name") for volume in properties.get("volumes") or []]
    if len(set(names)) < len(names):
        raise executing("Volume names must be unique.")
    for mount_point in properties.get("mountPoints") or []:
        if mount_point.get("sourceVolume") not in names:
            raise executing(f"mountPoints: unknown volume '{mount_point.get('sourceVolume')}'.")


def check_running(request: Fields) -> None:
    """Refuse a retryStrategy or a timeout, of a definition or of a submission, and a schedulingPriority.

    Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html ("The minimum supported
    value is 0 and the maximum supported value is 9999")
    """
    if not 0 <= request.get("schedulingPriority", 0) <= _HIGHEST:
        raise executing(f"schedulingPriority must be between 0 and {_HIGHEST}.")
    strategy: Fields = request.get("retryStrategy") or {}
    if not 1 <= strategy.get("attempts", 1) <= 10:
        raise executing("retryStrategy attempts must be between 1 and 10.")
    rules = strategy.get("evaluateOnExit") or []
    if len(rules) > 5:
        raise executing("retryStrategy evaluateOnExit can have at most 5 values.")
    if rules and "attempts" not in strategy:
        raise executing("retryStrategy attempts must be specified when evaluateOnExit is specified.")
    for name, pattern in ((name, rule[name]) for rule in rules for name in _PATTERNS if rule.get(name) is not None):
        if not _PATTERNS[name].fullmatch(pattern):
            raise executing(f"evaluateOnExit {name} '{pattern}' is not valid.")
    if (request.get("timeout") or {}).get("attemptDurationSeconds", 60) < 60:
        raise executing("attemptDurationSeconds must be at least 60.")
