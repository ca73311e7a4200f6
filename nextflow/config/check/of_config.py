"""What a resolved configuration asks for, by process and attempt (pure)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from nextflow.config.check.flat import gather_maps
from nextflow.config.check.groovy.amounts import (
    MIB,
    Invalid,
    Unknowable,
    Value,
    find_rounding,
    read_asked,
    read_cpus,
    read_gpus,
    read_memory,
    round_up,
)
from nextflow.config.check.model import Ask
from nextflow.config.check.scope import Attempt

Known = TypeVar("Known")
EVERY = "every process"
MOST_ATTEMPTS = 6
_MATTERS = {"queue", "cpus", "memory", "executor", "accelerator", "maxRetries", "resourceLimits",
            "resourceLimits.cpus", "resourceLimits.memory"}  # fmt: skip
_SELECTED = re.compile(r"process\.'?(?P<kind>withName|withLabel):(?P<which>.*?)'?\.(?P<option>\w+(?:\.\w+)?)")


@dataclass(frozen=True)
class OwnLimit:
    """Kiln's limit of memory: as Nextflow prints it, rounded, and in MiB."""

    printed: str
    mib: int


@dataclass(frozen=True)
class Settings:
    """A selector with its options, those of all processes included."""

    process: str
    options: Mapping[str, str]

    @property
    def executor(self) -> str:
        """In lower case, as Nextflow looks for it."""
        return self.options.get("executor", "").strip("'\"").lower()


def list_settings(options: Mapping[str, str]) -> list[Settings]:
    """List what the configuration says of every process, and of those that its selectors choose."""
    common = {key.removeprefix("process."): value for key, value in options.items()
              if key.startswith("process.") and not _SELECTED.fullmatch(key)}  # fmt: skip
    selected: dict[str, dict[str, str]] = {}
    for key, value in options.items():
        if match := _SELECTED.fullmatch(key):
            chosen = selected.setdefault(f"{match['kind']}: {match['which']}", {})
            chosen[match["option"]] = value
    return [
        Settings(EVERY, common),
        *(Settings(name, _overlay(common, own)) for name, own in selected.items() if _MATTERS & own.keys()),
    ]


def _overlay(common: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """A selector's map stands in the place of the common one, whose entries may be options of their own."""
    maps = {name.partition(".")[0] for name in own}
    return {**{name: value for name, value in common.items() if name.partition(".")[0] not in maps}, **own}


def list_asks(settings: Settings, params: Mapping[str, str], own: OwnLimit | None = None) -> Iterator[Ask]:
    """List what its attempts ask for; `own` is the limit of memory that Kiln itself writes."""
    before = None
    for attempt in range(1, _count_attempts(settings, params) + 1):
        scope = Attempt(attempt, settings.options, params, before)
        yield _make_ask(settings.process, scope, own)
        before = scope


def _count_attempts(settings: Settings, params: Mapping[str, str]) -> int:
    retries = _try(Attempt(1, settings.options, params), "maxRetries")
    number = int(retries) if isinstance(retries, int) or (isinstance(retries, str) and retries.isdecimal()) else -1
    # 0 is no number to Groovy, and counts as the usual 1 (TaskConfig.getMaxRetries).
    return min((number or 1) + 1, MOST_ATTEMPTS) if number >= 0 else 2


def _make_ask(process: str, scope: Attempt, own: OwnLimit | None) -> Ask:
    unknown, refused = list[str](), list[str]()
    queue = _read(scope, "queue", str, unknown, refused)
    vcpus = _read(scope, "cpus", read_cpus, unknown, refused)
    size = _read(scope, "memory", read_asked, unknown, refused)
    most_cpus, most_memory, spare = _limits(scope, own)
    slack = find_rounding(size or 0)
    if size is not None and most_memory is not None and size > most_memory:
        size, slack = most_memory, spare
    return Ask(
        process, scope.attempt, "" if queue in (None, "None") else str(queue).rpartition("/")[2],
        vcpus if vcpus is None else min(vcpus, most_cpus or vcpus), size if size is None else int(size // MIB),
        read_gpus(_try(scope, "accelerator")), round_up(slack / MIB), "; ".join(unknown), "; ".join(refused),
    )  # fmt: skip


def _read(
    scope: Attempt, option: str, reader: Callable[[Value], Known], unknown: list[str], refused: list[str]
) -> Known | None:
    """What cannot be known before the run is noted in `unknown`, what ends it in `refused`; None for both."""
    try:
        return reader(scope.value(option))
    except Unknowable as error:
        (refused if isinstance(error, Invalid) else unknown).append(f"{option}: {error}")
        return None


def _limits(scope: Attempt, own: OwnLimit | None) -> tuple[int | None, float | None, float]:
    """CPUs, bytes and how much these may be rounded, of resourceLimits; None where it says nothing."""
    whole = _try(scope, "resourceLimits")
    limits = dict(whole) if isinstance(whole, dict) else {}
    entries = gather_maps(scope.options, "resourceLimits")
    limits |= {name: _try(Attempt(1, {name: text}, scope.params), name) for name, text in entries.items()}
    cpus, memory = _take(read_cpus, limits.get("cpus")), _take(read_memory, limits.get("memory"))
    if own and limits.get("memory") == own.printed:
        return cpus, own.mib * MIB, 0
    return cpus, memory, find_rounding(memory) if memory else 0


def _take(reader: Callable[[Value], Known | None], value: Value) -> Known | None:
    try:
        return None if value is None else reader(value)
    except Unknowable:
        return None


def _try(scope: Attempt, option: str) -> Value:
    try:
        return scope.value(option)
    except Unknowable:
        return None
