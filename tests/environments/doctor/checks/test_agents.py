"""How old an ECS agent may be."""

import pytest

from environments.doctor.checks.agents import is_behind


@pytest.mark.parametrize(
    ("agent", "newest", "stale"),
    [
        ("1.94.0", "1.99.0", False), ("1.93.2", "1.99.0", True), ("1.99.0", "2.0.0", True), ("2.0.0", "1.99.0", False),
        ("v1.93.0", "1.99.1", True), ("", "1.99.0", False), ("1.90.0", "", False), ("latest", "1.99.0", False),
    ],
)  # fmt: skip
def test_how_old_an_agent_may_be(agent: str, newest: str, stale: bool) -> None:
    assert is_behind(agent, newest) is stale
