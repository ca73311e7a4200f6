"""Where a sandbox keeps what outlives it."""

from pathlib import Path

import pytest

from sandbox.world import folders


def test_homes_can_share_a_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(folders.CACHE_VARIABLE, raising=False)
    one, other = tmp_path / "one", tmp_path / "other"
    assert folders.cache_of(one) == one
    monkeypatch.setenv(folders.CACHE_VARIABLE, str(tmp_path / "cache"))
    assert folders.cache_of(one) == folders.cache_of(other) == tmp_path / "cache"
    assert folders.run_of(one) != folders.run_of(other)
