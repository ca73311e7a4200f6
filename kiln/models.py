"""Values read from YAML: frozen, strict, with units written out."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from kiln.keys.takes import Takes


class Model(BaseModel):
    """Base of every definition: frozen, unknown keys refused, no silent conversion between types."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)


def repeated(values: Iterable[str]) -> str:
    """The values that stand there more than once, in words; "" where none does."""
    return ", ".join(sorted(value for value, times in Counter(values).items() if times > 1))


def refuse_keys(title: str, wrong: Sequence[tuple[str, str]]) -> None:
    """Raise a ValueError that names every wrong key by its path (root.type), and why; for validators of models."""
    faults = [
        InitErrorDetails(
            type=PydanticCustomError("value_error", "{why}", {"why": why}), loc=tuple(key.split(".")), input=None
        )
        for key, why in wrong
    ]
    if faults:
        raise ValidationError.from_exception_data(title, faults)


_MIB = {"MiB": 1, "GiB": 1024, "TiB": 1024 * 1024}
_MEANT = {"K": "MiB", "M": "MiB", "MB": "MiB", "G": "GiB", "GB": "GiB", "T": "TiB", "TB": "TiB"}
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}


def _number_and_unit(value: Any, example: str) -> tuple[int, str]:
    match = re.fullmatch(r"(\d{1,9})\s*([A-Za-z]+)", value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"write a whole number and its unit, such as {example}")
    return int(match[1]), match[2]


def _mib(value: Any) -> int:
    number, unit = _number_and_unit(value, "512 MiB")
    if unit not in _MIB:
        meant = _MEANT.get(unit.upper())
        raise ValueError(
            f"the unit {unit} is unknown: use MiB, GiB or TiB" + (f"; did you mean {number} {meant}?" if meant else "")
        )
    return number * _MIB[unit]


def _gib(value: Any) -> int:
    _number_and_unit(value, "100 GiB")
    mib = _mib(value)
    if mib % 1024 or not mib:
        raise ValueError("must be a whole number of GiB, at least 1 GiB")
    return mib // 1024


def _seconds(value: Any) -> int:
    number, unit = _number_and_unit(value, "90 min")
    if unit not in _SECONDS:
        raise ValueError(f"the unit {unit} is unknown: use s, min, h or d")
    return number * _SECONDS[unit]


def _percent(value: Any) -> int:
    match = re.fullmatch(r"(\d{1,2})\s*%", value.strip()) if isinstance(value, str) else None
    if not match or not int(match[1]):
        raise ValueError("write a whole number from 1 to 99 and a percent sign, such as 20 %")
    return int(match[1])


def time(seconds: int) -> str:
    """Write a time as a definition does: 600 → 10 min."""
    unit = next(unit for unit in ("d", "h", "min", "s") if seconds % _SECONDS[unit] == 0)
    return f"{seconds // _SECONDS[unit]} {unit}"


# In a definition these are texts with a unit ("100 GiB", "90 min"); as values they are plain numbers in the named unit.
GiB = Annotated[int, BeforeValidator(_gib), Takes("a size in whole GiB", "100 GiB", "{} GiB".format)]
MiB = Annotated[int, BeforeValidator(_mib), Takes("a size with its unit (MiB, GiB, TiB)", "512 MiB", "{} MiB".format)]
Seconds = Annotated[int, BeforeValidator(_seconds), Takes("a time with its unit (s, min, h, d)", "90 min", time)]
Percent = Annotated[int, BeforeValidator(_percent), Takes("a share in whole percent, from 1 % to 99 %", "20 %")]
