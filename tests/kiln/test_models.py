"""Values with their units, as definitions write them."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from kiln.models import GiB, MiB, Percent, Seconds, repeated


@pytest.mark.parametrize(("text", "mib"), [("0 MiB", 0), ("512 MiB", 512), ("3 GiB", 3072), ("2TiB", 2 * 1024 * 1024)])
def test_mebibytes(text: str, mib: int) -> None:
    assert TypeAdapter(MiB).validate_python(text) == mib


@pytest.mark.parametrize(("text", "gib"), [("1 GiB", 1), (" 3 GiB ", 3), ("2048 MiB", 2), ("2 TiB", 2048)])
def test_gibibytes(text: str, gib: int) -> None:
    assert TypeAdapter(GiB).validate_python(text) == gib


@pytest.mark.parametrize(
    ("text", "seconds"), [("0 s", 0), ("59 s", 59), ("90 min", 5400), ("2 h", 7200), ("3 d", 259200)]
)
def test_seconds(text: str, seconds: int) -> None:
    assert TypeAdapter(Seconds).validate_python(text) == seconds


@pytest.mark.parametrize(("text", "percent"), [("1 %", 1), ("20%", 20), ("99 %", 99)])
def test_percents(text: str, percent: int) -> None:
    assert TypeAdapter(Percent).validate_python(text) == percent


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (GiB, "0 GiB", "at least 1 GiB"),
        (GiB, "1025 MiB", "must be a whole number of GiB"),
        (GiB, 5, "write a whole number and its unit, such as 100 GiB"),
        (MiB, "512", "write a whole number and its unit, such as 512 MiB"),
        (MiB, "5 TB", "the unit TB is unknown: use MiB, GiB or TiB; did you mean 5 TiB?"),
        (MiB, "5 m", "did you mean 5 MiB?"),
        (MiB, "5 lb", "the unit lb is unknown: use MiB, GiB or TiB"),
        (MiB, "1234567890 MiB", "write a whole number"),
        (Seconds, "5 m", "the unit m is unknown: use s, min, h or d"),
        (Seconds, None, "such as 90 min"),
        (Percent, "0 %", "from 1 to 99"),
        (Percent, "100 %", "from 1 to 99"),
        (Percent, 20, "from 1 to 99"),
        (Percent, "20", "a percent sign"),
    ],
)
def test_what_is_no_such_value(kind: Any, value: object, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    assert words in str(caught.value)


def test_what_stands_twice() -> None:
    assert repeated(["b", "a", "b", "c", "a"]) == "a, b"
    assert repeated(["a", "b"]) == ""
