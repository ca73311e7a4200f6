"""`{environment}` in names: the environment's own name stands in its place, so that one text serves several (pure).

Names of compute environments, queues and job definitions are a region's own, those of roles and policies an account's,
those of buckets everybody's: no two environments can have the same.

In the variables of a job definition `{bucket:USE}` is the name of a bucket, `{queue:NAME}` the ARN of a queue, and
`{heap}` what a Java program may take for itself of the job's memory, in MiB. Anything else in braces stays as it is.
"""

import re
from collections.abc import Callable, Container, Mapping
from typing import Any, TypeVar

PLACEHOLDER = "{environment}"
_NAMED = ("compute_environments", "queues", "job_definitions")
_HOLDERS = ("roles", "log_group", "buckets", "network", "nextflow")
T = TypeVar("T")
V = TypeVar("V", int, str)
_IN_VARIABLES = re.compile(r"\{(bucket|queue):([A-Za-z0-9_-]+)\}|\{(heap)\}")
_HEAP = 3, 5  # of the memory: the rest is for Java's code, its threads, and the buffers of AWS's client


def fill(data: Any) -> Any:
    """Fill in the names of a definition, as plain data; what is no definition is left as it is."""
    if not isinstance(data, Mapping) or not isinstance(data.get("name"), str):
        return data
    name = str(data["name"])
    filled = {key: _fill_values(value, name) if key in _HOLDERS else value for key, value in data.items()}
    for key in _NAMED:
        if isinstance(filled.get(key), Mapping):
            filled[key] = {fill_text(own, name): _fill_members(value, name) for own, value in filled[key].items()}
    return filled


def fill_text(text: T, name: str) -> T | str:
    """Fill in a text; anything else as it is."""
    return text.replace(PLACEHOLDER, name) if isinstance(text, str) else text


def fill_lines(lines: Mapping[tuple[str | int, ...], V], data: Any) -> dict[tuple[str | int, ...], V]:
    """Give the places of a definition's values the filled names, so that a fault still has its line."""
    name = data.get("name") if isinstance(data, Mapping) else None
    if not isinstance(name, str):
        return dict(lines)
    return {tuple(fill_text(part, name) for part in place): line for place, line in lines.items()}


def _fill_members(value: Any, name: str) -> Any:
    """A queue names its compute environments; a job definition may name a role."""
    if not isinstance(value, Mapping):
        return value
    names = ("compute_environments", "job_role", "execution_role")
    return {key: _fill_values(own, name) if key in names else own for key, own in value.items()}


def _fill_values(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _fill_values(own, name) for key, own in value.items()}
    if isinstance(value, list | tuple):
        return [_fill_values(own, name) for own in value]
    return fill_text(value, name)


def check_variables(variables: Mapping[str, str], buckets: Container[str], queues: Container[str]) -> None:
    """Raise ValueError for a bucket or queue that the environment does not have."""
    for variable, value in variables.items():
        for kind, named, _ in _IN_VARIABLES.findall(value):
            if kind and named not in (buckets if kind == "bucket" else queues):
                raise ValueError(f"{variable} names the {kind} {named}, which is not here")


def fill_variable(value: str, memory: int, bucket: Callable[[str], str], queue: Callable[[str], str]) -> str:
    """Fill in a variable's value: `memory` in MiB; `bucket` gives a name by its use, `queue` an ARN by its name."""

    def replace(place: re.Match[str]) -> str:
        kind, named, _ = place.groups()
        if kind:
            return (bucket if kind == "bucket" else queue)(named)
        return str(memory * _HEAP[0] // _HEAP[1])

    return _IN_VARIABLES.sub(replace, value)
