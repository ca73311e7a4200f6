"""An image's definition."""

from pathlib import Path

import pytest

from tests.support.images import DEFINITION


@pytest.fixture
def definition(tmp_path: Path) -> str:
    """The path of a small image definition."""
    path = tmp_path / "small.yaml"
    path.write_text(DEFINITION)
    return str(path)
