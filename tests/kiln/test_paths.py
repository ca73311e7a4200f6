"""Paths as people type them."""

import os
from pathlib import Path

import pytest

from kiln.errors import UserError
from kiln.files.paths import read_path


def test_a_home_is_filled_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read_path("~/x", "--path") == tmp_path / "x"
    assert read_path("x", "--path") == Path("x")


def test_what_cannot_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError) as refused:
        read_path("~no-such-user/x", "--params")
    assert refused.value.what == "--params ~no-such-user/x cannot be read"
    assert refused.value.why == "this computer knows no user no-such-user"
    with pytest.raises(UserError, match="File name too long") as refused:
        read_path("x" * 5000, "--params")
    assert len(refused.value.what) < 300
    with pytest.raises(UserError, match="--path is empty"):
        read_path("", "--path")

    def deny(path: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "stat", deny)
    with pytest.raises(UserError, match="Permission denied"):
        read_path("secret/x", "--path")
