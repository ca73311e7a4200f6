"""Files that are whole or not there."""

import os
from pathlib import Path

import pytest

from kiln import atomic


def test_a_file_appears_whole_with_its_folder_and_mode(tmp_path: Path) -> None:
    path = atomic.write(tmp_path / "a" / "b.txt", "é\n")
    assert path.read_bytes() == "é\n".encode()
    assert path.stat().st_mode & 0o777 == 0o644
    atomic.write(path, b"\xff", mode=0o600)
    assert path.read_bytes() == b"\xff"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = atomic.write(tmp_path / "a.txt", "old")

    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space left"):
        atomic.write(path, "new")
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_text() == "old"


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    """It would be waited for without end."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="it is no file, but a pipe"):
        atomic.read(tmp_path / "pipe")
    with pytest.raises(IsADirectoryError):
        atomic.read(tmp_path)
    with pytest.raises(FileNotFoundError):
        atomic.read(tmp_path / "none")
    assert atomic.read(atomic.write(tmp_path / "file", b"\0x")) == b"\0x"
