"""Pins: what was not published is not built in."""

from dataclasses import replace
from pathlib import Path

import pytest

from kiln.errors import UserError
from nextflow.container.pins import FILE, NAMES, check_pins, load_pins

SUM = "0123456789abcdef" * 4


def test_the_shipped_ones_have_a_source_or_no_sum() -> None:
    pins = load_pins()
    assert tuple(pins) == NAMES
    for name, pin in pins.items():
        assert pin.version in pin.url, name
        assert pin.is_complete or pin.sha256 == pin.source == "", name


def test_a_pin_without_sum_or_source_is_refused_by_name() -> None:
    pins = load_pins()
    full = {name: replace(pin, sha256=SUM, source="https://example.org/sums") for name, pin in pins.items()}
    check_pins(full, frozenset())
    for change in ({"sha256": ""}, {"source": " "}, {"sha256": SUM[1:]}, {"sha256": SUM.upper()}):
        lacking = full | {"nf-amazon": replace(full["nf-amazon"], **change)}
        with pytest.raises(UserError, match=r"no published SHA-256 of nf-amazon"):
            check_pins(lacking, frozenset())
        check_pins(lacking, frozenset({"nf-amazon"}))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("nf-amazon:", "nf-azure:", "nf-amazon is missing\nnf-azure is unknown"),
        ('sha256: ""', "sum: 1", "base needs sha256, source, url, version"),
        ("version: 26.04.6", "version: 26.04", "nextflow needs"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    file = tmp_path / "pins.yaml"
    file.write_text(FILE.read_text().replace(old, new))
    with pytest.raises(UserError) as caught:
        load_pins(file)
    assert problem in (caught.value.why or "")
    file.write_text("a: [")
    with pytest.raises(UserError, match="cannot be read"):
        load_pins(file)
