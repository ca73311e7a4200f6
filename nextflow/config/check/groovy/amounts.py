"""Amounts of memory and times, and what tasks ask for (pure)."""

import math
import re
from dataclasses import dataclass
from typing import Any

STEPS = {"B": 1, **{f"{sign}B": 1 << 10 * (step + 1) for step, sign in enumerate("KMGTPEZ")}}
SECONDS = {
    "ms": 0.001, "milli": 0.001, "millis": 0.001, "s": 1, "sec": 1, "second": 1, "seconds": 1, "m": 60, "min": 60,
    "minute": 60, "minutes": 60, "h": 3600, "hour": 3600, "hours": 3600, "d": 86400, "day": 86400, "days": 86400,
}  # fmt: skip
# As nextflow.util.MemoryUnit has it: 16gb and 16 GiB are no amounts.
_MEMORY = re.compile(r"\s*(\d+\.?\d*|\.\d+)\s*(?:([kmgtpezKMGTPEZ])B?|[bB]?B?)\s*")
_WHOLE = re.compile(r"[+-]?\d+")
MIB = STEPS["MB"]
MOST = 1 << 80  # bytes: more than any machine will have, or no number at all
LEAST = 1024 * MIB  # what Nextflow's job definitions have for tasks that ask for no memory
LEAST_ASKED = 4 * MIB  # what Nextflow asks AWS Batch for at the least


class Unknowable(Exception):
    """What only the run can tell."""


class Invalid(Unknowable):
    """A value with which Nextflow ends the run."""


@dataclass(frozen=True, order=True)
class Memory:
    """Bytes."""

    size: float


@dataclass(frozen=True, order=True)
class Time:
    """Seconds."""

    seconds: float


Value = Any
"""A number, a text, a truth, a list, None, Memory or Time."""


def make_amount(number: float, unit: str) -> Memory | Time:
    """Make an amount of 8 and GB; raises Unknowable for a unit that is none."""
    if unit.upper() in STEPS:
        return Memory(cut_off(number * STEPS[unit.upper()]))
    if unit in SECONDS:
        return Time(number * SECONDS[unit])
    raise Unknowable(f".{unit} of a number")


def read_memory(value: Value) -> float | None:
    """Return the bytes of an amount, a text ('16 GB', '16.GB') or a number; None for None and an empty text.

    Raises Unknowable, and Invalid for what is none: a text, or a part of a byte.
    """
    if isinstance(value, Memory):
        value = value.size
    if value is None or value == "":
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MOST:
        if value % 1:
            raise Invalid(f"{value:g} is no amount of memory")
        return value
    if not isinstance(value, str):
        raise Unknowable(f"{value!r} is no amount of memory")
    match = _MEMORY.fullmatch(value)
    if match is None or not (match[2] or match[1].isdecimal()):
        raise Invalid(f"{value!r} is no amount of memory")
    return float(match[1]) * STEPS[f"{(match[2] or '').upper()}B"]


def read_asked(value: Value) -> float:
    """Return the bytes that AWS Batch is asked for. Raises Unknowable, and Invalid for a text that is none."""
    size = read_memory(value)
    return LEAST if size is None or size < LEAST_ASKED else size


def read_cpus(value: Value) -> int:
    """Return the CPUs of a number or of a text such as '12'; 1 for None, 0 and an empty text.

    Nextflow cuts off what is no whole CPU of a number (`as int`). Raises Unknowable, and Invalid for what is none.
    """
    if value is None or value == "":
        return 1
    if isinstance(value, bool) or (isinstance(value, str) and not _WHOLE.fullmatch(value)):
        raise Invalid(f"{value!r} is no number of CPUs")
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        raise Unknowable(f"{value!r} is no number of CPUs") from None
    if number < 0:
        raise Invalid(f"{number} CPUs are below 0")
    return number or 1


def read_gpus(value: Value) -> int:
    """Return the GPUs of `accelerator`: a number, or a map with request, limit or both. What is neither asks for 0."""
    gpus = value.get("request", value.get("limit")) if isinstance(value, dict) else value
    return gpus if isinstance(gpus, int) else 0


def find_rounding(size: float) -> float:
    """Return by how many bytes an amount may be more or less that was printed with one decimal: of whole MiB, none."""
    if size % MIB == 0:
        return 0
    unit = max(step for step in STEPS.values() if step <= max(size, 1))
    return 0.05 * unit


def cut_off(number: Value) -> int:
    """Cut off what is no whole byte, as MemoryUnit.multiply does; raises Unknowable for what is no number."""
    try:
        return int(number)
    except (TypeError, ValueError, OverflowError):
        raise Unknowable(f"{number!r} bytes") from None


def round_up(number: float) -> int:
    return math.ceil(number)
