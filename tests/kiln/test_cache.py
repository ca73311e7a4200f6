"""Results kept on this computer."""

from pathlib import Path

import pytest

from kiln import cache


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "kiln"


def test_what_was_made_once_is_not_made_again(kept: Path) -> None:
    made = []

    def make() -> str:
        made.append(1)
        return "é\nlong work\n"

    assert [cache.remember("work", "a", make) for _ in range(3)] == ["é\nlong work\n"] * 3
    assert len(made) == 1
    assert cache.remember("work", "b", lambda: "other") == "other"
    assert cache.remember("else", "a", lambda: "third") == "third"


def test_a_damaged_file_is_made_again(kept: Path) -> None:
    cache.remember("work", "a", lambda: "right")
    [path] = kept.iterdir()
    for damage in (b"", b"right", path.read_bytes()[:-1], b"\xff\xfe"):
        path.write_bytes(damage)
        assert cache.remember("work", "a", lambda: "right") == "right"


def test_where_nothing_can_be_kept_it_works_all_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert cache.remember("work", "a", lambda: "right") == "right"
