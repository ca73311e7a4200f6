"""What a current Nextflow's parser refuses or warns of in a configuration, as 26.04 was seen to do.

It knows the plain form alone, a statement to a line: `NAME = VALUE`, `NAME {`, `}` and comments. All that is no such
line is a fault: declarations, conditions, functions, imports, statements on several lines, two statements on a line.
"""

import re
from collections.abc import Iterator

OPTIONS = {
    "workDir": r"",
    "params": r"\.\w+",
    "process": r"\.(withName:|withLabel:)?",
    "aws": r"\.(region|profile)",
    "aws.client": (
        r"\.(endpoint|maxConnections|maxErrorRetry|protocol|s3PathStyleAccess|storageClass|storageEncryption"
        r"|storageKmsKeyId)"
    ),
    "aws.batch": (
        r"\.(cliPath|delayBetweenAttempts|executionRole|forceGlacierTransfer|jobRole|logsGroup|maxParallelTransfers"
        r"|maxSpotAttempts|maxTransferAttempts|platformType|retryMode|schedulingPriority|shareIdentifier"
        r"|terminateUnschedulableJobs|volumes)"
    ),
    "trace": r"\.(enabled|fields|file|overwrite|raw|sep)",
    "report": r"\.(enabled|file|overwrite)",
    "timeline": r"\.(enabled|file|overwrite)",
    "dag": r"\.(depth|direction|enabled|file|overwrite|type|verbose)",
    "docker": r"\.(enabled|runOptions|temp)",
    "singularity": r"\.(enabled|autoMounts|cacheDir|runOptions)",
}  # fmt: skip
DIRECTIVES = (
    "accelerator", "array", "clusterOptions", "container", "containerOptions", "cpus", "disk", "errorStrategy",
    "executor", "machineType", "maxErrors", "maxForks", "maxRetries", "maxSubmitAwait", "memory", "publishDir", "queue",
    "resourceLabels", "resourceLimits", "scratch", "shell", "stageInMode", "stageOutMode", "storeDir", "tag", "time",
)  # fmt: skip
_STRING = re.compile(r"'(?:[^'\\\n]|\\.)*'")
_BLOCK = re.compile(r"(?P<name>[A-Za-z]\w*|withName: '@'|withLabel: '@') \{")
_OPTION = re.compile(r"(?P<name>[A-Za-z][\w.]*) = (?P<value>\S.*)")


def find_faults(text: str) -> list[str]:
    """Find the lines that a current Nextflow would not take without an error or a warning, with their numbers."""
    return [f"line {number}: {fault}" for number, fault in _walk(text)]


def _walk(text: str) -> Iterator[tuple[int, str]]:
    blocks: list[str] = []
    closed_profiles = False
    for number, line in enumerate(text.splitlines(), start=1):
        plain = _STRING.sub("'@'", line.strip())
        plain = re.sub(r"\s*//.*", "", plain)
        if not plain:
            continue
        if closed_profiles:
            yield number, "a statement behind profiles beats them"
        if plain == "}":
            closed_profiles = bool(blocks) and blocks.pop() == "profiles" and not blocks
        elif match := _BLOCK.fullmatch(plain):
            blocks.append(match["name"])
        elif match := _OPTION.fullmatch(plain):
            path = [*(block for block in blocks[2:] if blocks[0] == "profiles"), *match["name"].split(".")]
            path = path if blocks[:1] == ["profiles"] else [*blocks, *match["name"].split(".")]
            yield from ((number, fault) for fault in _judge(path, match["value"]))
        else:
            yield number, f"neither an option nor a block: {line.strip()}"
    if blocks:
        yield len(text.splitlines()), f"{blocks[-1]} is not closed"


def _judge(path: list[str], value: str) -> Iterator[str]:
    name = ".".join(path)
    if not _is_known(path):
        yield f"unrecognized config option '{name}'"
    if value.count("{") != value.count("}") or value.count("[") != value.count("]"):
        yield f"{name} goes on over the line's end"
    if ";" in value:
        yield f"{name} has a second statement behind it"
    if re.search(r"\b(def|if|switch|for|while|import|println)\b", value):
        yield f"{name} has a statement in its closure"
    if '"' in value:
        yield f"{name} has a text in which variables are filled in"


def _is_known(path: list[str]) -> bool:
    if path[0] == "process":
        inner = [part for part in path[1:] if not part.startswith("with")]
        return len(inner) == 1 and inner[0] in DIRECTIVES
    scope, last = ".".join(path[:-1]), f".{path[-1]}"
    if path == ["workDir"]:
        return True
    return scope in OPTIONS and re.fullmatch(OPTIONS[scope], last) is not None
