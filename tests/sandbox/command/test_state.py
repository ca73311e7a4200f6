"""Where a sandbox keeps what outlives it."""

from pathlib import Path

import pytest

from sandbox.command import state


def test_homes_can_share_a_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(state.CACHE_VARIABLE, raising=False)
    one, other = tmp_path / "one", tmp_path / "other"
    assert state.cache_of(one) == one
    monkeypatch.setenv(state.CACHE_VARIABLE, str(tmp_path / "cache"))
    assert state.cache_of(one) == state.cache_of(other) == tmp_path / "cache"
    assert state.run_of(one) != state.run_of(other)
